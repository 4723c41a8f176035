"""The addresses under ``/api/v1``."""

from django.urls import include, path

from moothall.interfaces.api.description import openapi
from moothall.interfaces.api.views import api

operations, app_name, namespace = api.urls

# ninja's own start page is left out: it belongs to no audience and states no policy
kept = [pattern for pattern in operations if getattr(pattern, "name", "") != "api-root"]

urlpatterns = [path("openapi.json", openapi, name="openapi"), path("", include((kept, app_name), namespace=namespace))]
