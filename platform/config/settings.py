"""Settings: every one from the environment, every default fit for one laptop. `.env.example` lists them all."""

from pathlib import Path

from common.paths import run_dir, state_dir
from config import beat, console, env, house, rest
from config.bucket import client_config
from config.policy import content_policy
from config.production import refuse_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STATE_DIR = state_dir(BASE_DIR)
RUN_DIR = run_dir(STATE_DIR)

# --- who we are ---------------------------------------------------------------------------------------------------
PRODUCTION = env.choice("RW_ENV", "local", among=("local", "production")) == "production"
DEBUG = env.flag("DJANGO_DEBUG", False)
DEMO_SECRET = "demo-only-secret-that-production-refuses-0123456789"  # noqa: S105 - refused by refuse_unsafe
SECRET_KEY = env.text("DJANGO_SECRET_KEY", DEMO_SECRET)
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = rest.REST_FRAMEWORK["NUM_PROXIES"]

INSTALLED_APPS = [
    "moderation",  # before unfold, some of whose templates and words it replaces
    "unfold.apps.BasicAppConfig",
    "config.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "common",
    "accounts",
    "creators",
    "media",
    "safety",
    "catalog",
    "generation",
    "payments",
    "feeds",
    "web",
    "studio",
    "stack",
]
MIDDLEWARE = [
    "common.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------------
DATABASE_POOL_MAX = env.number("DATABASE_POOL_MAX", 8)
DATABASES = {
    "default": env.database(
        "DATABASE_URL", f"postgresql://postgres@/reelwright?host={RUN_DIR / 'pg'}", pool_max=DATABASE_POOL_MAX
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", f"unix://{RUN_DIR / 'valkey.sock'}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rw",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
CHANNEL_LAYERS = {
    "default": {
        # unlike the core layer it resubscribes by itself after a restart, and a full queue never drops the newest
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL}], "prefix": "rw-channels"},
    }
}

# --- work ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.redis_as_broker(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a request that rings tries once; without it kombu goes on for 6 s
    "visibility_timeout": 3600,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = beat.SCHEDULE
LEASE_SECONDS = env.number("RW_LEASE_SECONDS", 30)
STEP_MAX_ATTEMPTS = env.number("RW_STEP_MAX_ATTEMPTS", 4)
PROFILES, HOUSE_USE = house.PROFILES, house.USE
COMPUTE_RATES = env.text("RW_COMPUTE_RATES")  # a price list instead of generation/budget/rates.toml
MACHINE = env.text("RW_MACHINE")  # the class of that list that this worker is paid as; without one, its queue's
STEP_MAX_RUNNING = env.number("RW_MAX_RUNNING", 64)  # of one creator in one queue, unless its account says otherwise

# --- media --------------------------------------------------------------------------------------------------------
S3_BUCKET = env.text("S3_BUCKET")
S3_OPTIONS = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
    "region_name": env.text("S3_REGION", "us-east-1"),
    "access_key": env.text("S3_ACCESS_KEY_ID") or None,
    "secret_key": env.text("S3_SECRET_ACCESS_KEY") or None,
    "client_config": client_config(env.text("S3_ADDRESSING_STYLE", "auto")) if S3_BUCKET else None,
    "file_overwrite": False,
    "default_acl": None,
    "querystring_auth": True,
}
MEDIA_ROOT = STATE_DIR / "media"
MIN_FREE_BYTES = env.number("RW_MIN_FREE_BYTES", 512 << 20)
KEEP_ARTIFACTS_DAYS = env.number("RW_KEEP_ARTIFACTS_DAYS", 14)
LOCAL_MEDIA = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}}
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3_OPTIONS} if S3_BUCKET else LOCAL_MEDIA,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = not PRODUCTION
# the first key signs, all of them verify: add the new one in front to rotate
GRANT_KEYS = env.pairs("RW_GRANT_KEYS", f"demo:{DEMO_SECRET}")
GRANT_SECONDS = env.number("RW_GRANT_SECONDS", 600)

# --- money --------------------------------------------------------------------------------------------------------
PAYMENT_PROVIDER = env.choice("PAYMENT_PROVIDER", "twin", among=("twin", "none"))
TWIN_WEBHOOK_SECRET = env.text("TWIN_WEBHOOK_SECRET", DEMO_SECRET)

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

REST_FRAMEWORK = rest.REST_FRAMEWORK
SIMPLE_JWT = rest.SIMPLE_JWT
SPECTACULAR_SETTINGS = rest.SPECTACULAR_SETTINGS
UNFOLD = console.UNFOLD

# --- language, logs, transport --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
TIME_ZONE = "UTC"
USE_TZ = True
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOG_JSON = env.flag("LOG_JSON", PRODUCTION)
LOGGING_CONFIG = "common.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": LOG_JSON}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # probes come over plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = content_policy(media_origins=env.words("MEDIA_ORIGINS"))

if PRODUCTION:
    refuse_unsafe(globals())
