"""Every setting, read top to bottom. Without any environment it is a complete product on one machine:
SQLite, an embedded queue, captured mail. Three URLs turn it into PostgreSQL, Redis and SMTP."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
# NAME_FILE names a file with the value: secrets need not stand in the environment.
env = environ.FileAwareEnv()
ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if ENV_FILE.is_file():
    env.read_env(ENV_FILE)
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
# What people put there as evidence: served by one page that asks who may read it, never as files.
MEDIA_ROOT = VAR_DIR / "media"


def from_url(parse: Callable[[str], dict], url: str, schemes: set[str], otherwise: dict) -> dict:
    """A mistake must not end in a trace here: checks.py names it and says what to do."""
    try:
        return parse(url) if urlsplit(url).scheme in schemes else otherwise
    except (ValueError, ImproperlyConfigured):
        return otherwise


NO_NUMBERS: dict[str, tuple[int, int]] = {}


def number(name: str, otherwise: int, least: int = 1, most: int = 10**9) -> int:
    """A whole number of the environment; checks.py names one that is none, or that lies outside."""
    text = env.str(name, default="").strip()
    if not text:
        return otherwise
    if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most:
        return int(text)
    NO_NUMBERS[name] = (least, most)
    return otherwise


# --- Where and for whom -----------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules
DEMO = env.bool("DEMO", default=False)
PORT = number("PORT", 8000, most=65535)
SITE_URL = (env.str("SITE_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = SITE_URL.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if HTTPS else [])


def local_secret() -> str:
    """A key of this machine's own, made once, so that nobody runs with a published one."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
        except FileExistsError:
            pass
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_IS_LOCAL = not SECRET_KEY
if SECRET_KEY_IS_LOCAL:
    SECRET_KEY = local_secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- What it is made of -----------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "failforward.accounts",
    "failforward.history",
    "failforward.outbox",
    "failforward.inbound",
    "reviews",
    "actions",
    "failforward",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "failforward.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "failforward.middleware.LoggedOutMiddleware",
    "failforward.middleware.PersonMiddleware",
    "failforward.middleware.FormAddressMiddleware",
]

ROOT_URLCONF = "failforward.urls"
WSGI_APPLICATION = "failforward.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "failforward.context.site",
            ],
        },
    }
]
FORM_RENDERER = "failforward.drawing.Renderer"

# --- Database ---------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASE_SCHEMES = {"postgres", "postgresql", "sqlite"}
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "failforward.sqlite3")}
NO_DATABASE = {"ENGINE": "django.db.backends.dummy"}
DATABASES = {
    "default": from_url(env.db_url_config, DATABASE_URL, DATABASE_SCHEMES, NO_DATABASE) if DATABASE_URL else SQLITE
}
# FULL: with NORMAL a power cut can undo a committed "sent" and the mail would go out again. The tests take OFF.
SQLITE_SYNCHRONOUS = env.str("SQLITE_SYNCHRONOUS", default="FULL")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={SQLITE_SYNCHRONOUS}; PRAGMA foreign_keys=ON",
        },
        # A file: the in-memory test database fails with "table is locked" under threads.
        "TEST": {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")},
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # A database that does not answer is told within seconds, not after the kernel's two minutes.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    # To compile a query of a page takes longer than to run it.
    options["options"] = f"{options.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Queue and clock --------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
REDIS_SCHEMES = {"redis", "rediss"}
EMBEDDED = not REDIS_URL
TICK_SECONDS = number("TICK_SECONDS", 60)
SEND_LEASE_SECONDS = number("SEND_LEASE_SECONDS", 900)
RENDER_AHEAD_SECONDS = number("RENDER_AHEAD_SECONDS", 600, least=0)
# How long a flood of overdue mail waits after everything was down, so that somebody can look. 0: not at all.
CATCH_UP_HOLD = number("CATCH_UP_HOLD", 60 * 60, least=0)
WHEN_UNCERTAIN = env.str("WHEN_UNCERTAIN", default="resend")

# What it keeps may be lost at any time: counts of tries. A request does not wait for a Redis that is away.
if REDIS_URL and urlsplit(REDIS_URL).scheme in REDIS_SCHEMES:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "failforward",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }

CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BEAT_SCHEDULER = "failforward.beat:Scheduler"
# A clock that is set back while it reckons how long to sleep costs one tick, not five minutes.
CELERY_BEAT_MAX_LOOP_INTERVAL = TICK_SECONDS
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "socket_connect_timeout": 5, "socket_keepalive": True}
    if REDIS_URL
    else {"polling_interval": 0.1}
)
# A message is only a hint to be fast; a person must not wait for a broker that is away.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# All clock work. Each entry only rings; the work is found in the database, so ringing twice does no harm.
CELERY_BEAT_SCHEDULE = {
    "run due": {
        "task": "failforward.outbox.tasks.run_due",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "mind silence": {
        "task": "actions.tasks.mind_silence",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "read inbound": {
        "task": "failforward.inbound.tasks.read_inbound",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "fetch mail": {
        "task": "failforward.inbound.tasks.fetch_mail",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "forget old mail": {
        "task": "failforward.inbound.tasks.forget_old_mail",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "count rows": {
        "task": "failforward.tasks.count_rows",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
    "carry on imports": {
        "task": "reviews.tasks.carry_on_imports",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "mend follow-ups": {
        "task": "actions.tasks.mend_follow_ups",
        "schedule": 60 * 60,
        "options": {"expires": 60 * 60},
    },
}

# --- Mail -------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
# smtp+tls:// is STARTTLS, smtp+ssl:// is TLS from the first byte; both check the server's certificate.
SMTP_SCHEMES = {"smtp", "smtp+tls", "smtp+ssl"}
# Mail services by their own interface: postmark://TOKEN@, mailgun://KEY@mg.example.com?region=eu, mailjet://KEY:SECRET@
MAIL_SERVICES = {"brevo", "mailgun", "mailjet", "postmark", "sendgrid", "sparkpost"}
EMAIL_SCHEMES = SMTP_SCHEMES | MAIL_SERVICES
SMTP = from_url(env.email_url_config, EMAIL_URL, SMTP_SCHEMES, {})
MAIL_SERVICE = EMAIL_URL.partition("://")[0] if EMAIL_URL.partition("://")[0] in MAIL_SERVICES else ""
# "user:password" that the service puts before its reports of bounces and complaints.
WEBHOOK_SECRET = env.str("WEBHOOK_SECRET", default="")


def service_keys(service: str, url: str) -> dict[str, str]:
    """What django-anymail wants to know of the service; of a URL that cannot be read, nothing."""
    try:
        parts = urlsplit(url)
        key, host = unquote(parts.username or ""), parts.hostname or ""
    except ValueError:
        return {}
    named = {
        "postmark": {"POSTMARK_SERVER_TOKEN": key},
        "mailgun": {"MAILGUN_API_KEY": key, "MAILGUN_SENDER_DOMAIN": host}
        | ({"MAILGUN_API_URL": "https://api.eu.mailgun.net/v3"} if "region=eu" in parts.query.split("&") else {}),
        "mailjet": {"MAILJET_API_KEY": key, "MAILJET_SECRET_KEY": unquote(parts.password or "")},
    }
    return named.get(service, {f"{service.upper()}_API_KEY": key})


ANYMAIL = {
    "WEBHOOK_SECRET": WEBHOOK_SECRET,
    "REQUESTS_TIMEOUT": 30,
    # Not every service lets us turn its tracking off by the message.
    "IGNORE_UNSUPPORTED_FEATURES": True,
} | (service_keys(MAIL_SERVICE, EMAIL_URL) if MAIL_SERVICE else {})
EMAIL_TIMEOUT = 30
# Everything Django or allauth sends goes through the outbox too, so that no mail is lost with a process.
EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="FailForward <ask@failforward.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="")
IMAP_URL = env.str("IMAP_URL", default="")
IMAP_SCHEMES = {"imap", "imap+tls", "imaps"}
# Lets a mail service hand mail over at /inbound/; without it that address is not there.
INBOUND_SECRET = env.str("INBOUND_SECRET", default="")
# For how long the bytes of mail are kept, of what came in and of what went out.
KEEP_MAIL_DAYS = number("KEEP_MAIL_DAYS", 90, most=36_500)
# The name our own mail server writes into its Authentication-Results; what others wrote there is not believed.
AUTHSERV_ID = env.str("AUTHSERV_ID", default="")
EMAIL_SUBJECT_PREFIX = ""
MAILBOX = not EMAIL_URL and (DEBUG or DEMO)
# Whoever tries the demo sees the answer's way to its asker at once, not with the daily mail.
ANSWERS_AT_ONCE = DEMO

# --- People and log-in ------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "failforward.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Who chose a password by the link in their own mail need not write it a third time.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_FORMS = {
    "login": "failforward.accounts.log_in_forms.LoginForm",
    "reauthenticate": "failforward.accounts.log_in_forms.ReauthenticateForm",
    "change_password": "failforward.accounts.log_in_forms.ChangePasswordForm",
    "reset_password": "failforward.accounts.log_in_forms.ResetPasswordForm",
    "reset_password_from_key": "failforward.accounts.log_in_forms.ResetPasswordKeyForm",
}
ACCOUNT_RATE_LIMITS = {"login_failed": "20/15m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "failforward.accounts.log_in_forms.AuthenticateForm",
    "reauthenticate": "failforward.accounts.log_in_forms.ReauthenticateByCodeForm",
    "activate_totp": "failforward.accounts.log_in_forms.ActivateForm",
}
# Addresses are an admin's to give; a second step does not wait for the library's own confirmation of them.
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "failforward.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "failforward.views.csrf_failure"

# --- The browser's side -----------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Django 6 has these names of its own; the middleware that reads them goes when we get there.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
IMPORT_MAX_BYTES = number("IMPORT_MAX_BYTES", 20 * 1024 * 1024)
EVIDENCE_MAX_BYTES = number("EVIDENCE_MAX_BYTES", 10 * 1024 * 1024)
IMPORT_MAX_ROWS = number("IMPORT_MAX_ROWS", 100_000)

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# --- Time, language, log ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
# With one language there is nothing to look up, and every page is drawn a good tenth faster for it.
USE_I18N = len(LANGUAGES) > 1
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "failforward.log.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "amqp": {"level": "WARNING"},
    },
}
