"""The studio's pages. What they change, they change through the API."""

from django.urls import path
from django.views.generic import RedirectView

from studio import views

urlpatterns = [
    path("studio", RedirectView.as_view(url="/studio/")),
    path("studio/", views.Home.as_view(), name="studio"),
    path("studio/series/<uuid:uid>/", views.SeriesPage.as_view(), name="studio_series"),
    path("studio/episodes/<uuid:uid>/", views.EpisodePage.as_view(), name="studio_episode"),
    path("studio/series/<uuid:uid>/costs/", views.SeriesCostsPage.as_view(), name="studio_series_costs"),
    path("studio/episodes/<uuid:uid>/costs/", views.EpisodeCostsPage.as_view(), name="studio_episode_costs"),
    path("studio/creators/<uuid:uid>/members/", views.MembersPage.as_view(), name="studio_members"),
]
