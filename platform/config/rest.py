"""Settings of the API: tokens, limits, errors, documentation."""

from datetime import timedelta
from typing import Any

from config import env

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "CHECK_REVOKE_TOKEN": True,
    "USER_ID_FIELD": "uid",
    "USER_ID_CLAIM": "sub",
    "ALGORITHM": "HS256",
}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.answer_error",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": env.number("TRUSTED_PROXIES", 0),
    "DEFAULT_THROTTLE_RATES": {
        "guest": env.text("THROTTLE_GUEST", "30/hour"),
        "login": env.text("THROTTLE_LOGIN", "10/min"),
        "write": env.text("THROTTLE_WRITE", "120/min"),
        "events": env.text("THROTTLE_EVENTS", "120/min"),
        "render": env.text("THROTTLE_RENDER", "60/hour"),
        "preflight": env.text("THROTTLE_PREFLIGHT", "30/min"),
        "draw": env.text("THROTTLE_DRAW", "120/min"),  # portraits and voice samples that are made, not kept ones
        "unlock": env.text("THROTTLE_UNLOCK", "60/min"),
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reelwright API",
    "DESCRIPTION": "Vertical drama: studio, review, feed and paywall.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "common.schema.add_error_answers"],
    "ENUM_NAME_OVERRIDES": {
        "EpisodeStatus": "catalog.models.Episode.Status",
        "BatchStatus": "generation.models.Batch.Status",
        "BatchEpisodeStatus": "generation.batches.showing.ITEM_STATES",
        "RenderStatus": "generation.models.Render.Status",
        "TakeStatus": "generation.api.takes.STATES",
        "ReviewStatus": "moderation.models.Review.Status",
        "OrderStatus": "payments.models.Order.Status",
    },
}
