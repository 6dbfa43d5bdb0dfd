from django.urls import path

from feeds import api

urlpatterns = [
    path("feed", api.Feed.as_view()),
    path("continue", api.Continue.as_view()),
    path("events", api.Events.as_view()),
    path("episodes/<uuid:uid>/next", api.NextEpisode.as_view()),
    path("episodes/<uuid:uid>/playback", api.Playback.as_view()),
]
