"""The addresses under ``/performance/``."""

from django.urls import path

from moothall.interfaces.published import charter, views

app_name = "published"
FORMATS = ("csv", "json")

urlpatterns = [
    path("", views.home, name="home"),
    path("definitions", views.definitions, name="definitions"),
    path("helped", views.helped, name="helped"),
    *(path(f"helped.{kind}", views.helped_figures, {"kind": kind}, name="helped_figures") for kind in FORMATS),
    path("to-explain", charter.to_explain, name="to-explain"),
    path("standards", charter.standards, name="standards"),
    *(
        path(f"standards.{kind}", charter.standards_figures, {"kind": kind}, name="standards_figures")
        for kind in FORMATS
    ),
    path("standards/<slug:code>", charter.standard, name="standard"),
    path("standards/<slug:code>/<str:month>/explain", charter.explain, name="explain_standard"),
    *(path(f"figures.{kind}", views.figures, {"kind": kind}, name="figures") for kind in FORMATS),
    *(path(f"<slug:code>.{kind}", views.service_figures, {"kind": kind}, name="service_figures") for kind in FORMATS),
    path("<slug:code>", views.service, name="service"),
    path("<slug:code>/<str:month>/explain", views.explain, name="explain"),
]
