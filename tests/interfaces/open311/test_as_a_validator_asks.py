"""GeoReport v2 as somebody else's validator asks it: from no page of ours, however a client writes an address or a form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case, Note
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.references import show_reference
from moothall.intake.actions import raise_request
from moothall.places.actions import Premises, import_premises
from moothall.reports.actions import refresh_report
from tests.interfaces.open311.test_server import ROOT, body, said, xml

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def stranger() -> Client:
    """A program that holds no cookie of ours, held to what a browser's forms are held to."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def test_every_method_is_answered_in_the_format_asked_for(council: Any, stranger: Client) -> None:
    for fmt in ("xml", "json"):
        for method in ("post", "put", "patch", "delete"):
            for path in ("services", "services/pothole", "requests/AAAA-AAAA", "tokens/t-1", "discovery"):
                answer = getattr(stranger, method)(f"{ROOT}/{path}.{fmt}")
                said(answer, 405, "Use GET here")
                assert (answer["Allow"], answer["Access-Control-Allow-Origin"]) == ("GET", "*")
        said(stranger.delete(f"{ROOT}/requests.{fmt}"), 405, "GET or POST")


def test_what_is_no_form_in_utf_8_is_told_so_and_not_that_its_key_is_missing(
    town: None, stranger: Client, key: str
) -> None:
    report = {"api_key": key, "service_code": "pothole", "lat": "53.8", "long": "-1.55"}
    for fmt in ("xml", "json"):
        here = f"{ROOT}/requests.{fmt}"
        said(stranger.post(here, json.dumps(report), content_type="application/json"), 400, "not as application/json")
        said(
            stranger.post(here, "<request/>", content_type="text/xml"), 400, "Send the report as application/x-www-form"
        )
        said(stranger.post(here, "a=b", content_type=f"{FORM}; charset=iso-8859-1"), 400, "in UTF-8")
        said(stranger.post(here), 403, "Missing api_key")
    assert not Case.objects.exists()


def test_a_form_is_read_as_utf_8_whatever_the_header_says_and_the_key_may_stand_in_the_address(
    town: None, stranger: Client, key: str
) -> None:
    words = "R%C3%BChrbrunnen%20%E2%80%93%20ca.%202%E2%80%B2"
    for number, kind in enumerate((FORM, f"{FORM}; charset=utf-8", f'{FORM}; charset="UTF-8"')):
        sent = f"service_code=pothole&lat=53.8{number}&long=-1.55&description={words}"
        answer = stranger.post(f"{ROOT}/requests.json?api_key={key}", sent, content_type=kind)
        assert answer.status_code == 200, answer.content
    assert set(Note.objects.values_list("text", flat=True)) == {"Rührbrunnen – ca. 2′"}


def test_an_address_with_a_slash_at_its_end_is_the_same_and_loses_no_form(
    town: None, stranger: Client, key: str
) -> None:
    assert stranger.get(f"{ROOT}/services.xml/").content == stranger.get(f"{ROOT}/services.xml").content
    assert xml(stranger.get(f"{ROOT}/services/pothole/")).tag == "service_definition"
    sent = {"api_key": key, "service_code": "pothole", "lat": "53.8", "long": "-1.55"}
    made = body(stranger.post(f"{ROOT}/requests.json/", sent))
    shown = body(stranger.get(f"{ROOT}/requests/{made[0]['service_request_id']}.json/"))
    assert shown[0]["service_code"] == "pothole"
    for bare in ("/open311", "/open311/", "/open311/v2", "/open311/v2/"):
        said(stranger.get(bare), 404, "discovery")


def test_a_character_no_text_may_have_is_refused_in_the_format_asked_for(council: Any, stranger: Client) -> None:
    for fmt in ("xml", "json"):
        for name in ("service_code", "jurisdiction_id", "status", "service_request_id", "start_date", "x%00y"):
            said(stranger.get(f"{ROOT}/requests.{fmt}?{name}=%00"), 400, "number 0")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"attribute[surface]": ["road", "pavement"]}, "takes one value, and 2 came"),
        ({"attribute[surface][]": ["road", "pavement"]}, "takes one value, and 2 came"),
        ({"attribute[surface][]": ["road"]}, ""),
        ({"attribute[surface]": ["road", ""]}, ""),
    ],
)
def test_one_of_a_list_is_one_value_and_no_other_is_dropped_in_silence(
    sent: dict[str, list[str]], says: str, town: None, stranger: Client, key: str
) -> None:
    form = {"api_key": key, "service_code": "pothole", "lat": "53.8", "long": "-1.55", **sent}
    answer = stranger.post(f"{ROOT}/requests.json", form)
    if says:
        said(answer, 400, says)
        assert not Case.objects.exists()
    else:
        assert answer.status_code == 200
        assert Case.objects.get().answers["surface"] == "road"


def test_the_postcode_of_a_home_somebody_chose_on_our_pages_is_told_nobody(
    town: None, council: Any, clock: Any
) -> None:
    home = Premises(
        uprn=72_000_015, address="15 Mill Lane, Armley", number="15", postcode="LS12 1AA", area_code="w1", latitude=53.8001,
        longitude=-1.5510,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)
    place = {"uprn": 72_000_015, "text": "15 Mill Lane, Armley", "postcode": "LS12 1AA", "latitude": 53.8001,
             "longitude": -1.5510}  # fmt: skip
    answers = {"where": place, "surface": "road", "depth": "deep", "danger": "no"}
    raised = raise_request(
        council.services["pothole"], answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now()
    )
    assert raised.case_id is not None
    refresh_report(raised.case_id, at=clock.now())
    row = body(Client().get(f"{ROOT}/requests/{show_reference(raised.reference)}.json"))[0]
    assert (row["address_id"], row["zipcode"]) == (None, None)
