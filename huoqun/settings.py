"""Settings of the Django project. Everything an operator may change is an environment variable named here.

HUOQUN_HOME           the data folder (base/home.py)
HUOQUN_DATABASE_URL   postgresql://user:password@host:port/name; without it one SQLite file in the data folder
HUOQUN_HOSTS          host names, by comma, under which the pages are reached beside this machine's own
HUOQUN_UPLOAD_LIMIT   most bytes of one upload (default 4 GiB)
"""

import os

from huoqun.base.database import databases
from huoqun.base.home import PACKAGE, home, secret

HOME = home()
SECRET_KEY = secret(HOME)
DEBUG = False
VERSION = "0.1.0"

_hosts = [host.strip() for host in os.environ.get("HUOQUN_HOSTS", "").split(",") if host.strip()]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_hosts]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _hosts]

INSTALLED_APPS = ["django.contrib.staticfiles", "huoqun"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huoqun.web.policy.ContentPolicy",
    "django.middleware.locale.LocaleMiddleware",
    "huoqun.web.policy.UploadLimit",
    "django.middleware.common.CommonMiddleware",
    "huoqun.web.policy.Failures",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "huoqun.urls"
WSGI_APPLICATION = "huoqun.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "huoqun.web.frame.frame"],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "huoqun.web.show"],
        },
    }
]

DATABASES = databases(os.environ.get("HUOQUN_DATABASE_URL"), HOME)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "huoqun_language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

UPLOAD_LIMIT = int(os.environ.get("HUOQUN_UPLOAD_LIMIT", 4 * 1024**3))
FILE_UPLOAD_TEMP_DIR = HOME / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["huoqun.web.incoming.Incoming"]
DATA_UPLOAD_MAX_NUMBER_FILES = 500

CSRF_COOKIE_NAME = "huoqun_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "huoqun.web.fault.forgery"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

TEST_RUNNER = "django.test.runner.DiscoverRunner"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
