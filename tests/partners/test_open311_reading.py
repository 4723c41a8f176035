"""What real Open311 systems answered, read; and what no honest system answers, refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.partners.adapters.open311.reading import NotReadable, moment_of, read_rows, text_of, their_state
from tests.shared_data import shared_data

FOLDER = "open311/codeforamerica-sf"


def recorded(name: str) -> bytes:
    body = shared_data(f"{FOLDER}/{name}.xml").read_bytes()
    return body[body.index(b"<?xml") :]


def test_recorded_san_francisco_answers_are_read() -> None:
    states = [their_state(row) for row in read_rows(recorded("service_requests"), "text/xml", "request")]
    assert [one.reference for one in states if one] == ["638344", "638349"]
    first = states[0]
    assert first is not None
    assert (first.status, first.notes, first.service) == ("closed", "Duplicate request.", "006")
    assert first.changed_at is not None
    assert first.changed_at.isoformat() == "2010-04-14T14:37:38+00:00"
    assert first.latitude == pytest.approx(37.762221815)
    assert first.media_url.startswith("http://open311")
    assert read_rows(recorded("service_requests_empty"), "text/xml", "request") == []
    one = read_rows(recorded("get_service_request"), "text/xml", "request")
    assert text_of(one[0], "address") == "8TH AVE and JUDAH ST"
    services = read_rows(recorded("services"), "text/xml", "service")
    assert len(services) > 20
    assert text_of(services[0], "service_code") == "001"
    values = read_rows(recorded("service_definition"), "text/xml", "attribute")[0]["values"]
    assert [(one["key"], one["name"]) for one in values] == [("123", "Ford"), ("124", "Chrysler")]
    made = read_rows(recorded("post_service_request"), "text/xml", "request")[0]
    assert text_of(made, "service_request_id") == "293944"
    assert text_of(made, "service_notice").startswith("The City will inspect")
    assert text_of(read_rows(recorded("request_id_from_token"), "text/xml", "request")[0], "token") == "12345"
    wrong = read_rows(recorded("403"), "text/xml", "error")[0]
    assert text_of(wrong, "description").startswith("Invalid api_key received")
    missing = read_rows(recorded("get_service_request_not_found"), "text/xml", "error")[0]
    assert text_of(missing, "code") == "404"


def test_json_in_every_wrapping_and_strange_values() -> None:
    row = b'{"service_request_id": 12, "status": "OPEN", "updated_datetime": "2026-11-02T09:00:00", "lat": "x", "long": 999}'
    for body in (b"[" + row + b"]", row, b'{"requests": [' + row + b"]}", b'{"service_requests": [' + row + b"]}"):
        found = their_state(read_rows(body, "application/json", "request")[0])
        assert found is not None
        assert (found.reference, found.status, found.latitude, found.longitude) == ("12", "open", None, None)
        assert str(found.changed_at) == "2026-11-02 09:00:00+00:00"
    assert their_state({"service_request_id": "1", "status": "maybe"}) is None
    assert moment_of({"at": "yesterday"}, "at") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"oops",
        b"<a>",
        b"\xff\xfe",
        b'"text"',
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_said(body: bytes) -> None:
    with pytest.raises(NotReadable):
        read_rows(body, "", "request")


@given(st.binary(max_size=300))
def test_nothing_breaks_the_reader(body: bytes) -> None:
    try:
        rows = read_rows(body, "", "request")
    except NotReadable:
        return
    assert isinstance(rows, list)
