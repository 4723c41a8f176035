"""The addresses of the field app."""

from django.urls import path

from moothall.interfaces.field import api, app

app_name = "field"

urlpatterns = [
    path("", app.shell, name="app"),
    path("join", app.join, name="join"),
    path("sw.js", app.worker, name="worker"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("api/today", api.today, name="today"),
    path("api/reports", api.reports, name="reports"),
    path("api/photos/<uuid:photo_id>", api.photo, name="photo"),
]
