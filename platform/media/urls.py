from django.urls import re_path

from media.api import granted_media

# everything below /m/ comes here, so that no odd path is answered by anyone else
urlpatterns = [re_path(r"^m/(?P<rest>[\s\S]*)\Z", granted_media, name="media")]
