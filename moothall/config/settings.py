"""Django's settings, read from the environment alone.

`docs/howto/run-in-production.md` explains every variable; a test holds that page and this file together.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from moothall.config.env import Env
from moothall.config.logging import logging_for
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

_carriers = ("smtp", "notify", "local", "none")
MESSAGES_BY = {
    "email": env.choice(
        "MOOTHALL_EMAIL_BY",
        "Who carries e-mail: the council's mail server, GOV.UK Notify, the demonstration's outbox, or nobody yet.",
        options=_carriers,
        default="none" if PRODUCTION else "local",
    ),
    "sms": env.choice(
        "MOOTHALL_SMS_BY",
        "Who carries text messages: GOV.UK Notify, the demonstration's outbox, or nobody yet.",
        options=("notify", "local", "none"),
        default="none" if PRODUCTION else "local",
    ),
}
if PRODUCTION and "local" in MESSAGES_BY.values():
    env.problem("MOOTHALL_EMAIL_BY and MOOTHALL_SMS_BY", "may be “local” only in a demonstration.")
SMTP_URL = env.text(
    "MOOTHALL_SMTP_URL",
    "The mail server, as smtp://user:password@host:587?tls=starttls (or smtps://…, or ?tls=none inside your own network).",
    required=MESSAGES_BY["email"] == "smtp",
)
_notify = "notify" in MESSAGES_BY.values()
NOTIFY_URL = env.text(
    "MOOTHALL_NOTIFY_URL",
    "The address of GOV.UK Notify, or of a twin of it for tests.",
    default="https://api.notifications.service.gov.uk",
)
NOTIFY_KEY = env.text("MOOTHALL_NOTIFY_KEY", "The API key of the council's service at GOV.UK Notify.", required=_notify)
NOTIFY_TEMPLATES = {
    "email": env.text(
        "MOOTHALL_NOTIFY_EMAIL_TEMPLATE",
        "The id of the e-mail template at GOV.UK Notify: subject ((subject)), message ((body)).",
        required=MESSAGES_BY["email"] == "notify",
    ),
    "sms": env.text(
        "MOOTHALL_NOTIFY_SMS_TEMPLATE",
        "The id of the text message template at GOV.UK Notify: message ((body)).",
        required=MESSAGES_BY["sms"] == "notify",
    ),
}
OUTBOX_DIR = None if MODE == "test" else DATA_DIR / "outbox"
SEND_LEASE_SECONDS = env.number(
    "MOOTHALL_SEND_LEASE",
    "Seconds after which a message that a silent worker was sending is looked into.",
    default=60,
    least=5,
    most=3600,
)

# -- payments ---------------------------------------------------------------------------------------------------

PAY_BY = env.choice(
    "MOOTHALL_PAY_BY",
    "Who takes card payments: GOV.UK Pay, Stripe, or nobody yet.",
    options=("govuk_pay", "stripe", "none"),
    default="none" if PRODUCTION else "govuk_pay",
    shown="none",
)
PAY_URL = env.text(
    "MOOTHALL_PAY_URL",
    "The address of the payment provider’s API, or of a twin of it for tests.",
    default={"stripe": "https://api.stripe.com"}.get(PAY_BY, "https://publicapi.payments.service.gov.uk")
    if PRODUCTION
    else "",
    shown="the provider’s own",
).rstrip("/")
PAY_KEY = env.text(
    "MOOTHALL_PAY_KEY", "The API key of the council’s account there.", required=PRODUCTION and PAY_BY != "none"
)
PAY_SECRET = env.text(
    "MOOTHALL_PAY_SECRET",
    "The secret that signs what the payment provider calls back with.",
    required=PRODUCTION and PAY_BY != "none",
)
PAY_KEYPAD = env.text(
    "MOOTHALL_PAY_KEYPAD",
    "The address of the keypad service that callers are put through to, to type their card’s number.",
).rstrip("/")
PAY_KEYPAD_KEY = env.text("MOOTHALL_PAY_KEYPAD_KEY", "The key of the council’s account there.")
PAY_PAGES = env.listing(
    "MOOTHALL_PAY_PAGES",
    "Where the provider’s own payment pages stand, as https://host: forms may lead there.",
    default={
        "govuk_pay": ["https://www.payments.service.gov.uk", "https://card.payments.service.gov.uk"],
        "stripe": ["https://checkout.stripe.com"],
    }.get(PAY_BY, [])
    if PRODUCTION
    else [],
    shown="the provider’s own",
)

# -- line-of-business systems -----------------------------------------------------------------------------------

_addresses = env.listing(
    "MOOTHALL_SYSTEMS",
    "Where line-of-business systems take changes, as code=https://…; “*” stands for all others, each under its code. "
    "A system without an address gets its changes as tasks of its team.",
    default=[],
)
SYSTEM_ADDRESSES = {
    code.strip(): address.strip() for code, _, address in (one.partition("=") for one in _addresses) if address.strip()
}
SYSTEM_TOKEN = env.text("MOOTHALL_SYSTEMS_TOKEN", "The bearer token that line-of-business systems know us by.")

PARTNER_ADDRESSES = env.pairs(
    "MOOTHALL_PARTNERS",
    "Where partners take reports by Open311, as code=https://…/open311/v2 (with #jurisdiction_id where theirs needs one). "
    "What goes to one without an address becomes a task for a person.",
)
PARTNER_KEYS = env.pairs(
    "MOOTHALL_PARTNER_KEYS",
    "The api_key by which each partner’s Open311 system knows us, as code=key. The same key signs what it tells us.",
)
OPEN311_WEBHOOKS = env.pairs(
    "MOOTHALL_OPEN311_WEBHOOKS",
    "Who is told at once when a report of the street changes, as name=https://…, several divided by commas.",
)
OPEN311_WEBHOOK_KEYS = env.pairs(
    "MOOTHALL_OPEN311_WEBHOOK_KEYS", "The key that signs what each of them is told, as name=key."
)

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


def database_from(url: str, *, pool: int) -> dict[str, Any]:
    """Django's description of the database at `url`, with at most `pool` connections kept (0: none)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        env.problem("DATABASE_URL", "should begin with postgresql://; Moothall runs on PostgreSQL only.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or options.pop("host", "")
    options.setdefault("application_name", "moothall")
    options.setdefault("connect_timeout", 10)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5, "max_idle": 120}
    by_pgbouncer = env.flag("MOOTHALL_PGBOUNCER", "The database is reached through pgbouncer in transaction mode.")
    if not by_pgbouncer:
        options["prepare_threshold"] = 1  # for the cursors of core.rows alone: Django's bind on our side
    port = ""
    try:
        port = str(parts.port or "")
    except ValueError:
        env.problem("DATABASE_URL", "has a port that is not a number.")
    return {
        "ENGINE": "moothall.core.postgres.backend",
        "NAME": unquote(parts.path.lstrip("/")) or "moothall",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # our backend looks itself, for less
        "DISABLE_SERVER_SIDE_CURSORS": by_pgbouncer,
    }


