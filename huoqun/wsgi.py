"""The WSGI application, for granian (web/serve.py) or any other server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoqun.settings")
_pages = get_wsgi_application()

from huoqun.web.burst import front  # noqa: E402 - Django first

AT_ONCE = 8
"""Pages answered at the same time; an upload occupies one while it arrives."""
application = front(_pages, at_once=AT_ONCE)
