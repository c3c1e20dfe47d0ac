"""`huoqun web`: serves the pages. The only place that knows the server."""

import argparse
import gc
import importlib
import os
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from huoqun.base import setting
from huoqun.base.process import end_with_parent

THREADS = 256
"""Requests held at the same time: check-ins that wait for their batch, and as many pages as `huoqun/wsgi` lets in."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def load(target: str) -> Any:
    """The application, in the process that answers; that one must not outlive the server's own, or the port stays taken
    by a ghost with old code. All pages are loaded before the first is asked for; what stays for good is taken out of
    what the collector looks through: each of its full rounds held a page up by some 150 ms.
    """
    end_with_parent(os.getppid())
    module, _, name = target.partition(":")
    found = getattr(importlib.import_module(module), name)
    importlib.import_module("huoqun.urls")
    gc.collect()
    gc.freeze()
    return found


def run(args: argparse.Namespace) -> int:
    """Serve until asked to stop. Raises BadSetting."""
    setting.rate(os.environ)
    end_with_parent(args.parent)
    Granian(
        "huoqun.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        websockets=False,
        log_level=LogLevels.error,
    ).serve(target_loader=load)
    return 0