DATABASES = {"default": database_from(DATABASE_URL or Cluster(DATA_DIR).url(), pool=_pool)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- what is in the house ---------------------------------------------------------------------------------------

ROOMS = (
    "core",
    "places",
    "customers",
    "customers.matching",
    "customers.linking",
    "customers.accounts",
    "customers.representation",
    "customers.monitoring",
    "customers.colleagues",
    "customers.privacy",
    "services",
    "promises",
    "contacts",
    "cases",
    "documents",
    "bookings",
    "payments",
    "notifications",
    "partners",
    "reports",
    "rounds",
    "announcements",
    "field",
    "feedback",
    "insight",
    "intake",
    "channels",
)
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
    "django.contrib.auth.backends.ModelBackend",
    *(["moothall.interfaces.signin.council.CouncilSignIn"] if OIDC_RP_CLIENT_ID else []),
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/sign-in/"

EQUALITY_KEY = env.text(
    "MOOTHALL_EQUALITY_KEY",
    "The key of the pseudonyms that equality answers are kept under. Keep it away from the database and its copies.",
    default=f"{SECRET_KEY}:equality",
    shown="follows from the secret key",
)
RESIDENT_PROVIDER: dict[str, Any] = {
    "flavour": env.choice(
        "MOOTHALL_RESIDENTS_FLAVOUR",
        "How the identity provider for residents speaks: plain OpenID Connect, or as GOV.UK One Login does.",
        options=("plain", "one-login"),
        default="plain",
    ),
    "name": env.text("MOOTHALL_RESIDENTS_PROVIDER", "What the provider is called on the button.", default="GOV.UK One Login"),
    "issuer": env.text("MOOTHALL_RESIDENTS_ISSUER", "The issuer of the identity provider for residents."),
    "client_id": env.text("MOOTHALL_RESIDENTS_CLIENT_ID", "Our name there. Without it there is no provider."),
    "secret": env.text("MOOTHALL_RESIDENTS_SECRET", "Plain: our secret there."),
    "private_key_file": env.text("MOOTHALL_RESIDENTS_KEY_FILE", "One Login: the file of our private key (PEM, RSA)."),
    "did": env.text(
        "MOOTHALL_RESIDENTS_DID", "One Login: the address of the DID document with the keys that sign identities.",
        default="https://identity.account.gov.uk/.well-known/did.json",
    ),
    "acr": env.listing("MOOTHALL_RESIDENTS_ACR", "Plain: the acr values that mean the identity is proved."),
    "trust": env.text(
        "MOOTHALL_RESIDENTS_TRUST", "The vector of trust asked for where a service needs a proved identity.",
        default="P2.Cl.Cm",
    ),
    "trust_sign_in": env.text(
        "MOOTHALL_RESIDENTS_TRUST_SIGN_IN", "The vector of trust asked for to sign in.", default="Cl.Cm"
    ),
}  # fmt: skip

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

# -- language and time ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# -- safety -----------------------------------------------------------------------------------------------------

_tiles = urlsplit(MAP_TILES)
_map_hosts = [f"{_tiles.scheme}://{_tiles.netloc}"] if _tiles.scheme == "https" and _tiles.netloc else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_map_hosts],
        "connect-src": [SELF, *_map_hosts],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PAY_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = False  # the proxy's work; /healthz must answer it by plain http
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
SESSION_ENGINE = "django.contrib.sessions.backends.db"
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
