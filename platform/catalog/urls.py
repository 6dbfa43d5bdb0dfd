from django.urls import path

from catalog.api import studio, viewer

urlpatterns = [
    path("series", viewer.SeriesList.as_view()),
    path("series/<uuid:uid>", viewer.SeriesOne.as_view()),
    path("series/<uuid:uid>/episodes", viewer.SeriesEpisodes.as_view()),
    path("series/<uuid:uid>/poster.jpg", viewer.SeriesPoster.as_view()),
    path("episodes/<uuid:uid>", viewer.EpisodeOne.as_view()),
    path("episodes/<uuid:uid>/poster.jpg", viewer.EpisodePoster.as_view()),
    path("search", viewer.Search.as_view()),
    path("studio/series", studio.StudioSeriesList.as_view()),
    path("studio/series/<uuid:uid>", studio.StudioSeriesOne.as_view()),
    path("studio/series/<uuid:uid>/episodes", studio.StudioEpisodeList.as_view()),
    path("studio/episodes/<uuid:uid>", studio.StudioEpisodeOne.as_view()),
    path("studio/episodes/<uuid:uid>/withdraw", studio.StudioEpisodeWithdraw.as_view()),
]
