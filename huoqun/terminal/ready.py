"""Starting Django for the commands that need the database; the others must not pay for it."""

import os
from importlib import import_module
from typing import Any

import django

from huoqun.base.home import home
from huoqun.terminal.say import refuse

NOTE = "restore.note"
"""In the data folder while `huoqun restore` puts new things in the place of old ones."""


def start(module: str, *, settled: bool = False) -> Any:
    """Set Django up and return the module, which could not be imported before.

    Exits with 2 where a restore is under way or was broken off, unless it is about to be `settled`.
    """
    if not settled and (home() / NOTE).exists():
        raise SystemExit(
            refuse("a restore is under way, or was broken off: run `huoqun up`, which ends it, then again")
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoqun.settings")
    django.setup()
    return import_module(module)
