# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Django's settings, made from the table in `web/configuration.py`; nothing is read from the environment here."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from datacity.engine.adapters.clock import SystemClock
from datacity.engine.ports.clock import Clock
from datacity.kernel.errors import Invalid, Missing
from datacity.web import configuration, database, home
from datacity.web.city.site import city_of

PROGRAMME_APPS = (
    "journal",
    "jobs",
    "people",
    "messages",
    "deposits",
    "acts",
    "editions",
    "privacy",
    "datasets",
    "releases",
)
"""The apps in flow order: an app may use those before it, never those after it."""

try:
    CONFIGURATION = configuration.load(os.environ)
    database.require_driver(CONFIGURATION.database_url)
    CITY = city_of(CONFIGURATION, PROGRAMME_APPS, demo=home.is_demo(CONFIGURATION.home))
except (Invalid, Missing) as refusal:
    print(f"datacity: {refusal}", file=sys.stderr)  # noqa: T201 -- the start stops here: nothing else can speak yet
    raise SystemExit(refusal.exit_code) from None

WEB = Path(__file__).resolve().parent
HOME: Path = CONFIGURATION.home
KEYS: Path = CONFIGURATION.keys
STORE: Path = CONFIGURATION.store_folder
HTTPS = CONFIGURATION.public_address.startswith("https://")
CLOCK: Clock = SystemClock()
"""The one clock of the control plane; a test or the demo sets another."""

DEBUG: bool = CONFIGURATION.dev
SECRET_KEY: str = CONFIGURATION.secret_key or configuration.secret_key(KEYS)
PUBLIC_ADDRESS: str = CONFIGURATION.public_address
ALLOWED_HOSTS = [urlsplit(PUBLIC_ADDRESS).hostname or "", "localhost", "127.0.0.1", "[::1]", *CONFIGURATION.hosts]
TRUSTED_PROXIES = CONFIGURATION.trusted_proxies
ROOT_URLCONF = "datacity.web.urls"
WSGI_APPLICATION = "datacity.web.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CITY_NAME: str = CITY.names.name.within(CITY.usual)
CONTACT_MAIL: str = CONFIGURATION.contact_mail
METRICS_TOKEN: str = CONFIGURATION.metrics_token
CERTIFICATE: Path | None = CONFIGURATION.certificate
BACKUP_FOLDER: Path | None = CONFIGURATION.backup_folder
BACKUP_HOUR: int = CONFIGURATION.backup_hour
BACKUP_KEEP: int = CONFIGURATION.backup_keep
BACKUP_ALARM_HOURS: int = CONFIGURATION.backup_alarm_hours

INSTALLED_APPS = [
    "datacity.web",
    "datacity.frame",
    *(f"datacity.programme.{app}" for app in PROGRAMME_APPS),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "datacity.web.middleware.request_id",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that lengths tell nothing of the tokens (BREACH)
    "datacity.frame.headers.middleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "datacity.web.middleware.actor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "datacity.frame.refusals.middleware",
    "datacity.web.factors.middleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "datacity.web.pages.context.page",
                "datacity.web.demo.context.demonstration",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Storage -----------------------------------------------------------------------------------------------------

DATABASES = {"default": database.entry(database.working(CONFIGURATION.database_url, KEYS), HOME)}
DATABASE_OWNER = database.owner(CONFIGURATION.database_url, CONFIGURATION.database_owner_url, KEYS)
"""The address of the role that owns the tables, {} where the role that works owns them too; see `web/owning.py`."""
ATOMIC_REQUESTS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
"""Per process: it holds the counts of the sign-in limits and nothing that must last."""
STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"] if (WEB / "static").is_dir() else []
UPLOAD_MAXIMUM_BYTES: int = CONFIGURATION.upload_maximum_mb * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_HANDLERS = ["datacity.frame.uploads.ScratchUploadHandler"]
FILE_UPLOAD_TEMP_DIR: str | None = None
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE: str = CITY.usual
LANGUAGES = [(code, {"fr": "Français", "en": "English"}[code]) for code in CITY.languages]
LOCALE_PATHS = [WEB / "locale"]
LANGUAGE_COOKIE_NAME = "datacity_language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE: str = CONFIGURATION.time_zone

# --- Accounts ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:now"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "datacity.web.accounts.Adapter"
ACCOUNT_FORMS = {"login": "datacity.web.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_ADAPTER = "datacity.web.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation went to the address
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
SOCIALACCOUNT_ADAPTER = "datacity.web.elsewhere.Adapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": configuration.directories(CONFIGURATION)}}
DIRECTORY_NAME: str = next((each["name"] for each in configuration.directories(CONFIGURATION)), "")
"""What the city's own directory is called on the sign-in page; "" where none is set."""
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=2).total_seconds())

SESSION_ENGINE = "datacity.web.sessions"
SESSION_COOKIE_NAME = "datacity_session"
SESSION_COOKIE_AGE: int = CONFIGURATION.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "datacity_csrf"
CSRF_FAILURE_VIEW = "datacity.web.pages.faults.csrf_failed"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = False
X_FRAME_OPTIONS = "DENY"

# --- Mail --------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIGURATION.mail_host
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(HOME / "outbox")
EMAIL_HOST: str = CONFIGURATION.mail_host
EMAIL_PORT: int = CONFIGURATION.mail_port
EMAIL_HOST_USER: str = CONFIGURATION.mail_user
EMAIL_HOST_PASSWORD: str = CONFIGURATION.mail_password
EMAIL_USE_TLS = CONFIGURATION.mail_security == "starttls"
EMAIL_USE_SSL = CONFIGURATION.mail_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = CONFIGURATION.mail_from
SERVER_EMAIL: str = CONFIGURATION.mail_from

# --- Log ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "datacity.web.logs.RequestId"}},
    "formatters": {
        "text": {"()": "datacity.engine.serve.loglines.OneLine"},
        "json": {"()": "datacity.engine.serve.loglines.JsonLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": CONFIGURATION.log_format,
        },
    },
    "root": {"handlers": ["console"], "level": CONFIGURATION.log_level.upper()},
    "loggers": {
        "django": {"level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        "_granian": {"handlers": [], "propagate": True},
    },
}
