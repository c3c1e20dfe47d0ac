"""`huoqun manage …`: Django's own commands (migrate, shell, makemigrations, …)."""

import argparse
import os

from django.core.management import execute_from_command_line


def arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is handed on."""
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace) -> int:
    """Hand it to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoqun.settings")
    execute_from_command_line(["huoqun manage", *args.rest])
    return 0
