from django.urls import path
from django.views.i18n import set_language

from web import files, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("list", views.my_list, name="list"),
    path("wallet", views.wallet, name="wallet"),
    path("s/<uuid:uid>", views.series, name="series"),
    path("s/<uuid:uid>/<int:number>", views.watch, name="watch"),
    path("twin/checkout/<slug:session>", views.twin_checkout, name="twin_checkout"),
    path("lang/", set_language, name="set_language"),
    path("offline", views.offline, name="offline"),
    path("manifest.webmanifest", files.manifest, name="manifest"),
    path("sw.js", files.service_worker, name="service_worker"),
]
