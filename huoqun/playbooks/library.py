"""The library: the playbooks that come with Huoqun, one file each in `library/`."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from huoqun.playbooks.playbook import Playbook, read


def texts() -> Iterator[tuple[str, str]]:
    """The id and the text of each, in the order of their names."""
    folder = files("huoqun.playbooks").joinpath("library")
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            yield path.name.removesuffix(".yaml"), path.read_text(encoding="utf-8")


@cache
def playbooks() -> dict[str, Playbook]:
    """All of them, by id."""
    return {name: read(text) for name, text in texts()}
