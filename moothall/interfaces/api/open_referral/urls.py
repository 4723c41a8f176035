"""The addresses of Open Referral UK 3.0."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.api.open_referral import views

app_name = "open_referral"
LISTS = ("services", "service_at_locations", "taxonomies", "taxonomy_terms")
urlpatterns = [
    path("", views.root, name="root"),
    path("openapi.json", views.openapi, name="openapi"),
    path("services", views.services, name="services"),
    path("services/<str:id_>", views.service, name="service"),
    path("service_at_locations", views.at_locations, name="at-locations"),
    path("service_at_locations/<str:id_>", views.at_location, name="at-location"),
    path("taxonomies", views.taxonomies, name="taxonomies"),
    path("taxonomies/<str:id_>", views.taxonomy, name="taxonomy"),
    path("taxonomy_terms", views.terms, name="terms"),
    path("taxonomy_terms/<str:id_>", views.term, name="term"),
    *(path(f"{one}/", views.without_slash, name=f"{one}-slash") for one in LISTS),
    *(path(f"{one}/<str:id_>/", views.without_slash, name=f"{one}-one-slash") for one in LISTS),
    path("<path:rest>", views.nothing, name="nothing"),
]
