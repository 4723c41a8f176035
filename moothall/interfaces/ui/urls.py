"""Addresses of the look itself."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.ui import views

app_name = "ui"

urlpatterns = [
    path("theme.css", views.theme_css, name="theme"),
    path("icon.svg", views.icon, name="icon"),
    path("ui/", views.guide, name="guide"),
    path("ui/<slug:audience>/", views.guide, name="guide_of"),
]
