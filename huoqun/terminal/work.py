"""`huoqun worker`: does what is due until it is asked to stop; a job begun is given back."""

import argparse
import os
import secrets
import signal
import socket
import sys
import threading
from types import FrameType

from huoqun.base import clock
from huoqun.base.process import end_with_parent
from huoqun.terminal.ready import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """A name, and the process to end with."""
    parser.add_argument("--name", help="a name no other worker has (default: made up)")
    parser.add_argument("--instead-of", help="a worker known to be dead; what it held is taken over at once")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Work."""
    worker, job = start("huoqun.worker"), start("huoqun.base.job")
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    end_with_parent(args.parent)
    if args.instead_of:
        job.release(args.instead_of)
        start("huoqun.base.presence").depart(args.instead_of)
    name = args.name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    worker.run(job.Hand(name, clock.now), stop)
    return 0
