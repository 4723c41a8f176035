"""What a call carries in its address: known, within bounds, or refused in words that say what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.customers.models import Customer

pytestmark = pytest.mark.django_db
LISTS = ("/contacts", "/cases", "/events", "/services", "/customers?q=dunn", "/bookings/free?bookable=x")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["cursor", "page", "Size", "limit[]"])
def test_a_parameter_there_is_not_is_refused_and_the_others_are_named(machine: Any, path: str, name: str) -> None:
    answer = machine.get(f"{path}{'&' if '?' in path else '?'}{name}=1000000")
    assert answer.status_code == 422, answer.content
    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["where"]) == ("not_valid", name)
    assert "There is no such parameter here." in problem["message"]


def test_it_says_which_there_are_and_how_far_they_go(machine: Any) -> None:
    def allowed(path: str) -> str:
        return str(machine.get(path, limit="5", cursor="x").json()["problems"][0]["message"])

    assert "You may send customer_id, after, size (1 to 100)." in allowed("/contacts")
    assert "size (1 to 1000)" in allowed("/events")
    assert "takes none" in allowed("/services")
    assert (
        "limit (1 to 200)" in machine.get("/bookings/free", bookable="x", cursor="1").json()["problems"][0]["message"]
    )


@pytest.mark.parametrize(
    ("path", "size"),
    [("/contacts", "0"), ("/contacts", "101"), ("/contacts", "-1"), ("/contacts", "1e3"), ("/cases", "9" * 30),
     ("/events", "1001"), ("/events", "all")],
)  # fmt: skip
def test_a_page_has_its_bounds(machine: Any, path: str, size: str) -> None:
    answer = machine.get(path, size=size)
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (422, "size")


@pytest.mark.parametrize("path", ["/contacts", "/cases", "/events"])
@pytest.mark.parametrize("after", ["x", "0", "9999-99", "bnVsbA", "%00", "a" * 399])
def test_a_place_that_is_none_of_ours_is_refused_and_says_where_one_comes_from(
    machine: Any, path: str, after: str
) -> None:
    answer = machine.get(path, after=after)
    assert answer.status_code in {400, 422}
    assert (answer.json()["problems"][0]["where"], "leave it out to begin" in answer.content.decode()) == (
        "after",
        True,
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Amina\r\nBcc: x@example.com", "Amina Bcc: x@example.com"), ("Am\x1b[31mina", "Am[31mina"),
     ("Amina\u202e\u200b", "Amina"), ("Amina\tDunn\x85Lee", "Amina Dunn Lee"), ("نسی\u200cم", "نسی\u200cم")],
)  # fmt: skip
def test_a_name_is_one_line_whatever_was_sent(machine: Any, sent: str, kept: str) -> None:
    answer = machine.post("/customers", {"given_name": sent, "family_name": "Dunn", "address_text": f"1 {sent}"})
    assert answer.status_code == 201, answer.content
    made = Customer.objects.get(id=answer.json()["id"])
    assert (made.given_name, made.address_text) == (kept, f"1 {kept}")


def test_a_form_of_twenty_thousand_fields_is_refused_in_our_own_words(machine: Any) -> None:
    headers = {"Authorization": f"Bearer {machine.token}"}
    many = "&".join(f"x{n}=1" for n in range(20_000))
    sent = machine.client.post(
        "/api/v1/contacts", many, content_type="application/x-www-form-urlencoded", headers=headers
    )
    asked = machine.client.get(f"/api/v1/contacts?{many}", headers=headers)
    for answer in (sent, asked):
        assert 400 <= answer.status_code < 500
        assert answer["Content-Type"].startswith("application/json"), answer.content[:300]
        assert answer.json()["problems"]
