"""Other people's bookings, and numbers of things nobody has: refused, logged, explained."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.links import feed_link, token_of
from moothall.bookings.models import Booking, Tally
from moothall.bookings.queries import Wish, find
from moothall.core.actors import SYSTEM
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.core.staff.accounts import close_staff, reset_password
from moothall.core.staff.queries import private_mark
from moothall.interfaces.site import holds
from moothall.services.pack import SERVICES
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def booked(clock: MovableClock, bookable: str = "squash") -> Any:
    free = find(Wish(bookable, since=clock.now() + timedelta(days=3)), at=clock.now()).slots
    row = actions.hold(bookable, free[0].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
    return actions.confirm(row.id, by=SYSTEM, at=clock.now())


def test_a_link_opens_its_own_booking_and_no_other(clock: MovableClock, client: Client, caplog: Any) -> None:
    mine, hers = booked(clock), booked(clock)
    wrong = [
        token_of("booking", mine.id), token_of("offer", hers.id), token_of("feed", str(hers.id)), "0" * 32, "x",
        token_of("booking", hers.id)[:-1], token_of("booking", hers.id) + "0",
    ]  # fmt: skip
    free = find(Wish("squash", since=clock.now() + timedelta(days=4)), at=clock.now()).slots[0].key
    with caplog.at_level(logging.WARNING, "moothall.bookings"):
        for token in wrong:
            for path in ("", "/move", "/booking.ics"):
                assert client.get(f"/bookings/{hers.id}/{token}{path}").status_code == 404, (token, path)
            assert client.post(f"/bookings/{hers.id}/{token}/cancel").status_code == 404
            assert client.post(f"/bookings/{hers.id}/{token}/move", {"slot": free}).status_code == 404
            assert client.get(f"/bookings/offers/{hers.id}/{token}").status_code == 404
    assert len([one for one in caplog.records if "opens nothing" in one.message]) == 6 * len(wrong) - 1
    # her offer’s token is right for an offer, and there is none
    row = Booking.objects.get(id=hers.id)
    assert (row.state, row.starts_at) == ("confirmed", hers.starts_at)
    page = client.get(f"/bookings/{hers.id}/{'0' * 32}").content.decode()
    assert "We can’t find this page" in page
    assert hers.reference not in page


def test_an_officers_calendar_ends_with_the_account_the_work_and_the_password(
    council: Pack, clock: MovableClock, client: Client
) -> None:
    def officer(*roles: str) -> tuple[Staff, str]:
        staff = create_staff(
            username="j.benefits", name="Jo Benn", roles=list(roles), teams=["benefits"], pack=council,
            password="seven-calm-otters-queueing", by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        return staff, address(staff)

    def address(staff: Staff) -> str:
        told = private_mark(staff.id, may="booking.manage")
        assert told
        return urlsplit(feed_link(staff.id, told[1])).path

    jo, feed = officer("service-officer")
    assert client.get(feed)["Content-Type"].startswith("text/calendar")
    assert client.get(feed.replace("/feeds/", "/feeds/x")).status_code == 404

    reset_password(staff_id=jo.id, by=SYSTEM, at=clock.now())
    assert client.get(feed).status_code == 404, "whoever had the address has it no more"
    jo.refresh_from_db()
    feed = address(jo)
    assert client.get(feed).status_code == 200
    Staff.objects.filter(id=jo.id).update(role_codes=["auditor"])
    assert client.get(feed).status_code == 404, "other work"
    Staff.objects.filter(id=jo.id).update(role_codes=["service-officer"])
    close_staff(staff_id=jo.id, by=SYSTEM, at=clock.now())
    assert client.get(feed).status_code == 404, "gone"


def test_a_time_that_was_not_offered_is_not_had_by_writing_it_oneself(clock: MovableClock, client: Client) -> None:
    row = booked(clock)
    here = f"/bookings/{row.id}/{token_of('booking', row.id)}/move"
    midnight = f"{row.site}~20260306T0000"
    far = f"{row.site}~20991231T1000"
    for slot in (
        "",
        "x",
        midnight,
        far,
        "nowhere~20260306T1000",
        "' OR 1=1 --",
        "~" * 500,
        f"{row.site}~20200101T1000",
    ):
        answer = client.post(here, {"slot": slot})
        assert (answer.status_code, "There is a problem" in answer.content.decode()) == (400, True), slot
    assert Booking.objects.get(id=row.id).starts_at == row.starts_at


@pytest.mark.parametrize(
    "quantity", ["-1", "-99999999999", "99999999999999999999", "1e9", "0x10", "٣", "1.5", "NaN", "²"]
)
def test_how_many_is_a_number_somebody_could_have(
    clock: MovableClock, client: Client, council: Any, quantity: str
) -> None:
    client.post("/services/bulky-waste/start")
    here = client.post("/services/bulky-waste/start", follow=True).redirect_chain[-1][0]
    items = f"{here.rsplit('/', 1)[0]}/items"
    client.post(here, {"address-line1": "9 Mill Lane", "address-town": "Leeds", "address-postcode": "LS1 1UR"})
    answer = client.post(items, {"items-sofa": quantity})
    assert answer.status_code == 400
    assert "Enter how many" in answer.content.decode()
    assert not Tally.objects.filter(units__gt=0).exists()
    assert council.of(SERVICES)["bulky-waste"].by_question["items"].options


def test_places_of_a_session_are_counted_from_one_to_its_most(clock: MovableClock) -> None:
    slot = find(Wish("squash"), at=clock.now()).slots[0].key
    for places in (0, -1, -(10**12), 2, 10**12):
        with pytest.raises(actions.NotBookable, match="Choose from 1"):
            actions.hold("squash", slot, places=places, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
    assert not Booking.objects.exists()


def test_nobody_keeps_a_whole_centre_from_one_place(
    clock: MovableClock, client: Client, monkeypatch: Any, caplog: Any
) -> None:
    monkeypatch.setattr(holds, "MOST_HOLDS", 3)
    for n in range(4):
        here = client.post("/services/book-court/start", follow=True).redirect_chain[-1][0].rsplit("/", 1)[0]
        client.post(f"{here}/activity", {"activity": "squash"})
        client.post(f"{here}/card", {"card": ""})
        free = find(Wish("squash", since=clock.now() + timedelta(days=1)), at=clock.now()).slots[0].key
        with caplog.at_level(logging.WARNING, "moothall.bookings"):
            answer = client.post(f"{here}/slot", {"slot": free})
        assert answer.status_code == (302 if n < 3 else 400)
    assert "Wait 15 minutes and choose again" in answer.content.decode()
    assert any("one hold more" in one.message for one in caplog.records)
    assert Booking.objects.filter(state="held").count() == 3


def test_who_was_too_late_kept_nothing_and_is_not_counted(
    clock: MovableClock, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(holds, "MOST_HOLDS", 2)
    rush = find(
        Wish("squash", since=clock.now() + timedelta(days=1), sites=frozenset({"southdale-leisure"})), at=clock.now()
    )
    wanted = [rush.slots[0].key] * 4 + [rush.slots[1].key]
    told = []
    for key in wanted:
        here = client.post("/services/book-court/start", follow=True).redirect_chain[-1][0].rsplit("/", 1)[0]
        client.post(f"{here}/activity", {"activity": "squash"})
        client.post(f"{here}/card", {"card": ""})
        answer = client.post(f"{here}/slot", {"slot": key})
        told.append("Somebody has just taken that time" in answer.content.decode() or answer.status_code)
    assert told == [302, True, True, True, 302]


def test_an_officers_marks_need_the_right_and_a_booking_that_stands(clock: MovableClock, client: Client) -> None:
    row = booked(clock)
    for path in ("", "/failed"):
        answer = client.post(f"/desk/diary/{row.id}{path}", {"act": "done", "reason": "vehicle"})
        assert answer.status_code == 401
    assert Booking.objects.get(id=UUID(str(row.id))).state == "confirmed"
