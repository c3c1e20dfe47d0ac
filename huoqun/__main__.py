"""The command line: one line per command; each is a module with `arguments(parser)` and `run(args) -> exit code`.

Exit codes: 0 done; 2 wrong use or not a chat (one clear line on stderr, nothing written);
3 conclusions refused; 1 a mistake of ours.
"""

import argparse
import os
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from huoqun.base.setting import BadSetting
from huoqun.terminal.say import plain, refuse

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Read when NumPy is loaded. Our matrices are small: several threads for one product only wait for each other (three
times the processor time and more than three times the wall clock, docs/decisions/091)."""

COMMANDS = {
    "up": ("huoqun.terminal.up", "start Huoqun on this computer and print its address"),
    "web": ("huoqun.web.serve", "serve the pages only"),
    "worker": ("huoqun.terminal.work", "do what is due: imports, diagnoses"),
    "password": ("huoqun.terminal.password", "set a new password for an account"),
    "routes": ("huoqun.terminal.routes", "list every page with the permission it needs"),
    "backup": ("huoqun.terminal.backup", "write everything this installation keeps into one file, while it runs"),
    "restore": ("huoqun.terminal.restore", "bring a backup back, on SQLite or PostgreSQL"),
    "doctor": ("huoqun.terminal.doctor", "say what is wrong with this installation and how to mend it"),
    "manage": ("huoqun.terminal.manage", "Django's own commands"),
    "diagnose": ("huoqun.terminal.diagnose", "say whether a group lives, and why not, from its chat export"),
    "convert": ("huoqun.terminal.convert_file", "write an export as parquet, jsonl (ChatLab layout) or csv"),
    "replies": ("huoqun.terminal.replies", "write which line answers which"),
    "chain": ("huoqun.terminal.chain_list", "make one list of pasted copies of a chain sign-up"),
    "playbook": ("huoqun.terminal.method", "list the playbooks, check files that should be some"),
    "simulate": ("huoqun.terminal.simulate", "try a playbook on made-up people, and say what came of it"),
    "schema": ("huoqun.terminal.schema", "print the JSON Schema of a diagnosis"),
}
"""Loaded only when called, so that a command starts as fast as what it needs."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit code 2, and where to read how it is meant."""
        code = refuse(f"{message} (`{self.prog} --help` tells how)")
        raise SystemExit(code)


def installed() -> str:
    """The installed version, or `source` for a bare checkout."""
    try:
        return version("huoqun")
    except PackageNotFoundError:
        return "source"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    parser = Parser(prog="huoqun", description="Huoqun 活群: turns dead chat groups into living ones.")
    parser.add_argument("--version", action="version", version=f"huoqun {installed()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    module = None
    for name, (path, help_) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_, description=help_)
        if name in argv[:1]:
            module = import_module(path)
            module.arguments(sub)
    args = parser.parse_args(argv)
    assert module is not None
    try:
        code: int = module.run(args)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
    except SystemExit:
        raise
    except BadSetting as error:
        return refuse(str(error))
    except BaseException as error:  # engines panic with exceptions that are no Exception
        if os.environ.get("HUOQUN_DEBUG"):
            raise
        sys.stderr.write(
            f"huoqun: {type(error).__name__}: {plain(str(error))} – a mistake of ours; HUOQUN_DEBUG=1 tells more\n"
        )
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
