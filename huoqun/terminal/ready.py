"""Starting Django for the commands that need the database; the others must not pay for it."""

import os
from importlib import import_module
from typing import Any

import django


def start(module: str) -> Any:
    """Set Django up and return the module, which could not be imported before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoqun.settings")
    django.setup()
    return import_module(module)
