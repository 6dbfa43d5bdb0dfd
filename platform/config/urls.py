"""The whole tree of addresses, on one page."""

from django.urls import URLPattern, URLResolver, path

from common import health

API = "api/v1/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]

websocket_urlpatterns: list[URLPattern] = []
