"""Another system finds a free time, books it, moves it and cancels it; what it may not do is said plainly."""

from __future__ import annotations

import pytest

from moothall.bookings.models import Booking
from moothall.cases.models import Case


@pytest.fixture
def free(machine, clock):
    """The free times for a search."""
    clock.set("2026-11-19T16:00")

    def ask(bookable="squash", **query):
        answer = machine.get("/bookings/free", bookable=bookable, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def court(slot, **more):
    answers = {"activity": "squash", "pay": {"how": "link"}, "contact": {"email": "mei.lee@example.com"}}
    return {"service": "book-court", "slot": slot, "answers": answers, **more}


def test_what_can_be_booked_and_when_with_the_distance(machine, free):
    codes = {one["code"]: one for one in machine.get("/bookings/bookables").json()}
    assert codes["squash"] == {
        "code": "squash", "name": "Squash court", "kind": "court", "minutes": 40, "days_ahead": 7, "resources": 8,
    }  # fmt: skip
    near = free(latitude=53.799, longitude=-1.5215, within_km=3, from_minute=1020, access="hoist", limit=5)
    assert {one["site"] for one in near["slots"]} == {"kirkside-leisure"}
    assert near["slots"][0]["km"] < 0.1
    assert near["total"] > len(near["slots"]) == 5
    assert free(indoor="false")["total"] == 0
    assert machine.get("/bookings/free", bookable="nothing").status_code == 404
    for wrong in ({"since": "2026-11-18"}, {"since": "9999-12-31"}, {"days": 0}, {"places": -1}, {"limit": 10**9},
                  {"latitude": "NaN"}):  # fmt: skip
        assert machine.get("/bookings/free", bookable="squash", **wrong).status_code == 422, wrong


def test_booked_held_until_paid_moved_and_cancelled_each_once(machine, free):
    early, later = (
        [one["key"] for one in free(since="2026-11-22", site="southdale-leisure")["slots"]][n] for n in (0, 5)
    )
    first = machine.post("/bookings", court(later), key="b1")
    assert first.status_code == 201, first.content
    again = machine.post("/bookings", court(later), key="b1")
    assert (again.json(), again["Idempotent-Replayed"], Booking.objects.count()) == (first.json(), "true", 1)
    told = first.json()
    assert (told["state"], told["to_pay_pence"] > 0, told["pay_path"][:5]) == ("held", True, "/pay/")
    assert Case.objects.get().id.hex == told["case_id"].replace("-", "")
    taken = machine.post("/bookings", court(later), key="b2")
    assert (taken.status_code, taken.json()["problems"][0]["where"]) == (422, "slot")
    assert Case.objects.count() == 1

    Booking.objects.update(state="confirmed", expires_at=None)
    moved = machine.post(f"/bookings/{told['id']}/move", {"slot": early}, key="m1")
    assert (moved.status_code, moved.json()["moved"]) == (200, 1)
    assert machine.post(f"/bookings/{told['id']}/move", {"slot": early}, key="m1").json() == moved.json()
    assert machine.get(f"/bookings/{told['id']}").json()["starts_at"] == moved.json()["starts_at"]
    gone = machine.post(f"/bookings/{told['id']}/cancel", {"asked_by": "customer"}, key="c1")
    assert gone.json()["state"] == "cancelled"
    assert machine.post(f"/bookings/{told['id']}/cancel", {"asked_by": "customer"}, key="c2").status_code == 200


def test_a_time_another_has_is_a_conflict_when_moving(machine, free):
    slots = [one["key"] for one in free(since="2026-11-22", site="southdale-leisure")["slots"]]
    mine = machine.post("/bookings", court(slots[0])).json()
    machine.post("/bookings", court(slots[1]))
    Booking.objects.update(state="confirmed", expires_at=None)
    answer = machine.post(f"/bookings/{mine['id']}/move", {"slot": slots[1]})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "taken")
    assert machine.get(f"/bookings/{mine['id']}").json()["starts_at"] == mine["starts_at"]


def test_what_cannot_be_booked_is_said_and_nothing_is_left_behind(machine, free):
    slot = free()["slots"][0]["key"]
    for body, where in (
        (court("x"), "slot"), (court(slot) | {"service": "missed-bin"}, "service"),
        (court(slot) | {"service": "nothing"}, "service"), (court(slot) | {"answers": {}}, "answers.activity"),
        (court("nowhere~20261122T1000"), "slot"), (court(slot.split("~")[0] + "~20991122T1000"), "slot"),
    ):  # fmt: skip
        answer = machine.post("/bookings", body)
        assert answer.status_code == 422, (where, answer.content)
        assert where in {one["where"] for one in answer.json()["problems"]}
    assert not Booking.objects.exists()
    assert not Case.objects.exists()


def test_each_call_needs_its_scope(machine_with, machine, free):
    slot = free()["slots"][0]["key"]
    reader, writer = machine_with("api.bookings.read"), machine_with("api.bookings.write")
    assert reader.get("/bookings/free", bookable="squash").status_code == 200
    assert reader.post("/bookings", court(slot)).status_code == 403
    assert writer.get("/bookings/bookables").status_code == 403
    made = writer.post("/bookings", court(slot))
    assert made.status_code == 201, made.content
    for path in ("move", "cancel"):
        assert reader.post(f"/bookings/{made.json()['id']}/{path}", {"slot": slot}).status_code == 403
    missing = "01a20246-0000-7000-8000-000000000000"
    assert machine.get(f"/bookings/{missing}").status_code == 404
    assert machine.post(f"/bookings/{missing}/cancel", {}).status_code == 404


def test_what_was_searched_indoors_is_booked_indoors(machine, free):
    found = free("tennis", since="2026-11-22", site="moorside-leisure", indoor="true", days=1)
    body = court(found["slots"][0]["key"])
    body["answers"]["activity"] = "tennis"
    made = machine.post("/bookings", body, key="in")
    assert made.status_code == 201, made.content
    assert made.json()["resource"].startswith("moorside-tennis-dome"), "the open courts stand first in the pack"
