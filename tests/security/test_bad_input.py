"""Bad input, tried at every door: a clear answer, nothing broken, nothing lost, nothing twice.

One table of what people and programmes send; each row goes into every field of a form or call that takes text.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.clock import now
from moothall.core.models import ApiClient
from moothall.core.packs import Pack
from moothall.core.paging import pack_cursor
from moothall.core.staff.actor import token_digest
from moothall.customers.models import Customer
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db

TEXTS = {
    "nothing": "",
    "spaces": " \t\r\n ",
    "nul": "Amina\x00Dunn",
    "nul alone": "\x00",
    "right to left": "\u202edrow\u202c \u200f",
    "emoji": "🙈" * 300,
    "script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}${7*7}%s%n{0}",
    "sql": "'; DROP TABLE core_staff; --",
    "search syntax": "& | ! ( :* <-> \\",
    "path": "../../etc/passwd",
    "header": "a@example.com\r\nBcc: b@example.com",
    "formula": '=HYPERLINK("https://example.com")',
    "foreign digits": "٣٤٥²",
    "many digits": "9" * 400,
    "long": "A" * 200_000,
    "ten thousand rows": "one\ttwo\tthree\n" * 10_000,
}
HALF_A_PAIR = "\ud800"
EVERY = [
    "api.services", "api.events", "api.cases.read", "api.cases.write", "api.contacts.read", "api.contacts.write",
    "api.customers.read", "api.customers.write",
]  # fmt: skip


@pytest.fixture
def anyone(council: Pack, clock: MovableClock) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def machine(council: Pack, clock: MovableClock) -> Client:
    ApiClient.objects.create(name="Other", token_digest=token_digest("mth_bad"), scopes=EVERY, created_at=now())
    return Client(raise_request_exception=False, headers={"Authorization": "Bearer mth_bad"})


def said(answer: Any, about: object = "") -> str:
    """The answer's text, once it is neither a break-down nor tells of the inside nor hands a script on."""
    text: str = answer.content.decode()
    assert answer.status_code < 500, (about, text[:2000])
    for inside in ("Traceback", "psycopg", "django", "moothall/"):
        assert inside not in text, (about, text[:2000])
    if answer["Content-Type"].startswith("text/html"):
        assert "<script>alert" not in text, about
        assert "<img src=x" not in text, about
    return text


# -- residents ----------------------------------------------------------------------------------------------------


def test_every_box_of_the_public_site_bears_it(anyone: Client) -> None:
    for name, text in TEXTS.items():
        for address in ("/search", "/search/suggest", "/track", "/sign-in/"):
            said(anyone.get(address, {"q": text, "reference": text, "second": text, "next": text}), name)
        said(anyone.post("/track", {"reference": text, "second": text}), name)
        said(anyone.post("/sign-in/", {"username": text, "password": text, "next": text, "kept": text}), name)


@pytest.mark.long
def test_every_question_of_a_request_bears_it(anyone: Client) -> None:
    for text, service in [(text, service) for text in TEXTS.values() for service in ("missed-bin", "pothole")]:
        here = anyone.post(f"/services/{service}/start", follow=True).redirect_chain[-1][0]
        name = here.rsplit("/", 1)[1]
        parts = ("", "-line1", "-town", "-postcode", "-uprn", "-search", "-describe", "-lat", "-lng", "-name", "-email")
        said(anyone.post(here, {f"{name}{part}": text for part in parts}))
        said(anyone.post(here, {name: [text] * 200, "seen": text}))
        said(anyone.post(here.rsplit("/", 1)[0] + "/keep", {"to": text}))
        said(anyone.get(here, {"again": text, "change": text, f"{name}-search": text}))
    assert Case.objects.count() == 0


ADDRESSES = (
    "/%00", "/%ff", "/services/%00", "/services/%c0%ae", "/services/../console/", "//example.com", "/services/in/%00",
    "/answers/%00", "/messages/stop/%00", "/messages/stop/" + "a" * 4000, f"/requests/{uuid4()}/", f"/track/{uuid4()}",
    f"/requests/{uuid4()}/check", f"/requests/{uuid4()}/sent", f"/requests/{uuid4()}/calendar.ics",
    f"/requests/{uuid4()}/keep", f"/requests/{uuid4()}/address", f"/return/{uuid4()}/abc", "/performance/%00.csv",
    "/performance/missed-bin/9999-99/explain", "/static/%2e%2e/%2e%2e/config/settings.py", "/static/%00",
    "/demo/outbox/%0d%0aX:y", "/theme.css?v=%00", "/search?q=%ff%fe", "/desk/queue/?after=%00", "/console/looks?after=%00",
)  # fmt: skip


def test_addresses_nobody_gave_out(anyone: Client) -> None:
    for address in ADDRESSES:
        answer = anyone.get(address)
        said(answer, address)
        assert answer.status_code in {200, 302, 404}, address
        assert not answer.headers.get("Location", "/").startswith(("//", "http")), address


ELSEWHERE = ("//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example")


def test_signing_in_leads_nowhere_but_here(anyone: Client) -> None:
    for wanted in (*ELSEWHERE, "javascript:evil.example"):
        assert "evil.example" not in said(anyone.get("/sign-in/", {"next": wanted})), wanted


STALE = ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "cross-site"},
         {"HTTP_REFERER": "https://evil.example/page"})  # fmt: skip


