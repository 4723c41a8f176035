"""GeoReport v2, call by call, as its specification says: formats, filters, errors, limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.actions import close_case, merge_case
from moothall.cases.models import Case, Note
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.places.actions import Premises, import_premises
from moothall.reports.models import Report
from moothall.reports.pack import STREET_REPORTS
from moothall.reports.retention import forget

pytestmark = [pytest.mark.django_db]
ROOT = "/open311/v2"
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def xml(answer: Any) -> ET.Element:
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ET.fromstring(answer.content)


def body(answer: Any) -> Any:
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(answer.content)


def spark(element: ET.Element) -> Any:
    """The JSON of an element by the Spark convention, values as text."""
    plural = {"services", "service_requests", "errors", "attributes", "values", "endpoints", "formats"}
    if element.tag in plural:
        return [spark(one) for one in element]
    if len(element):
        return {one.tag: spark(one) for one in element}
    return element.text or ""


def same(value: Any) -> Any:
    if isinstance(value, list):
        return [same(one) for one in value]
    if isinstance(value, dict):
        return {key: same(one) for key, one in value.items()}
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def said(answer: Any, status: int, words: str = "") -> None:
    """An error: its status, and an array in both formats."""
    assert answer.status_code == status, answer.content
    if "json" in answer["Content-Type"]:
        rows = body(answer)
        assert isinstance(rows, list)
        found = [(row["code"], row["description"]) for row in rows]
    else:
        root = xml(answer)
        assert root.tag == "errors"
        found = [(int(one.findtext("code") or 0), one.findtext("description") or "") for one in root.findall("error")]
    assert found
    assert all(code == status and text for code, text in found)
    assert words in " ".join(text for _, text in found)


def test_discovery_in_both_formats(council: Any, client: Client) -> None:
    for where in ("/open311/discovery", "/open311/v2/discovery"):
        root, data = xml(client.get(f"{where}.xml")), body(client.get(f"{where}.json"))
        assert root.tag == "discovery"
        assert same(data) == spark(root)
        assert list(data) == ["changeset", "contact", "key_service", "endpoints"]
        (endpoint,) = data["endpoints"]
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["formats"] == ["text/xml", "application/json"]
        assert endpoint["type"] in {"production", "test"}
        assert datetime.fromisoformat(endpoint["changeset"])


def test_services_and_their_definitions_are_the_same_in_both_formats_and_only_public_ones_are_there(
    council: Any, client: Client
) -> None:
    root, data = xml(client.get(f"{ROOT}/services.xml")), body(client.get(f"{ROOT}/services.json"))
    assert same(data) == spark(root)
    codes = {one["service_code"] for one in data}
    assert "pothole" in codes
    assert not codes & {"missed-bin", "blue-badge", "safeguarding-adult"}
    for one in data:
        assert list(one) == ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
        assert one["type"] == "realtime"
        here = f"{ROOT}/services/{one['service_code']}"
        defined, as_json = xml(client.get(f"{here}.xml")), body(client.get(f"{here}.json"))
        assert defined.tag == "service_definition"
        assert same(as_json) == spark(defined)
        for order, attribute in enumerate(as_json["attributes"], 1):
            assert attribute["order"] == order
            assert attribute["datatype_description"]
            assert attribute["description"]
            assert attribute["datatype"] in {
                "string",
                "number",
                "datetime",
                "text",
                "singlevaluelist",
                "multivaluelist",
            }
            assert bool(attribute["values"]) is attribute["datatype"].endswith("list")
    assert client.get(f"{ROOT}/services").headers["Content-Type"].startswith("text/xml")
    assert body(client.get(f"{ROOT}/services", headers={"Accept": "application/json"}))
    assert client.get(f"{ROOT}/services.json")["Access-Control-Allow-Origin"] == "*"
    said(client.get(f"{ROOT}/services/missed-bin.xml"), 404, "missed-bin")
    said(client.get(f"{ROOT}/services/missed-bin.json"), 404, "missed-bin")


@pytest.mark.row("A11", "D4")
@pytest.mark.parametrize("fmt", ["xml", "json"])
def test_a_report_is_taken_followed_and_ends(town: None, client: Client, key: str, clock: Any, fmt: str) -> None:
    sent = {
        "api_key": key, "service_code": "pothole", "lat": "53.8001", "long": "-1.5503", "email": "Sam@Example.com",
        "first_name": "Sam", "last_name": "Oyelaran", "description": "Deep one.\nBy the stop <b>",
        "attribute[surface]": "road", "attribute[depth]": "deep", "attribute[danger]": "yes",
        "media_url": "https://photos.example.org/1.jpg",
    }  # fmt: skip
    answer = client.post(f"{ROOT}/requests.{fmt}", sent)
    assert answer.status_code == 200
    made = spark(xml(answer))[0] if fmt == "xml" else body(answer)[0]
    number = made["service_request_id"]
    assert made["service_notice"].startswith("We’ll deal with it by")
    assert "token" not in made
    again = client.post(f"{ROOT}/requests.{fmt}", sent)
    assert again.content == answer.content
    case = Case.objects.get()
    assert (case.channel, case.area, case.priority, case.place_text) == (
        "open311",
        "w1",
        "emergency",
        "Near Mill Lane, Armley",
    )
    assert case.track_email == "sam@example.com"
    assert Note.objects.get().text == "Deep one.\nBy the stop <b>\n\nPhoto: https://photos.example.org/1.jpg"
    at_once = client.get(f"{ROOT}/requests/{number}.json")
    assert at_once.status_code == 200, "there for whoever asks next, before any worker has run"
    assert [row["service_request_id"] for row in body(client.get(f"{ROOT}/requests.json"))] == [number]
    jobs.drain(at=clock.now())
    shown = body(client.get(f"{ROOT}/requests/{number}.json"))
    assert same(shown) == spark(xml(client.get(f"{ROOT}/requests/{number}.xml")))
    row = shown[0]
    assert list(row) == REQUEST
    assert (row["status"], row["lat"], row["long"], row["address"]) == (
        "open",
        53.8001,
        -1.5503,
        "Near Mill Lane, Armley",
    )
    assert row["description"] == "Deep one.\nBy the stop <b>"
    assert (row["address_id"], row["zipcode"]) == (None, None), "nobody chose an address"
    assert all(MOMENT.fullmatch(row[f"{name}_datetime"]) for name in ("requested", "updated", "expected"))
    assert "Oyelaran" not in json.dumps(row)
    clock.advance(hours=2)
    close_case(case.id, outcome="utility-told", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    row = body(client.get(f"{ROOT}/requests/{number}.json"))[0]
    assert (row["status"], row["updated_datetime"]) == ("closed", "2026-03-02T11:00:00Z")
    assert "not ours to fix" in row["status_notes"]
    changed = body(client.get(f"{ROOT}/servicerequestupdates.json"))
    assert [one["status"] for one in changed] == ["closed"]
    assert xml(client.get(f"{ROOT}/servicerequestupdates.xml")).tag == "service_request_updates"
    assert body(client.get(f"{ROOT}/tokens/t-{number}.json")) == [
        {"service_request_id": number, "token": f"t-{number}"}
    ]


WRONG: tuple[tuple[dict[str, str], int, str], ...] = (
        ({"api_key": ""}, 403, "Missing api_key"), ({"api_key": "mth_wrong"}, 403, "Invalid api_key"),
        ({"service_code": ""}, 400, "service_code was not provided"), ({"service_code": "zz"}, 404, "was not found"),
        ({"service_code": "blue-badge"}, 404, "was not found"), ({"lat": "", "long": ""}, 400, "No place"),
        ({"lat": "abc"}, 400, "latitude"), ({"lat": "91"}, 400, "latitude"), ({"long": ""}, 400, "latitude"),
        ({"lat": "nan"}, 400, "latitude"), ({"lat": "", "long": "", "address_id": "12"}, 400, "address_id"),
        ({"description": "x" * 4001}, 400, "4,000"), ({"attribute[depth]": "abyss"}, 400, "depth"),
        ({"description": "a\x00b"}, 400, "number 0"), ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"jurisdiction_id": "sfgov.org"}, 404, "sfgov.org"),
)  # fmt: skip


def test_a_report_that_cannot_be_taken_says_why_and_leaves_nothing(town: None, client: Client, key: str) -> None:
    for change, status, words in WRONG:
        for fmt in ("xml", "json"):
            sent = {"api_key": key, "service_code": "pothole", "lat": "53.8", "long": "-1.55"} | change
            said(client.post(f"{ROOT}/requests.{fmt}", sent), status, words)
    assert not Case.objects.exists()


def test_several_things_wrong_are_all_said_and_a_reading_key_may_not_report(
    town: None, client: Client, clock: Any
) -> None:
    from moothall.core.staff import create_client

    reader = create_client(name="Reader", scopes=["api.services"], by=SYSTEM, at=clock.now())[1]
    sent = {"api_key": reader, "service_code": "pothole", "lat": "53.8", "long": "-1.55"}
    said(client.post(f"{ROOT}/requests.json", sent), 403, "Invalid api_key")
    writer = create_client(name="Writer", scopes=["api.open311"], by=SYSTEM, at=clock.now())[1]
    wrong = {"api_key": writer, "service_code": "pothole", "description": "x" * 5000, "attribute[depth]": "?"}
    assert len(body(client.post(f"{ROOT}/requests.json", wrong))) == 3


@pytest.mark.parametrize("place", [{"address_string": "Outside 5 Mill Lane"}, {"lat": "53.8", "lon": "-1.55"}])
def test_other_ways_to_say_the_place_and_lists_of_values(
    town: None, client: Client, key: str, place: dict[str, str]
) -> None:
    sent: dict[str, Any] = {
        "api_key": key,
        "service_code": "fly-tipping",
        "jurisdiction_id": "leeds.example.org",
    } | place
    sent |= {"attribute[what][]": ["household", "tyres"], "attribute[details]": ""}
    options = {
        o["key"]
        for a in body(client.get(f"{ROOT}/services/fly-tipping.json"))["attributes"]
        if a["code"] == "what"
        for o in a["values"]
    }
    sent["attribute[what][]"] = sorted(options)[:2]
    sent["attribute[title]"] = "Dumped by the gate"  # a question of the sender's own form
    answer = client.post(f"{ROOT}/requests.json", sent)
    assert answer.status_code == 200, answer.content
    assert sorted(Case.objects.get().answers["what"]) == sorted(options)[:2]
    assert Note.objects.get().text == "title: Dumped by the gate"


def test_a_place_in_words_that_is_sure_is_on_the_map(town: None, client: Client, key: str) -> None:
    for words, at in (("By the bus stop on Mill Lane", (53.8, -1.55)), ("By the bus stop", (None, None))):
        sent = {"api_key": key, "service_code": "pothole", "address_string": words}
        number = body(client.post(f"{ROOT}/requests.json", sent))[0]["service_request_id"]
        row = body(client.get(f"{ROOT}/requests/{number}.json"))[0]
        assert (row["lat"], row["long"]) == at
        assert Case.objects.get(reference=number.replace("-", "")).place_text == words


def test_words_that_tell_of_somebody_are_not_public_and_a_council_may_keep_all_back(
    town: None, client: Client, key: str, council: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def description(words: str, **more: str) -> str | None:
        sent = {
            "api_key": key, "service_code": "pothole", "lat": "53.8001", "long": "-1.5503", "description": words,
            "attribute[surface]": "road", "first_name": "Sam", "last_name": "Oyelaran", "email": "sam@example.com", **more,
        }  # fmt: skip
        number = body(client.post(f"{ROOT}/requests.json", sent))[0]["service_request_id"]
        return str(body(client.get(f"{ROOT}/requests/{number}.json"))[0]["description"])

    assert description("A hole as wide as a bin lid") == "A hole as wide as a bin lid"
    for words in ("Ring me on 07700 900123", "Oyelaran saw it", "a@example.org", "Outside LS1 1UR"):
        assert description(words) == "Road", words
    rules = council.one(STREET_REPORTS).model_copy(update={"open311_words": False})
    monkeypatch.setitem(council._values, "street_reports", rules)
    assert description("A second hole beside it") == "Road"
    report = Report.objects.exclude(description="").get()
    forget([report.case_id], SYSTEM, clock.now())
    report.refresh_from_db()
    assert report.description == ""


def test_a_parameter_that_there_is_not_is_no_filter_that_was_passed_over(
    report: Callable[..., Case], client: Client, clock: Any
) -> None:
    first = show_reference(report().reference)
    clock.advance(hours=2)
    second = show_reference(report(53.801).reference)
    said(client.get(f"{ROOT}/requests.json", {"q": "hole"}), 400, "There is no parameter “q” here")
    said(client.get(f"{ROOT}/servicerequestupdates.xml", {"service_code": "pothole"}), 400, "service_code")
    for fine in ({"extensions": "true", "jurisdiction_id": "leeds.example.org"}, {"q": "", "jurisdiction_id": " "}):
        assert client.get(f"{ROOT}/requests.json", fine).status_code == 200, "empty is as if it had not been sent"

    def numbers(path: str, **query: str) -> list[str]:
        return [one["service_request_id"] for one in body(client.get(f"{ROOT}/{path}.json", query))]

    after = "2026-03-02T10:00:00Z"
    assert numbers("requests", updated_after=after) == [second]
    assert numbers("requests", updated_before=after) == [first]
    pages = [numbers("servicerequestupdates", page=str(n), page_size="1") for n in (1, 2, 3)]
    assert pages == [[first], [second], []]
    said(client.get(f"{ROOT}/servicerequestupdates.json", {"page": "0"}), 400, "page")


def test_an_address_that_was_sent_comes_back_with_its_postcode(town: None, client: Client, key: str) -> None:
    import_premises(
        [
            Premises(
                uprn=72_000_014, address="14 Mill Lane, Armley", number="14", postcode="LS12 1AA", area_code="w1",
                latitude=53.8001, longitude=-1.5510,
            )
        ],
        by=SYSTEM,
    )  # fmt: skip
    sent = {"api_key": key, "service_code": "pothole", "address_id": "72000014"}
    number = body(client.post(f"{ROOT}/requests.json", sent))[0]["service_request_id"]
    row = body(client.get(f"{ROOT}/requests/{number}.json"))[0]
    assert (row["address_id"], row["zipcode"]) == ("72000014", "LS12 1AA")
    assert same(body(client.get(f"{ROOT}/requests/{number}.json"))) == spark(
        xml(client.get(f"{ROOT}/requests/{number}.xml"))
    )


def test_filters_of_the_list(report: Callable[..., Case], client: Client, clock: Any) -> None:
    old = report()
    clock.advance(days=100)
    first, second, light = report(), report(53.801), report(53.802, service="street-light", fault="out")
    merge_case(second.id, into=first.id, by=SYSTEM, at=clock.now())
    close_case(first.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())

    def numbers(**query: Any) -> list[str]:
        rows = body(client.get(f"{ROOT}/requests.json", query))
        assert same(rows) == spark(xml(client.get(f"{ROOT}/requests.xml", query)))
        return sorted(row["service_request_id"] for row in rows)

    def shown(*cases: Case) -> list[str]:
        return sorted(show_reference(case.reference) for case in cases)

    now = clock.now()
    assert numbers() == shown(first, second, light)
    assert numbers(status="open") == shown(light)
    assert numbers(status="open,closed") == shown(first, second, light)
    assert numbers(status="") == shown(first, second, light)
    assert numbers(service_code="pothole") == shown(first, second)
    assert numbers(service_code="pothole,street-light", status="closed") == shown(first, second)
    assert numbers(service_code="no-such") == []
    assert numbers(start_date=(now - timedelta(days=120)).isoformat()) == shown(old)
    assert numbers(end_date=(now - timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")) == shown(old)
    assert numbers(start_date="2026-06-01T00:00:00Z", end_date="2026-06-20T00:00:00+01:00") == shown(
        first, second, light
    )
    assert numbers(service_request_id=f"{old.reference},{shown(light)[0]}", status="closed", service_code="x") == shown(
        old, light
    )
    row = body(client.get(f"{ROOT}/requests/{show_reference(second.reference)}.json"))[0]
    assert row["status"] == "closed"
    assert shown(first)[0] in row["status_notes"]
    for query, words in (
        ({"status": "done"}, "done"), ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "2026-13-01T00:00:00Z"}, "end_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, "90 days"),
        ({"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "before"),
    ):  # fmt: skip
        said(client.get(f"{ROOT}/requests.xml", query), 400, words)
    said(client.get(f"{ROOT}/requests.json", {"jurisdiction_id": "x"}), 404, "jurisdiction_id")


def test_what_is_not_there_and_what_cannot_be_asked(council: Any, client: Client) -> None:
    for fmt in ("xml", "json"):
        said(client.get(f"{ROOT}/requests/AAAA-AAAA.{fmt}"), 404)
        said(client.get(f"{ROOT}/tokens/123.{fmt}"), 404)
        said(client.get(f"{ROOT}/nothing/at/all.{fmt}"), 404)
        said(client.put(f"{ROOT}/requests.{fmt}"), 405, "GET or POST")
        said(client.post(f"{ROOT}/services.{fmt}"), 405, "GET")
    said(client.get(f"{ROOT}/services.yaml"), 400, "format")
    assert client.head(f"{ROOT}/services.xml").status_code == 200
    asked = client.options(f"{ROOT}/requests.json")
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, POST, HEAD, OPTIONS"
    assert body(client.get(f"{ROOT}/requests.json")) == []
    assert xml(client.get(f"{ROOT}/requests.xml")).tag == "service_requests"


def test_a_list_costs_the_same_queries_however_long_and_holds_at_most_a_thousand(
    report: Callable[..., Case], client: Client
) -> None:
    report()
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{ROOT}/requests.json")
        counted.append(len(asked))
        report(53.8005)
        report(53.801)
    assert counted[0] == counted[1] <= 5
    row = Report.objects.first()
    assert row is not None
    for n in range(1_005):
        row.pk, row.reference = f"00000000-0000-4000-8000-{n:012d}", f"X{n:07d}"
        row.save(force_insert=True)
    assert len(body(client.get(f"{ROOT}/requests.json"))) == 1_000


def test_guessing_keys_is_stopped_and_a_right_one_from_there_is_taken(town: None, client: Client, key: str) -> None:
    sent = {"service_code": "pothole", "lat": "53.8", "long": "-1.55"}
    for _ in range(20):
        client.post(f"{ROOT}/requests.json", sent | {"api_key": "mth_guess"})
    said(client.post(f"{ROOT}/requests.json", sent | {"api_key": "mth_another"}), 403, "too often")
    assert "too often" not in client.post(f"{ROOT}/requests.json", sent | {"api_key": key}).content.decode()


def test_the_demonstrations_key_reports_and_nothing_else(council: Any, clock: Any) -> None:
    from moothall.core.staff import actor_of_client, ensure_demo_staff
    from moothall.core.staff.demo import demo_key

    ensure_demo_staff(council)
    ensure_demo_staff(council)
    actor = actor_of_client(demo_key(), at=clock.now())
    assert actor is not None
    assert actor.may("api.open311")
    assert not actor.may("api.customers.read")


def test_several_by_number_pages_and_a_reference_of_ones_own(
    report: Callable[..., Case], client: Client, key: str, clock: Any
) -> None:
    numbers = [show_reference(report(53.8 + n / 500).reference) for n in range(3)]

    def listed(query: str) -> list[str]:
        answer = client.get(f"/open311/v2/{query}")
        assert answer.status_code == 200, answer.content
        return [one["service_request_id"] for one in json.loads(answer.content)]

    assert set(listed(f"requests/{numbers[0]},{numbers[2]},NOPE-0000.json")) == {numbers[0], numbers[2]}
    assert client.get("/open311/v2/requests/,,.json").status_code == 404
    pages = [listed(f"requests.json?page_size=2&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert sorted(pages[0] + pages[1]) == sorted(numbers)
    for wrong in ("page=0", "page_size=1001", "page=x", "page_size=-1"):
        assert client.get(f"/open311/v2/requests.json?{wrong}").status_code == 400, wrong

    body = {"api_key": key, "service_code": "graffiti", "lat": "53.8", "long": "-1.55", "client_reference": "job-7"}
    first = client.post("/open311/v2/requests.json", body).json()
    clock.advance(days=3)
    assert client.post("/open311/v2/requests.json", body).json() == first
    other = client.post("/open311/v2/requests.json", body | {"description": "another"})
    assert other.status_code == 400
    assert "job-7" in other.json()[0]["description"]


@pytest.mark.parametrize(
    "query", ["lat=abc&long=-1.5", "lat=53.9", "long=-1.6", "lat=nan&long=0", "lat=53.9&long=inf", "lat=91&long=0",
              "lat=53.9&long=-1.6&radius=far", "lat=53.9&long=-1.6&radius=0", "radius=100"],
)  # fmt: skip
def test_a_place_that_cannot_be_one_is_refused_and_not_passed_over(council: Any, client: Client, query: str) -> None:
    for ending in ("xml", "json"):
        said(client.get(f"{ROOT}/requests.{ending}?{query}"), 400, "radius" if "radius" in query else "latitude")


def test_a_list_round_a_point_has_what_lies_there_alone(town: Any, report: Callable[..., Any], client: Client) -> None:
    one = report()
    row = Report.objects.get(case_id=one.id)
    near = f"lat={row.latitude}&long={row.longitude}"
    assert len(body(client.get(f"{ROOT}/requests.json?{near}"))) == 1
    assert body(client.get(f"{ROOT}/requests.json?lat={(row.latitude or 0) + 0.1}&long={row.longitude}")) == []
    far = f"lat={(row.latitude or 0) + 0.05}&long={row.longitude}&radius=9000"
    assert len(body(client.get(f"{ROOT}/requests.json?{far}"))) == 1


@pytest.mark.parametrize("ending", ["xml", "json"])
def test_a_form_of_twenty_thousand_fields_is_refused_in_the_format_asked_for(
    council: Any, client: Client, key: str, ending: str
) -> None:
    fields = {f"attribute[x{n}]": "1" for n in range(20_000)} | {"api_key": key, "service_code": "pothole"}
    said(client.post(f"{ROOT}/requests.{ending}", fields), 400, "fields at most")
    many = "&".join(f"attribute[x{n}]=1" for n in range(20_000))
    form = "application/x-www-form-urlencoded"
    said(client.post(f"{ROOT}/requests.{ending}", many, content_type=form), 400, "fields at most")
    half = client.post(
        f"{ROOT}/requests.{ending}", b"--x\r\nContent-Disp", content_type="multipart/form-data; boundary="
    )
    said(half, 400)
    said(client.get(f"{ROOT}/requests.{ending}?{many}"), 400, "fields at most")
    assert not Case.objects.exists()
