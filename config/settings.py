"""All settings in one typed file. Safe defaults; secrets come from the environment or from files (`*_FILE`).

Every setting of our own starts with MTD_ and is documented in docs/running.md.
"""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The environment variable, or the content of the file that NAME_FILE points to, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def envbool(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on."""
    value = env(name)
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def envdays(name: str, default: int) -> timedelta:
    """A period in days, at least one."""
    value = env(name, str(default))
    if not value.isdigit() or not 1 <= int(value) <= 36500:
        raise ImproperlyConfigured(f"{name} must be a number of days from 1 to 36500.")
    return timedelta(days=int(value))


def envlist(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


TESTING = "pytest" in sys.modules
VAR_DIR = Path(env("MTD_VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = envbool("MTD_DEBUG")
MTD_DEMO = envbool("MTD_DEMO")
"""One-click sign-in as the demo cast. Never in production: see mtd.accounts.checks."""


def _local_secret(name: str, file: str) -> str:
    """A secret from the environment; for a trial on one machine, one that is made once and kept in var/.

    Production sets MTD_PRODUCTION=1, and then a missing secret stops the start instead of being invented.
    """
    value = env(name)
    if value:
        return value
    if MTD_PRODUCTION:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE: production does not invent secrets.")
    path = VAR_DIR / file
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()


MTD_PRODUCTION = envbool("MTD_PRODUCTION")
if MTD_PRODUCTION and MTD_DEMO:
    raise ImproperlyConfigured("Demo sign-in cannot be switched on in production. Unset MTD_DEMO.")
if MTD_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("MTD_DEBUG shows internals to strangers and cannot be used in production.")

SECRET_KEY = _local_secret("MTD_SECRET_KEY", "secret-key")
MTD_MASTER_KEY = _local_secret("MTD_MASTER_KEY", "master-key")
"""Wraps the data keys (mtd.core.encryption). Keep it apart from the database and from its backups."""

ALLOWED_HOSTS = envlist("MTD_HOSTS", "" if MTD_PRODUCTION else "127.0.0.1,localhost,[::1]")
if TESTING:
    ALLOWED_HOSTS.append("testserver")
CSRF_TRUSTED_ORIGINS = envlist("MTD_ORIGINS")
MTD_BASE_URL = env("MTD_BASE_URL", "http://127.0.0.1:8000")
"""Address used in mails and printed on documents for verification."""

INSTALLED_APPS = [
    "mtd.core",
    "mtd.audit",
    "mtd.countries",
    "mtd.accounts",
    "mtd.organizations",
    "mtd.notifications",
    "mtd.documents",
    "mtd.guide",
    "mtd.meetings",
    "mtd.agreements",
    "mtd.consultations",
    "mtd.cooperation",
    "mtd.home",
    "mtd.public",
    "mtd.programme",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mtd.core.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mtd.accounts.middleware.DemoGuardMiddleware",
    "mtd.organizations.middleware.ActorMiddleware",
    "mtd.accounts.middleware.SignInRequiredMiddleware",
    "mtd.core.middleware.LimitBodyMiddleware",
    "mtd.core.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django.templatetags.l10n",
                "django_cotton.templatetags.cotton",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mtd.core.context.page",
                "mtd.organizations.context.person",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _databases() -> dict[str, dict[str, Any]]:
    """`default` holds the data, `keys` the data keys; apart, so that backups of the data never hold a key."""
    url = env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'mtd.sqlite3'}")
    keys_url = env("KEY_DATABASE_URL")
    default: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    if keys_url:
        keys: dict[str, Any] = dict(
            dj_database_url.parse(keys_url, conn_max_age=600, conn_health_checks=True)
        )
    elif default["ENGINE"].endswith("sqlite3"):
        path = Path(str(default["NAME"]))
        keys = {**default, "NAME": str(path.with_name(f"{path.stem}-keys{path.suffix}"))}
    else:
        keys = {**default, "NAME": f"{default['NAME']}_keys"}
    for database in (default, keys):
        if database["ENGINE"].endswith("sqlite3"):
            # Writers queue at the start of a transaction instead of failing in the middle of it.
            database["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is deleted is overwritten, so that a destroyed key is not found in the file either.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON;",
            }
    return {"default": default, "keys": keys}


DATABASES = _databases()
DATABASE_ROUTERS = ["mtd.core.routers.KeyRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation link proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_ADAPTER = "mtd.accounts.adapter.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Make the Difference"
MFA_ADAPTER = "mtd.accounts.adapter.MFAAdapter"
ACCOUNT_FORMS = {
    "login": "mtd.accounts.forms.LoginForm",
    "reset_password": "mtd.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "mtd.accounts.forms.ResetPasswordKeyForm",
    "change_password": "mtd.accounts.forms.ChangePasswordForm",
    "reauthenticate": "mtd.accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "mtd.accounts.forms.CodeForm",
    "reauthenticate": "mtd.accounts.forms.CodeAgainForm",
    "activate_totp": "mtd.accounts.forms.ActivateCodesForm",
}
if DEBUG or MTD_DEMO or TESTING:
    MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

# In the database, because every worker has to count the same wrong codes and see that a code was used.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "mtd_cache",
        # Far above what a day brings: culling would let somebody wash wrong tries out of the table.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"] + [
    (prefix, BASE_DIR / "node_modules" / folder)
    for prefix, folder in (
        ("kern", "@kern-ux/native/dist"),
        ("fira-sans", "@fontsource/fira-sans"),
    )
    if (BASE_DIR / "node_modules" / folder).exists()
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # files live encrypted in the database
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING

SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token, no script reads the cookie
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mtd.core.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = MTD_PRODUCTION
LANGUAGE_COOKIE_SAMESITE = "Lax"
if MTD_PRODUCTION:
    # The prefix makes browsers refuse a cookie that a neighbouring host or plain http has planted.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = MTD_PRODUCTION and not envbool("MTD_TLS_OUTSIDE")
SECURE_HSTS_SECONDS = 31536000 if MTD_PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if MTD_PRODUCTION and envbool("MTD_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MTD_UPLOAD_LIMIT = 25 * 1024 * 1024
"""Largest file that a person may upload, in bytes."""

EMAIL_BACKEND = env(
    "MTD_EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if MTD_PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env("MTD_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("MTD_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("MTD_EMAIL_USER")
EMAIL_HOST_PASSWORD = env("MTD_EMAIL_PASSWORD")
EMAIL_USE_TLS = envbool("MTD_EMAIL_TLS")
DEFAULT_FROM_EMAIL = env("MTD_EMAIL_FROM", "Make the Difference <no-reply@localhost>")
MTD_MAIL_REPLY = env("MTD_MAIL_REPLY")
"""Address that calendars send answers to invitations to; it must end in MTD_INBOX. Empty: the one of MTD_EMAIL_FROM."""
MTD_BOUNCES = env("MTD_BOUNCES")
"""Address that mail comes back to, such as bounces@example.org; bounces+ANYTHING@ must arrive there too. Optional."""
MTD_INBOX = env("MTD_INBOX")
"""A Maildir in which bounces and answers to invitations arrive; the minutely jobs read it. Optional."""

MTD_TSA_URL = env("MTD_TSA_URL")
"""RFC 3161 time-stamp authority for signatures; empty: none, and the documents say so."""
MTD_IMPRINT = env("MTD_IMPRINT")
"""Who runs this installation, as the imprint shows it."""

# How long things are kept, in days; on by default. config/retention.py says what each period is about, and
# `manage.py retention_preview` what would go today.
MTD_KEEP_DRAFTS = envdays("MTD_KEEP_DRAFTS", 90)
MTD_KEEP_INVITATIONS = envdays("MTD_KEEP_INVITATIONS", 30)
MTD_KEEP_SENT = envdays("MTD_KEEP_SENT", 30)
MTD_KEEP_NOTICES = envdays("MTD_KEEP_NOTICES", 182)
MTD_KEEP_BOUNCES = envdays("MTD_KEEP_BOUNCES", 182)
MTD_KEEP_FEEDBACK = envdays("MTD_KEEP_FEEDBACK", 1095)
MTD_KEEP_ABANDONED_COMMENTS = envdays("MTD_KEEP_ABANDONED_COMMENTS", 730)
MTD_KEEP_ACTORS = envdays("MTD_KEEP_ACTORS", 730)
MTD_KEEP_SHADOWING = envdays("MTD_KEEP_SHADOWING", 730)
MTD_KEEP_MINUTES = envdays("MTD_KEEP_MINUTES", 1825)
MTD_KEEP_GUESTS = envdays("MTD_KEEP_GUESTS", 365)
MTD_KEEP_NEEDS = envdays("MTD_KEEP_NEEDS", 1095)
MTD_KEEP_CONSULTATIONS = envdays("MTD_KEEP_CONSULTATIONS", 90)
MTD_KEEP_CASE_DRAFTS = envdays("MTD_KEEP_CASE_DRAFTS", 30)
MTD_KEEP_LEARNINGS = envdays("MTD_KEEP_LEARNINGS", 1095)

# Messages that may carry typed text never reach a log: only status, route name and event identifiers do.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_content": {"()": "mtd.core.logs.NoContentFilter"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["no_content"], "formatter": "plain"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django would mail error reports to administrators, and print what the development server is asked for.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
DEFAULT_EXCEPTION_REPORTER = "mtd.core.logs.NoContentReporter"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
# Whether every other host of the domain has TLS, and whether it enters the browsers' lists for good, is for
# whoever runs the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
