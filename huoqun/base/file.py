"""Files written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """A temporary path beside `path`; renamed over it when the block ends well, removed when it does not.

    The folder must exist and be writable (OSError otherwise). Whatever stood at `path` stays until the rename. Where
    `path` is no file of its own (`/dev/stdout`, a pipe, a link), it is never replaced: the finished text goes into it.
    """
    aside = path.is_symlink() or (path.exists() and not path.is_file())
    folder = Path(tempfile.gettempdir()) if aside else path.parent
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:20]}.", suffix=path.suffix[:10], dir=folder)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        if aside:
            with draft.open("rb") as finished, path.open("wb") as into:
                shutil.copyfileobj(finished, into)
            draft.unlink()
        else:
            draft.chmod(mode)
            draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str) -> None:
    """`text` as UTF-8, whole or not at all."""
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
