"""The data folder: everything this installation keeps, and nothing outside it.

`HUOQUN_HOME` names it. Without that: `var/` beside the package in a checkout, else `~/.local/share/huoqun`.
It is made on first use, readable by its owner only: it holds what people said to each other.
"""

import os
import secrets
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The data folder, made if it is not there."""
    named = os.environ.get("HUOQUN_HOME")
    if named:
        folder = Path(named).expanduser().resolve()
    elif (PACKAGE.parent / "pyproject.toml").exists():
        folder = PACKAGE.parent / "var"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "huoqun"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret(folder: Path) -> str:
    """The key that signs cookies, made once; two processes starting together agree on one."""
    path = folder / "secret.key"
    if not path.exists():
        draft = folder / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
