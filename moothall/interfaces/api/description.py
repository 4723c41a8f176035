"""The interface's own description, as committed in ``docs/api/openapi.json``."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from moothall.interfaces.api.views import api
from moothall.interfaces.policy import policy


def description() -> dict[str, Any]:
    """Return the OpenAPI description of what runs."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    return found


@policy("public")
def openapi(request: HttpRequest) -> HttpResponse:
    """Serve the description."""
    return HttpResponse(json.dumps(description(), indent=1), content_type="application/json")
