"""The process: how the processes of one installation live and end together."""

import os
import signal
import socket
import threading
import time


def end_with_parent(parent: int | None) -> None:
    """End this process (as if asked to) when `parent` is no longer its parent: nobody is left to supervise it."""
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def free_port(host: str, port: int) -> int | None:
    """`port` if it can be listened on (any free one for 0), else None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])
