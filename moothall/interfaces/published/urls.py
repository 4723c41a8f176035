"""The addresses under ``/performance/``."""

from django.urls import path, re_path

from moothall.interfaces.published import views

app_name = "published"

urlpatterns = [
    path("", views.home, name="home"),
    path("definitions", views.definitions, name="definitions"),
    re_path(r"^figures\.(?P<kind>csv|json)$", views.figures, name="figures"),
    re_path(r"^(?P<code>[a-z0-9-]+)\.(?P<kind>csv|json)$", views.service_figures, name="service_figures"),
    path("<slug:code>", views.service, name="service"),
    path("<slug:code>/<str:month>/explain", views.explain, name="explain"),
]
