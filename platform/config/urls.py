"""The whole tree of addresses, on one page."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from accounts import pages
from common import health
from common.docs import DocsView
from generation.consumers import RenderConsumer, StudioConsumer

API = "api/v1/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    # --- docs, offline
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    # --- accounts
    path(API, include("accounts.urls")),
    # --- creators
    path(API, include("creators.urls")),
    # --- media: granted bytes
    path("", include("media.urls")),
    # --- catalog
    path(API, include("catalog.urls")),
    # --- moderation
    path(API, include("moderation.urls")),
    # --- payments
    path(API, include("payments.urls")),
    # --- generation
    path(API, include("generation.urls")),
    # --- feeds
    path(API, include("feeds.urls")),
    # --- console
    path("console", RedirectView.as_view(pattern_name="admin:index")),
    path("console/", include("moderation.console.urls")),
    path("console/", admin.site.urls),
    # --- doors: sign in, sign out, register
    path("signin/", pages.SignInPage.as_view(), name="signin"),
    path("signout/", pages.SignOut.as_view(), name="signout"),
    path("register/", pages.RegisterPage.as_view(), name="register"),
    # --- studio
    path("", include("studio.urls")),
    # --- web: the viewer's pages
    path("", include("web.urls")),
]

websocket_urlpatterns: list[URLPattern] = [
    # --- generation
    path("ws/renders/<uuid:uid>/", RenderConsumer.as_asgi()),
    path("ws/studio/", StudioConsumer.as_asgi()),
]

# --- faults, in the one shape under /api/
handler400 = "common.faults.bad_request"
handler404 = "common.faults.not_found"
handler500 = "common.faults.server_fault"
