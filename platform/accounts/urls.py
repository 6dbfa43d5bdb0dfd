from django.urls import path

from accounts import api

urlpatterns = [
    path("auth/guest", api.Guest.as_view()),
    path("auth/register", api.Register.as_view()),
    path("auth/token", api.SignIn.as_view()),
    path("auth/token/refresh", api.Refresh.as_view()),
    path("auth/logout", api.SignOut.as_view()),
    path("auth/ws-ticket", api.SocketTicket.as_view()),
    path("me", api.MyAccount.as_view()),
    path("me/upgrade", api.Upgrade.as_view()),
    path("me/password", api.Password.as_view()),
]
