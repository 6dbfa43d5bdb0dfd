from django.urls import path

from moderation import api

urlpatterns = [
    path("moderation/reviews", api.ReviewQueue.as_view()),
    path("moderation/reviews/<uuid:uid>", api.ReviewOne.as_view()),
    path("moderation/reviews/<uuid:uid>/approve", api.ReviewApprove.as_view()),
    path("moderation/reviews/<uuid:uid>/reject", api.ReviewReject.as_view()),
    path("moderation/episodes/<uuid:uid>/withdraw", api.EpisodeTakeDown.as_view()),
    path("moderation/episodes/<uuid:uid>/restore", api.EpisodeRestore.as_view()),
    path("episodes/<uuid:uid>/report", api.EpisodeReport.as_view()),
    path("studio/episodes/<uuid:uid>/reviews", api.StudioReviews.as_view()),
]
