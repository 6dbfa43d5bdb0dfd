from django.urls import path

from feeds import api, reactions_api

urlpatterns = [
    path("feed", api.Feed.as_view()),
    path("continue", api.Continue.as_view()),
    path("events", api.Events.as_view()),
    path("episodes/<uuid:uid>/next", api.NextEpisode.as_view()),
    path("episodes/<uuid:uid>/playback", api.Playback.as_view()),
    path("episodes/<uuid:uid>/card", reactions_api.EpisodeCard.as_view()),
    path("episodes/<uuid:uid>/like", reactions_api.EpisodeLike.as_view()),
    path("series/<uuid:uid>/save", reactions_api.SeriesSave.as_view()),
    path("series/<uuid:uid>/viewer", reactions_api.SeriesViewer.as_view()),
    path("series/<uuid:uid>/not-interested", reactions_api.SeriesNotInterested.as_view()),
    path("list", reactions_api.MyList.as_view()),
]
