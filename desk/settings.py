"""The one settings file. What the organisation chooses comes from desk.environment; the rest is the product's own."""

from __future__ import annotations

import os
import secrets
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from desk.environment import read
from desk.logs import configure

ENV = read()
BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False
DEMO = ENV.demo
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
ROOT_URLCONF = "desk.urls"
ASGI_APPLICATION = "desk.asgi.application"
WSGI_APPLICATION = "desk.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PUBLIC_URL = ENV.public_url or "http://127.0.0.1:8000"

INSTALLED_APPS = [
    "desk.apps.DeskConfig",
    "accounts.apps.AccountsConfig",
    "conversations.apps.ConversationsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "channels",
]

MIDDLEWARE = [
    "desk.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Within WhiteNoise, whose files are compressed already. What compresses secrets beside what a stranger chose tells their
    # length (BREACH): the token of forms is masked anew in each answer, and up to 100 random bytes blur the rest.
    "django.middleware.gzip.GZipMiddleware",
    "desk.middleware.LoopbackOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "desk.middleware.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "desk.middleware.ProblemPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["desk.layout.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.frame",
                "conversations.teamwork.context.bell",
            ],
        },
    }
]

# --- PostgreSQL, the only truth -----------------------------------------------------------------------------------


def database(url: str) -> dict[str, Any]:
    """Django's settings of one PostgreSQL address; a pool, because each request of an ASGI server is a new thread."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "countersign",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            "application_name": "countersign",
            "connect_timeout": 5,
            # For the statements of desk.rows alone; those of Django's own cursors are never prepared.
            "prepare_threshold": 1,
            # The pool's pauses between attempts double: by its own default of 300 s for them, a database that was away for
            # half a minute stays away for twenty seconds more (measured). After 4 s it begins anew with who asks next.
            "pool": {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 4, "max_idle": 60},
        },
    }


DATABASES = {"default": database(ENV.database_url)}
# Who owns the tables, and who seals the ledger, where these are logins of their own (desk.roles).
OWNER_DATABASE = database(ENV.owner_database_url) if ENV.owner_database_url else None
SEALER_DATABASE = database(ENV.sealer_database_url) if ENV.sealer_database_url else None
REDIS_URL = ENV.redis_url

# --- Celery carries hints: the kind of a job each; the row is the truth ----------------------------------------------

CELERY_BROKER_URL = ENV.redis_url
CELERY_TASK_DEFAULT_QUEUE = "jobs"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_LIMIT = 2
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "retry_on_timeout": False,
    "health_check_interval": 10,
    "global_keyprefix": "countersign:",
}

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "desk.views.csrf_failure"

# --- Security ---------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"  # ticket links are secrets
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # what is more than a message may have is said in words; this is against a flood
FILE_UPLOAD_HANDLERS = ["desk.uploads.Bounded"]

# --- Files, language, time ----------------------------------------------------------------------------------------------

# Where nothing was collected the files are served from where they lie; that is no fault to warn of.
warnings.filterwarnings("ignore", "No directory at", UserWarning)
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The pages show none of what the apps bring along.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
# The parts of `make run` have VAR, and find in it what desk.delivery collected.
STATIC_ROOT = Path(os.environ["VAR"], "static") if os.environ.get("VAR") else BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("es", _("Spanish")), ("fr", _("French"))]
USE_I18N = USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = ENV.time_zone

# --- Mail: replies go out by conversations.mailroom; Django's own mail serves the sign-in pages alone -------------------

_mail = urlsplit(ENV.email_url)
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from

# --- API ------------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.tokens.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.tokens.TokenPace"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "desk.api.OnlyJson",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "desk.api.api_exception",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
REST_KNOX = {
    "SECURE_HASH_ALGORITHM": "hashlib.sha512",
    "TOKEN_TTL": None,
    "AUTO_REFRESH": False,
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_MODEL": "accounts.Token",
}
KNOX_TOKEN_MODEL = "accounts.Token"
SPECTACULAR_SETTINGS = {
    "TITLE": "Countersign",
    "DESCRIPTION": "Models draft; people countersign. Errors are RFC 9457 problems.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_PATCH": False,
    "TAGS": [
        {"name": "Tickets", "description": "What customers wrote, and what goes back."},
        {"name": "Drafts", "description": "What models propose, with what they saw."},
        {"name": "Decisions", "description": "What people decide about drafts. Only a person's token decides."},
        {"name": "Customers", "description": "Who writes in, and whether a model may draft for them."},
        {"name": "Stops", "description": "Switches that stop drafting."},
        {"name": "Ledger", "description": "What happened, in order, for good."},
    ],
}

# Rate limits and such live in this process and fail open: no request waits for Valkey.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}
SILENCED_SYSTEM_CHECKS: list[str] = []
BOOT_ID = secrets.token_hex(4)

LOGGING_CONFIG = None
configure(level=ENV.log_level)
