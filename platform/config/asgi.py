"""ASGI: everything on a laptop, sockets in production."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()  # must run before anything below imports a model

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from accounts.sockets import SocketAuth  # noqa: E402
from config.urls import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": SocketAuth(URLRouter(websocket_urlpatterns))})