def test_a_form_that_another_site_filled_in_is_not_offered_to_be_sent_again(council: Pack) -> None:
    strict = Client(enforce_csrf_checks=True)
    for headers in STALE:
        answer = strict.post("/console/staff/new", {"username": "mallory", "roles": "administrator"}, **headers)
        assert answer.status_code == 403, headers
        assert "mallory" not in answer.content.decode(), headers
        assert "csrfmiddlewaretoken" not in answer.content.decode(), headers
    ours = strict.post("/services/missed-bin/start", {"seen": "kept words"}, HTTP_ORIGIN="http://testserver")
    assert "kept words" in ours.content.decode()


# -- other systems ------------------------------------------------------------------------------------------------

BODIES = {
    "nothing": b"",
    "half": b"{",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "not UTF-8": b'{"channel": "\xff\xfe"}',
    "a hundred thousand deep": b"[" * 100_000,
    "deep and closed": b'{"channel": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "not a number": b'{"channel": "phone", "received_at": NaN}',
    "without end": b'{"channel": "phone", "received_at": 1e999}',
    "five thousand digits": b'{"channel": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"channel": "phone", "channel": {}}',
    "a strange key": b'{"__proto__": {}, "channel": "phone"}',
}


@pytest.mark.parametrize("path", ["/contacts", "/cases", "/customers"])
def test_a_body_that_is_none_is_refused_in_the_one_shape(machine: Client, path: str) -> None:
    for name, body in BODIES.items():
        answer = machine.post(f"/api/v1{path}", body, content_type="application/json")
        assert json.loads(said(answer, name))["problems"], name
        assert answer.status_code in {400, 422}, name
    assert Contact.objects.count() == Case.objects.count() == Customer.objects.count() == 0


FIELDS = {
    "/contacts": {"channel": "phone", "caller": 0, "cause": 0, "note": 0, "external_id": 0, "service": 0},
    "/customers": {"given_name": "Amina", "family_name": "Dunn", "organisation_name": 0, "title": 0, "email": 0, "phone": 0,
                   "address_text": 0, "language": 0, "uprn": 0, "date_of_birth": 0},
    "/cases": {"service": "missed-bin", "answers": 0, "external_id": 0},
}  # fmt: skip


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_of_every_call_bears_it(machine: Client, path: str) -> None:
    given = {name: value for name, value in FIELDS[path].items() if value}
    for name, text in [*TEXTS.items(), ("half a pair", HALF_A_PAIR), ("a great number", 10**30), ("a list", [[1]])]:
        for field in FIELDS[path]:
            body = json.dumps({**given, field: text})
            said(machine.post(f"/api/v1{path}", body, content_type="application/json"), (name, field))


def test_every_answer_to_a_question_bears_it(machine: Client) -> None:
    for name, text in [*TEXTS.items(), ("half a pair", HALF_A_PAIR), ("endless", 1e999), ("great", 10**30)]:
        parts = {"text": text, "line1": text, "postcode": text, "email": text, "phone": text, "name": text}
        for answer in (text, parts, [[text]]):
            answers = dict.fromkeys(("address", "bin", "contact", "not-there"), answer)
            body = json.dumps({"service": "missed-bin", "answers": answers})
            said(machine.post("/api/v1/cases", body, content_type="application/json"), name)
    assert Case.objects.count() == 0


MOMENTS = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0400-02-29T00:00:00Z", "9999-12-31T23:59:59-23:59")


def test_a_moment_outside_the_calendar_is_refused_and_breaks_no_list(machine: Client) -> None:
    for moment in MOMENTS:
        body = {"channel": "phone", "received_at": moment}
        assert machine.post("/api/v1/contacts", body, content_type="application/json").status_code == 422, moment
    for path in ("/contacts", "/events"):
        assert machine.get(f"/api/v1{path}").status_code == 200


PLACES = [
    "x", "=", "é", "WyIxIiwiMiJd", "W" * 400, pack_cursor(["²", uuid4()]), pack_cursor(["1", "x"]), pack_cursor([None, None]),
    pack_cursor(["9" * 30, uuid4()]), pack_cursor(["0001-01-01T00:00:00+23:59", uuid4()]), pack_cursor(["\x00", "\x00"]),
    pack_cursor(["2026-01-01", uuid4()]), pack_cursor(["9999-12-31T23:59:59-23:59", uuid4()]),
    pack_cursor(["' OR 1=1", uuid4()]),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/events", "/cases", "/contacts"])
def test_a_place_in_a_list_that_is_not_ours(machine: Client, path: str) -> None:
    for place in PLACES:
        answer = machine.get(f"/api/v1{path}", {"after": place})
        assert json.loads(said(answer, place))["problems"], place
        assert answer.status_code in {400, 422}, place


def test_every_search_of_other_systems_bears_it(machine: Client) -> None:
    for name, text in TEXTS.items():
        for path in ("/customers", "/cases", "/contacts", "/events"):
            for field in ("q", "service", "team", "after", "size"):
                said(machine.get(f"/api/v1{path}", {field: text[:3000]}), (name, path, field))


def test_too_much_at_once_is_refused_as_such(machine: Client) -> None:
    body = json.dumps({"channel": "phone", "note": "a" * 11_000_000})
    answer = machine.post("/api/v1/contacts", body, content_type="application/json")
    assert answer.status_code == 413
    assert json.loads(said(answer))["problems"][0]["code"] == "too_large"
    assert Contact.objects.count() == 0
