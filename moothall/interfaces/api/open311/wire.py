"""The two formats and the one shape of errors of GeoReport v2. JSON follows the XML by the Spark convention.

An element without a value is empty in XML and null in JSON. Text is UTF-8; times are ISO 8601 in UTC with a Z.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, Final, ParamSpec
from xml.etree import ElementTree as ET

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from moothall.core.packs import current_pack

P = ParamSpec("P")
TYPES: Final = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
SINGULAR: Final = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute", "values": "value",
    "endpoints": "endpoint", "formats": "format", "service_request_updates": "request_update",
}  # fmt: skip
MOST_FIELDS: Final = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", ""})
NUL: Final = "There is a character in it (number 0) that no text may have."
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Problem(Exception):
    """What is wrong with a call: the HTTP status, and one description for each thing to put right."""

    def __init__(self, status: int, *descriptions: str) -> None:
        self.status, self.descriptions = status, descriptions
        super().__init__("; ".join(descriptions))


def answer(fmt: str, root: str, body: Mapping[str, Any] | Sequence[Any], *, status: int = 200) -> HttpResponse:
    """Return a body in the format asked for: a mapping, or a list whose elements are named by ``SINGULAR``."""
    if fmt == "json":
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        made = HttpResponse(text.encode(), content_type=TYPES["json"], status=status)
    else:
        element = ET.Element(root)
        _fill(element, body)
        text = '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(element, "unicode", short_empty_elements=False)
        made = HttpResponse(text.encode(), content_type=TYPES["xml"], status=status)
    made["Access-Control-Allow-Origin"] = "*"
    return made


def _fill(element: ET.Element, value: Any) -> None:
    match value:
        case Mapping():
            for key, inner in value.items():
                _fill(ET.SubElement(element, key), inner)
        case list() | tuple():
            for inner in value:
                _fill(ET.SubElement(element, SINGULAR[element.tag]), inner)
        case bool():
            element.text = "true" if value else "false"
        case None:
            element.text = ""
        case _:
            element.text = _NOT_XML.sub("", str(value))


def errors(fmt: str, status: int, *descriptions: str) -> HttpResponse:
    """Return errors: always a list, each with the status as its code."""
    return answer(fmt, "errors", [{"code": status, "description": text} for text in descriptions], status=status)


def moment(value: datetime | None) -> str | None:
    """Return a time in UTC, to the second: 2026-11-02T09:00:00Z, which every reader of the standard understands."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def format_of(request: HttpRequest, named: str) -> str:
    """Return the format asked for: by the ending of the address, else by the Accept header, else XML."""
    if named:
        return named.lower()
    accept = request.headers.get("Accept", "")
    return "json" if "application/json" in accept and "xml" not in accept else "xml"


def operation(
    *methods: str,
) -> Callable[[Callable[Concatenate[Any, str, P], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view of an operation: the format read, the method and jurisdiction checked, every problem an array.

    The view is called with the request and ``xml`` or ``json``. There is no cookie to forge a call with, so no token of our
    pages is asked for: whatever is wrong with a call, its sender is told in the format it reads.
    """

    def decorate(view: Callable[Concatenate[Any, str, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def called(request: HttpRequest, *args: Any, fmt: str = "", **kwargs: Any) -> HttpResponse:
            form = format_of(request, fmt)
            if form not in TYPES:
                return errors("xml", 400, f"There is no format “{form[:20]}”. Ask for .xml or .json.")
            if request.method == "OPTIONS":
                return allowed(methods)
            if request.method == "HEAD" and "GET" in methods:
                pass
            elif request.method not in methods:
                refused = errors(form, 405, f"Use {' or '.join(methods)} here.")
                refused["Allow"] = ", ".join(methods)
                return refused
            try:
                _check_form(request)
                _check_jurisdiction(request)
                return view(request, form, *args, **kwargs)
            except Problem as wrong:
                return errors(form, wrong.status, *wrong.descriptions)
            except RequestDataTooBig:
                return errors(form, 413, "The call is too large.")
            except BadRequest:
                return errors(form, 400, "Send the form in UTF-8: application/x-www-form-urlencoded; charset=utf-8.")
            except (SuspiciousOperation, MultiPartParserError):
                return errors(form, 400, f"The form cannot be read. It may have {MOST_FIELDS:,} fields at most.")

        return called

    return decorate


def allowed(methods: Sequence[str]) -> HttpResponse:
    """Answer a browser that asks what it may send from a page of another site."""
    made = HttpResponse(status=204)
    made["Allow"] = made["Access-Control-Allow-Methods"] = ", ".join((*methods, "HEAD", "OPTIONS"))
    made["Access-Control-Allow-Origin"] = "*"
    made["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    made["Access-Control-Max-Age"] = "86400"
    return made


def _check_form(request: HttpRequest) -> None:
    """A report comes as a form: what is sent as anything else would be read as a form with nothing in it."""
    given = request.content_type or ""
    if request.method == "POST" and given not in FORMS:
        named = f", not as {given[:80]}" if given else ""
        raise Problem(400, f"Send the report as application/x-www-form-urlencoded{named}.")
    if any("\x00" in text for name, values in request.GET.lists() for text in (name, *values)):
        raise Problem(400, NUL)


def _check_jurisdiction(request: HttpRequest) -> None:
    given = (request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or "").strip().lower()
    if given and given not in jurisdictions():
        known = jurisdictions()[0]
        raise Problem(404, f"The jurisdiction_id “{given[:80]}” was not found. This is {known}; it may be left out.")


def jurisdictions() -> tuple[str, ...]:
    """Return what this council is called as a jurisdiction, the usual one first."""
    pack = current_pack()
    host = (pack.council.web or "").split("://")[-1].split("/")[0].removeprefix("www.").lower()
    return tuple(name for name in (host, f"www.{host}" if host else "", pack.name.lower()) if name)
