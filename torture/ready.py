"""Everything that a worker needs, loaded once: a server process imports this, and its children begin within milliseconds
of being killed."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
django.setup()

__import__("huoqun.worker")
