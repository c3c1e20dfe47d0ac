"""The WSGI application, for granian (web/serve.py) or any other server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoqun.settings")
application = get_wsgi_application()
