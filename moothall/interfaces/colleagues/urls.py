"""Addresses of colleagues as customers."""

from django.urls import path

from moothall.interfaces.colleagues import views

app_name = "colleagues"
urlpatterns = [
    path("", views.home, name="home"),
    path("ask/<slug:code>", views.ask, name="ask"),
    path("requests/<uuid:case>", views.request_page, name="request"),
    path("ward", views.ward, name="ward"),
    path("ward.csv", views.ward_figures, name="ward-figures"),
]
