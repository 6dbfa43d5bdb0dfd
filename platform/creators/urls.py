from django.urls import path

from creators import api

urlpatterns = [
    path("studio/creators", api.StudioCreators.as_view()),
    path("studio/creators/<uuid:uid>", api.StudioCreator.as_view()),
    path("studio/creators/<uuid:uid>/members", api.StudioMembers.as_view()),
    path("studio/creators/<uuid:uid>/members/<uuid:user_uid>", api.StudioMember.as_view()),
    path("creators/<uuid:uid>", api.PublicCreator.as_view()),
    path("creators/<uuid:uid>/follow", api.Following.as_view()),
]
