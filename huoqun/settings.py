"""Settings of the Django project. Everything an operator may change is an environment variable named here.

HUOQUN_HOME           the data folder (base/home.py)
HUOQUN_DATABASE_URL   postgresql://user:password@host:port/name; without it one SQLite file in the data folder
HUOQUN_HOSTS          host names, by comma, under which the pages are reached beside this machine's own
HUOQUN_PROXIES        how many proxies of one's own stand before the pages (default 0); the outermost speaks HTTPS, and
                      each adds to X-Forwarded-For and sets X-Forwarded-Proto
HUOQUN_UPLOAD_LIMIT   most bytes of one upload (default 4 GiB)
HUOQUN_API_RATE       requests of one key or session to the API, by time: 5000/h (default 600/m)
HUOQUN_OIDC_URL       an OpenID Connect server with which staff may log in too, with HUOQUN_OIDC_CLIENT,
                      HUOQUN_OIDC_SECRET and HUOQUN_OIDC_NAME (what the button says)
HUOQUN_MEMBER_OIDC_URL  the same for members of groups, who have no account here, with HUOQUN_MEMBER_OIDC_CLIENT,
                      HUOQUN_MEMBER_OIDC_SECRET and HUOQUN_MEMBER_OIDC_NAME; see docs/member-login.md
HUOQUN_WECHAT_ID      the AppID of an official account of WeChat with which members log in inside WeChat, with
                      HUOQUN_WECHAT_SECRET and, to see nicknames, HUOQUN_WECHAT_SCOPE=snsapi_userinfo
HUOQUN_WECHAT_SITE_ID  the AppID of a website of WeChat's open platform, to log in elsewhere, with
                      HUOQUN_WECHAT_SITE_SECRET
HUOQUN_FEEDS_WITHIN   hosts of one's own network, by comma as host:port, from which feeds may be read; all other private
                      addresses are refused
HUOQUN_PUSH_WITHIN    hosts of one's own network, by comma as host:port, at which a push service of one's own may be
                      reached; all other private addresses are refused
HUOQUN_WECHAT_PROOF   the name of the file with which WeChat checks whose domain it is: MP_verify_….txt
"""

import os

from huoqun.base.database import databases
from huoqun.base.home import PACKAGE, home, secret
from huoqun.base.issuer import issuers
from huoqun.base.oidc import oidc
from huoqun.base.setting import address, rate

HOME = home()
SECRET_KEY = secret(HOME)
DEBUG = False
VERSION = "0.1.0"

_hosts = [host.strip() for host in os.environ.get("HUOQUN_HOSTS", "").split(",") if host.strip()]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_hosts]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _hosts]
ALLAUTH_TRUSTED_PROXY_COUNT = int(n) if (n := os.environ.get("HUOQUN_PROXIES", "")).isdecimal() else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ALLAUTH_TRUSTED_PROXY_COUNT > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "huoqun",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huoqun.web.policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "huoqun.web.policy.UploadLimit",
    "django.middleware.common.CommonMiddleware",
    "huoqun.web.policy.Failures",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huoqun.web.last_use.LastUse",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "huoqun.urls"
WSGI_APPLICATION = "huoqun.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "huoqun.web.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "huoqun.web.show",
                "huoqun.web.alarm",
            ],
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
API_RATE = rate(os.environ)
ADDRESS = address(os.environ)
FILE_UPLOAD_TEMP_DIR = HOME / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["huoqun.web.incoming.Incoming"]
DATA_UPLOAD_MAX_NUMBER_FILES = 500

AUTH_USER_MODEL = "huoqun.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "huoqun.web.door.Door"
SOCIALACCOUNT_ADAPTER = "huoqun.web.door.OtherDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
"""Tries to log in: from one address, and for one account, from wherever."""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Huoqun"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
"""`OtherDoor` does it, and leaves the password alone."""
SOCIALACCOUNT_LOGIN_ON_GET = True
"""A form of ours may lead to ourselves only (`web/policy`), also by redirects; a link may lead out."""
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": oidc(os.environ)}}
MEMBER_ISSUERS = issuers(os.environ)
"""With whom members log in: `web/member_login`, never django-allauth, which is the door of staff."""
WECHAT_PROOF = os.environ.get("HUOQUN_WECHAT_PROOF", "").strip()
FEEDS_WITHIN = frozenset(h.strip() for h in os.environ.get("HUOQUN_FEEDS_WITHIN", "").split(",") if h.strip())
PUSH_WITHIN = frozenset(h.strip() for h in os.environ.get("HUOQUN_PUSH_WITHIN", "").split(",") if h.strip())
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": HOME / "cache"}}
"""Holds counts of tries to log in: shared by all processes of a machine."""
SESSION_COOKIE_NAME = "huoqun_session"
SESSION_COOKIE_AGE = 30 * 86400
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"

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
