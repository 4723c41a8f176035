"""Django's settings, read from the environment alone.

`docs/howto/run-in-production.md` explains every variable; a test holds that page and this file together.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from moothall.config.content_policy import content_policy
from moothall.config.database import database_from
from moothall.config.env import Env
from moothall.config.identity import resident_provider
from moothall.config.keys import keys_at_rest
from moothall.config.logging import logging_for
from moothall.config.paying import card_payments
from moothall.config.sending import carriers, lines_out, twilio
from moothall.core.postgres import Cluster

env = Env()

PROJECT_DIR = Path(__file__).resolve().parents[2]
PACKAGE_DIR = PROJECT_DIR / "moothall"

# -- what kind of run this is -----------------------------------------------------------------------------------

MODE = env.choice(
    "MOOTHALL_MODE",
    "What this is: a production service, a demonstration on one machine, or a test run.",
    options=("production", "demo", "test"),
    default="production",
)
PRODUCTION = MODE == "production"
DEBUG = False

_kept_in = PROJECT_DIR / ".moothall"
_data = env.path(
    "MOOTHALL_DATA",
    "Folder for what a run keeps: the embedded database, uploaded files, the demonstration's secret key.",
    shown=".moothall/COUNCIL beside the package",
)
_last_council = (_data / "council") if _data is not None else None
COUNCIL = env.text(
    "MOOTHALL_COUNCIL",
    "The council pack this installation runs.",
    default=_last_council.read_text(encoding="utf-8").strip() if _last_council and _last_council.exists() else "leeds",
    shown="what MOOTHALL_DATA holds, else leeds",
)
DATA_DIR: Path = _data or _kept_in / COUNCIL

SECRET_KEY = env.text(
    "MOOTHALL_SECRET_KEY",
    "A long random text that signs sessions and links; keep it secret and the same on every server.",
    required=PRODUCTION,
    shown="must be set",
)
if PRODUCTION and 0 < len(SECRET_KEY) < 40:
    env.problem("MOOTHALL_SECRET_KEY", "is too short: use at least 40 random characters.")
if not SECRET_KEY:
    _kept = DATA_DIR / "secret.key"
    SECRET_KEY = _kept.read_text(encoding="utf-8").strip() if _kept.exists() else secrets.token_urlsafe(48)

ALLOWED_HOSTS = env.listing(
    "MOOTHALL_HOSTS",
    "The host names people use to reach the service.",
    default=[] if PRODUCTION else ["*"],
    shown="must be set",
    required=PRODUCTION,
)
PUBLIC_URL = env.text(
    "MOOTHALL_PUBLIC_URL",
    "The address of the public site, as it stands in messages: https://my.example.gov.uk",
    default="" if PRODUCTION else "http://localhost:8000",
    shown="must be set",
    required=PRODUCTION,
).rstrip("/")
PACKS_DIR: Path = (
    env.path(
        "MOOTHALL_PACKS",
        "Folder of council packs.",
        default=PROJECT_DIR / "councils",
        shown="councils beside the package",
    )
    or PROJECT_DIR / "councils"
)
BEHIND_TLS = env.flag(
    "MOOTHALL_TLS",
    "People reach the service by https (a proxy in front ends TLS). Turn off only for a demonstration.",
    default=PRODUCTION,
    shown="yes",
)

CLOCK_FILE = env.path(
    "MOOTHALL_CLOCK_FILE", "File that moves the clock, for tests and demonstrations; never in production."
)
if PRODUCTION and CLOCK_FILE is not None:
    env.problem("MOOTHALL_CLOCK_FILE", "moves the clock and must not be set in production.")

# -- messages ---------------------------------------------------------------------------------------------------

MESSAGES_BY, PRINT_FOLDER = carriers(env, PRODUCTION)
SMTP_URL, NOTIFY_URL, NOTIFY_KEY, NOTIFY_TEMPLATES = lines_out(env, MESSAGES_BY)
# fmt: off
TWILIO_ACCOUNT, TWILIO_TOKEN, TWILIO_FROM, TWILIO_URL = twilio(env, MESSAGES_BY)
VOICE_KEY = env.text("MOOTHALL_VOICE_KEY", "The key in the address at which a VoiceXML system fetches the telephone menu.")
VOICE_DESK = env.text("MOOTHALL_VOICE_DESK", "Where the menu puts callers through: a number, sip:…, Asterisk’s Dial target.")
VOICE_SPEECH = env.flag("MOOTHALL_VOICE_SPEECH", "The menu listens to words as well as keys, where the line can.")
CALLS_KEY = env.text("MOOTHALL_CALLS_KEY", "The key that signs what the telephone exchange tells us and we tell it.")
CALLS_URL = env.text("MOOTHALL_CALLS_URL", "Where the exchange is told to stop and go on recording a call that is paid on.")
SOCIAL_ADDRESSES = env.pairs("MOOTHALL_SOCIAL", "Networks the council is on: mastodon=https://…, bluesky=https://…, facebook=https://….")
SOCIAL_KEYS = env.pairs(
    "MOOTHALL_SOCIAL_KEYS",
    "How they know us: mastodon=token, bluesky=handle:app-password, facebook=page:token:secret:word.",
)
MESSAGES_BY["social"] = "social" if SOCIAL_ADDRESSES else "none"
# fmt: on
OUTBOX_DIR = None if MODE == "test" else DATA_DIR / "outbox"
SEND_LEASE_SECONDS = env.number(
    "MOOTHALL_SEND_LEASE",
    "Seconds after which a message that a silent worker was sending is looked into.",
    default=60,
    least=5,
    most=3600,
)

IMAP_URL = env.text(
    "MOOTHALL_IMAP_URL",
    "The mailbox people’s e-mail comes to, as imaps://user:password@host/INBOX (or imap://…?tls=starttls, or ?tls=none).",
)
EMAIL_LARGEST = 1_000_000 * env.number(
    "MOOTHALL_EMAIL_LARGEST", "The largest e-mail we take, in MB; larger ones go to quarantine.", default=35, most=36
)
EMAIL_BELIEVED = env.listing(
    "MOOTHALL_EMAIL_BELIEVED",
    "Names under which your own mail servers sign Authentication-Results; nobody else’s checks (SPF, DKIM, DMARC) count.",
    default=[],
)

# -- payments ---------------------------------------------------------------------------------------------------

PAY_BY, PAY_URL, PAY_KEY, PAY_SECRET, PAY_KEYPAD, PAY_KEYPAD_KEY, PAY_PAGES = card_payments(env, PRODUCTION)

# -- line-of-business systems -----------------------------------------------------------------------------------

SYSTEM_ADDRESSES = env.pairs(
    "MOOTHALL_SYSTEMS",
    "Where line-of-business systems take changes, as code=https://…; “*” stands for all others, each under its code. "
    "A system without an address gets its changes as tasks of its team.",
)
SYSTEM_FEEDS = env.pairs(
    "MOOTHALL_SYSTEM_FEEDS",
    "Where line-of-business systems offer what changed as a feed, as code=https://…; “*” stands for all others, each under "
    "its code. Read every five minutes.",
)
SYSTEM_FOLDER = env.path(
    "MOOTHALL_SYSTEM_FOLDER",
    "The folder that line-of-business systems write files into, each into the one of its code in it; looked at each minute.",
)
LINK_ENGINE = env.choice(
    "MOOTHALL_LINK_ENGINE",
    "What scores pairs when every record is looked through: DuckDB here, or Apache Spark (requirements/spark.txt, and Java).",
    options=("duckdb", "spark"),
    default="duckdb",
)
SPARK_MASTER = env.text(
    "MOOTHALL_SPARK",
    "The master of the Spark cluster: spark://host:7077, or local[2] on this machine.",
    default="local[2]",
)
SYSTEM_TOKEN = env.text("MOOTHALL_SYSTEMS_TOKEN", "The bearer token that line-of-business systems know us by.")

PARTNER_ADDRESSES = env.pairs(
    "MOOTHALL_PARTNERS",
    "Where partners take reports by Open311, as code=https://…/open311/v2 (with #jurisdiction_id where theirs needs one), or "
    "*=https://… for all, each under its code. What goes to one without an address becomes a task for a person.",
)
PARTNER_KEYS = env.pairs(
    "MOOTHALL_PARTNER_KEYS",
    "The api_key by which each partner’s Open311 system knows us, as code=key or *=key. The same key signs what it tells us.",
)
CONTRACTOR_ADDRESSES = env.pairs("MOOTHALL_CONTRACTORS", "Where repairs are ordered: code=https://…, or *=… for all.")
CONTRACTOR_KEYS = env.pairs("MOOTHALL_CONTRACTOR_KEYS", "What signs orders and answers: code=key, or *=key.")
OPEN311_WEBHOOKS = env.pairs(
    "MOOTHALL_OPEN311_WEBHOOKS",
    "Who is told at once when a report of the street changes, as name=https://…, several divided by commas.",
)
OPEN311_WEBHOOK_KEYS = env.pairs("MOOTHALL_OPEN311_WEBHOOK_KEYS", "The key that signs what each is told, as name=key.")

# -- database ---------------------------------------------------------------------------------------------------

DATABASE_URL = env.text(
    "DATABASE_URL",
    "The PostgreSQL database (15 or newer), as postgresql://user:password@host:port/name?sslmode=require. "
    "Without it the embedded database in MOOTHALL_DATA is used (never in production).",
    required=PRODUCTION,
    shown="must be set",
)
EMBEDDED_DATABASE = not DATABASE_URL
_pool = env.number(
    "MOOTHALL_DB_POOL",
    "The most database connections one process keeps open; 0 opens one for each request.",
    default=0 if MODE == "test" else 8,
    most=200,
    shown="8",
)

DATABASES = {"default": database_from(env, DATABASE_URL or Cluster(DATA_DIR).url(), pool=_pool)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- what is in the house ---------------------------------------------------------------------------------------

ROOMS = (
    "core", "places", "customers", "customers.matching", "customers.linking", "customers.accounts",
    "customers.representation", "customers.monitoring", "customers.colleagues", "customers.privacy", "services",
    "promises", "contacts", "cases", "documents", "inbox", "postroom", "bookings", "payments", "notifications", "partners",
    "permits", "repairs", "reports", "rounds", "announcements", "field", "reception", "feedback", "insight", "intake",
    "channels",
)  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *(f"moothall.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "moothall.interfaces.hooks.trace.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "moothall.interfaces.hooks.headers.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "moothall.interfaces.kiosk.mount.KioskMiddleware",
    "moothall.interfaces.site.speaking.TonguesMiddleware",
    "moothall.interfaces.policy.PolicyMiddleware",
]
ROOT_URLCONF = "moothall.config.urls"
WSGI_APPLICATION = "moothall.config.wsgi.application"

# -- people -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "core.Staff"
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if MODE == "test" else []),  # tests sign in a thousand times
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # core.limits counts guesses and says so
SECOND_FACTOR_REQUIRED = env.flag(
    "MOOTHALL_SECOND_FACTOR",
    "Roles that the pack marks so must sign in with a code from a telephone as well as a password.",
    default=PRODUCTION,
    shown="yes",
)
TRUSTED_PROXIES = env.number(
    "MOOTHALL_TRUSTED_PROXIES",
    "How many proxies of your own stand in front: the caller's address is taken that many hops from the end of "
    "X-Forwarded-For. 0: the address that connects.",
    default=0,
    most=5,
)
OIDC_RP_CLIENT_ID = env.text("MOOTHALL_OIDC_CLIENT_ID", "Staff sign in by OpenID Connect: our name at the provider.")
OIDC_RP_CLIENT_SECRET = env.text(
    "MOOTHALL_OIDC_CLIENT_SECRET", "Our secret at the provider.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_ISSUER = env.text(
    "MOOTHALL_OIDC_ISSUER", "The provider's issuer, as its tokens name it.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_OP_AUTHORIZATION_ENDPOINT = env.text(
    "MOOTHALL_OIDC_AUTHORIZE_URL", "The provider's address for signing in.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_OP_TOKEN_ENDPOINT = env.text(
    "MOOTHALL_OIDC_TOKEN_URL", "The provider's address for tokens.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_OP_USER_ENDPOINT = env.text(
    "MOOTHALL_OIDC_USER_URL", "The provider's address for who someone is.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_OP_JWKS_ENDPOINT = env.text(
    "MOOTHALL_OIDC_KEYS_URL", "The provider's address for its keys.", required=bool(OIDC_RP_CLIENT_ID)
)
OIDC_RP_SIGN_ALGO = env.text("MOOTHALL_OIDC_ALGORITHM", "How the provider signs its tokens.", default="RS256")
OIDC_VERIFY_KID = env.flag(
    "MOOTHALL_OIDC_KEY_IDS", "The provider's tokens name the key that signed them.", default=True
)
OIDC_RP_SCOPES = "openid email profile"
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10
OIDC_AUTHENTICATION_CALLBACK_URL = "signin:council-back"
LOGIN_REDIRECT_URL_FAILURE = "/sign-in/?council=no"
AUTHENTICATION_BACKENDS = [
    "moothall.core.staff.backends.ByPassword",
    *(["moothall.interfaces.signin.council.CouncilSignIn"] if OIDC_RP_CLIENT_ID else []),
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/sign-in/"

EQUALITY_KEY, DATA_KEYS = keys_at_rest(env, SECRET_KEY, production=PRODUCTION)
RESIDENT_PROVIDER = resident_provider(env)

# -- pages ------------------------------------------------------------------------------------------------------

_interfaces = PACKAGE_DIR / "interfaces"
_own_jinja = (_interfaces / "ui" / "jinja.py").exists()
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            _interfaces / "ui" / "templates",
            *sorted(path for path in _interfaces.glob("*/templates") if path.parent.name != "ui"),
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "moothall.interfaces.ui.jinja.environment" if _own_jinja else "jinja2.Environment",
            "context_processors": ["moothall.interfaces.policy.page_context"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
STATICFILES_DIRS = [
    folder
    for folder in (
        _interfaces / "ui" / "static",
        *sorted(path for path in _interfaces.glob("*/static") if path.parent.name != "ui"),
    )
    if folder.exists()
]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = env.path(
    "MOOTHALL_FILES", "Folder for uploaded files.", default=DATA_DIR / "files", shown="files in MOOTHALL_DATA"
)
MAP_TILES = env.text(
    "MOOTHALL_MAP_TILES",
    "The base map: the address of a vector PMTiles file, or of raster tiles with {z}, {x} and {y} (an OS Maps address with "
    "its key). Without it the map is drawn from the streets and areas that were imported.",
)
MAP_CREDIT = env.text("MOOTHALL_MAP_CREDIT", "Whom the base map is from, as its licence asks to be shown.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
CLAMD_ADDRESS = env.text(
    "MOOTHALL_CLAMD", "ClamAV's daemon, which looks into every file sent to us: host:port, or the path of its socket."
)

_scans = "The folder that scans of letters ({}) are written into; looked at each minute."
POST_FOLDERS = {one: env.path(f"MOOTHALL_{one.upper()}_FOLDER", _scans.format(one)) for one in ("post", "fax")}

# -- language and time ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# -- safety -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = content_policy(MAP_TILES, PAY_PAGES)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = False  # the proxy's work; /healthz must answer it by plain http
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
SESSION_ENGINE = "moothall.core.staff.sessions"
SESSION_COOKIE_NAME = "moothall_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "moothall.interfaces.site.views.about.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

METRICS_TOKEN = env.text(
    "MOOTHALL_METRICS_TOKEN", "The bearer token that /metrics asks for; without it /metrics is closed in production."
)

# -- logs -------------------------------------------------------------------------------------------------------

LOGGING = logging_for(
    style=env.choice(
        "MOOTHALL_LOGS",
        "How log lines are written: one JSON object a line, or plain words.",
        options=("json", "plain"),
        default="json" if PRODUCTION else "plain",
        shown="json",
    ),
    level=env.choice(
        "MOOTHALL_LOG_LEVEL",
        "The least serious line that is written.",
        options=("DEBUG", "INFO", "WARNING", "ERROR"),
        default="INFO",
    ),
)

SILENCED_SYSTEM_CHECKS: list[str] = []

env.complain()
