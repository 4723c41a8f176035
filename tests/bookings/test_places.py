"""Classes and workshops: many come to one session, each with a place; a party that gets smaller gives its places back."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.actions import NotBookable, SlotTaken, TooFewPlaces, TooLate
from moothall.bookings.importing import ImportedBooking, import_bookings
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking, Tally, Wait
from moothall.bookings.pack import BOOKABLES, RESOURCES, _check_places, _check_session
from moothall.bookings.queries import Wish, booking, find
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.models import Event
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.intake import actions as intake
from moothall.intake.dialogue import AnswerError
from moothall.intake.models import Dialogue
from moothall.intake.queries.slots import SlotFilter, slot_search
from moothall.intake.slots import SlotGone, book_slots
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.usefixtures("council")]
KIRKSIDE = frozenset({"kirkside-leisure"})


@pytest.fixture
def taster(slots: Any) -> Any:
    """The swimming taster of Saturday at Kirkside: eight places."""
    return slots("swim_taster", sites=KIRKSIDE)[0]


@pytest.fixture
def books(thursday: Any, held: Any) -> Any:
    """Book places for somebody who is told by e-mail."""

    def book(slot: Any, places: int, bookable: str = "swim_taster") -> Any:
        her = create_customer(
            given_name="Nour", family_name="Khalil", contact_points=[("email", f"{uuid4().hex}@example.com")], by=SYSTEM,
            at=thursday.now(),
        )  # fmt: skip
        made = held(bookable, slot.key, places=places, customer_id=her.id)
        return actions.confirm(made.id, by=SYSTEM, at=thursday.now())

    return book


def taken() -> list[int]:
    return list(Tally.objects.order_by("starts_at").values_list("units", flat=True))


@pytest.mark.django_db
def test_a_session_is_offered_only_on_its_days_and_says_how_many_places_are_left(slots: Any, held: Any) -> None:
    found = slots("swim_taster")
    assert {(one.site, one.starts_at.strftime("%a %H:%M")) for one in found} == {
        ("kirkside-leisure", "Sat 11:00"), ("kirkside-leisure", "Sun 11:00"), ("hollin-leisure", "Sun 10:00"),
    }  # fmt: skip
    first = found[0]
    assert (first.free, first.left, first.left_words) == (8, 8, "8 places left")
    held("swim_taster", first.key, places=5)
    held("swim_taster", first.key, places=2)
    assert slots("swim_taster")[0].left_words == "1 place left"
    assert first.key not in {one.key for one in slots("swim_taster", places=2)}, "a party of two does not fit any more"
    held("swim_taster", first.key, places=1)
    assert first.key not in {one.key for one in slots("swim_taster")}
    assert slots("squash")[0].left_words == "", "of a court no places are counted"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("places", "says"), [(0, "from 1 to 6"), (-2, "from 1 to 6"), (7, "from 1 to 6"), (200, "1 to 6")]
)
def test_none_fewer_or_more_than_one_party_may_have_is_refused(held: Any, taster: Any, places: int, says: str) -> None:
    with pytest.raises(NotBookable, match=says):
        held("swim_taster", taster.key, places=places)
    assert not Booking.objects.exists()
    assert sum(taken()) == 0


@pytest.mark.django_db
def test_a_party_bigger_than_what_is_left_is_told_how_many_there_are(slots: Any, held: Any, taster: Any) -> None:
    held("swim_taster", taster.key, places=6)
    with pytest.raises(TooFewPlaces, match=r"Only 2 places are left then, and you want 3\.") as told:
        held("swim_taster", taster.key, places=3)
    assert (told.value.left, taken()) == (2, [6])
    held("swim_taster", taster.key, places=1)
    with pytest.raises(TooFewPlaces, match="Only 1 place is left then"):
        held("swim_taster", taster.key, places=2)
    held("swim_taster", taster.key, places=1)
    with pytest.raises(SlotTaken, match="just taken that time") as full:
        held("swim_taster", taster.key, places=1)
    assert not isinstance(full.value, TooFewPlaces)
    assert len(slots("swim_taster", places=3)) == len(slots("swim_taster")), "every other session has room for three"


@pytest.mark.django_db
def test_what_ran_out_has_its_places_again_before_any_worker_swept(thursday: Any, held: Any, taster: Any) -> None:
    held("swim_taster", taster.key, places=6)
    thursday.advance(minutes=16)
    assert held("swim_taster", taster.key, places=6).state == "held"
    assert taken() == [6]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_last_two_places_wanted_by_five_at_once_go_to_one(thursday: Any, taster: Any, held: Any) -> None:
    held("swim_taster", taster.key, places=6)
    at, came, barrier = thursday.now(), list[str](), threading.Barrier(5)

    def wants() -> None:
        barrier.wait()
        try:
            actions.hold("swim_taster", taster.key, places=2, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=at)
            came.append("held")
        except SlotTaken:
            came.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=wants) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(came) == ["held", "told", "told", "told", "told"]
    assert taken() == [8]


@pytest.mark.django_db
def test_one_of_two_gives_up_her_place_and_who_waits_for_it_is_asked(
    thursday: Any, slots: Any, books: Any, taster: Any
) -> None:
    mine = books(taster, 6)
    books(taster, 2)
    wish = {"since": thursday.now(), "until": thursday.now() + timedelta(days=9), "sites": ("kirkside-leisure",)}
    for who, places in (("three", 3), ("two", 2), ("one", 1)):
        thursday.advance(seconds=1)
        actions.join_list(
            "swim_taster", email=f"{who}@example.com", places=places, service="book-class", by=SYSTEM, at=thursday.now(),
            **wish,
        )  # fmt: skip
    her = customer_actor(mine.customer_id)
    view = actions.keep_places(mine.id, 4, by=her, at=thursday.now())
    assert (view.places, view.places_given_up, view.load) == (4, 2, {"units": 4})
    actions.keep_places(mine.id, 4, by=her, at=thursday.now())  # sent twice
    jobs.drain()
    said = Event.objects.get(name="booking.places_given_up")
    assert (said.data["was"], said.data["places"], said.data["by_customer"]) == (6, 4, True)
    assert [one.email for one in Wait.objects.filter(state="offered")] == ["two@example.com"], "three do not fit"
    assert taken() == [8]
    told = Message.objects.get(template="booking-fewer").body.replace("\\", "")
    assert "Swimming taster (4 places)" in told
    assert "It was 6 places." in told
    actions.cancel(mine.id, reason="asked", by=her, at=thursday.now())
    jobs.drain()
    assert sorted(Wait.objects.filter(state="offered").values_list("places", flat=True)) == [1, 2, 3]
    assert taken() == [2 + 2 + 3 + 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("keep", "says"),
    [(0, "To give up every place, cancel the booking."), (-1, "cancel the booking"), (3, "This booking has 2 places.")],
)
def test_no_places_or_more_than_there_are_cannot_be_kept(
    thursday: Any, books: Any, taster: Any, keep: int, says: str
) -> None:
    made = books(taster, 2)
    with pytest.raises(NotBookable, match=says):
        actions.keep_places(made.id, keep, by=customer_actor(None), at=thursday.now())
    assert (booking(made.id).places, taken()) == (2, [2])  # type: ignore[union-attr]


@pytest.mark.django_db
def test_who_may_give_up_places_and_until_when(
    thursday: Any, held: Any, books: Any, taster: Any, officer: Actor
) -> None:
    made = books(taster, 3)
    unpaid = held("swim_taster", taster.key, places=2)
    with pytest.raises(NotBookable, match="Only a booking that stands"):
        actions.keep_places(unpaid.id, 1, by=customer_actor(None), at=thursday.now())
    with pytest.raises(Refused):
        actions.keep_places(made.id, 1, by=Actor(kind=ActorKind.STAFF, id=uuid4()), at=thursday.now())
    with pytest.raises(actions.NoSuchBooking):
        actions.keep_places(uuid4(), 1, by=officer, at=thursday.now())
    thursday.set(taster.starts_at - timedelta(minutes=90))
    with pytest.raises(TooLate, match="so you can’t give up places here"):
        actions.keep_places(made.id, 2, by=customer_actor(None), at=thursday.now())
    assert actions.keep_places(made.id, 2, asked=True, by=officer, at=thursday.now()).places == 2, (
        "an officer still may"
    )
    thursday.set(taster.starts_at)
    with pytest.raises(NotBookable, match="It has begun"):
        actions.keep_places(made.id, 1, by=officer, at=thursday.now())


@pytest.mark.django_db
def test_what_is_left_of_a_party_is_moved_as_what_it_is_now(thursday: Any, slots: Any, books: Any, taster: Any) -> None:
    made = books(taster, 6)
    actions.keep_places(made.id, 2, by=customer_actor(None), at=thursday.now())
    other = slots("swim_taster", sites=frozenset({"hollin-leisure"}))[0]
    books(other, 6)
    view = actions.move(made.id, other.key, by=customer_actor(None), at=thursday.now())
    assert (view.site, view.places, taken()) == ("hollin-leisure", 2, [0, 8])
    full = slots("swim_taster")
    assert other.key not in {one.key for one in full}
    with pytest.raises(SlotTaken):
        actions.move(books(taster, 1).id, other.key, by=customer_actor(None), at=thursday.now())


@pytest.mark.django_db
def test_a_session_that_has_to_close_tells_all_of_them_why(
    thursday: Any, slots: Any, books: Any, taster: Any, officer: Any
) -> None:
    made = [books(taster, places) for places in (2, 1, 5)]
    since = taster.starts_at - timedelta(hours=1)
    closed = actions.close(
        "kirkside-leisure", resource="kirkside-taster", since=since, until=since + timedelta(hours=3),
        reason="the teacher is ill", by=officer, at=thursday.now(),
    )  # fmt: skip
    jobs.drain()
    assert (closed.kept, closed.moved, closed.off) == (0, 0, 3)
    assert {booking(one.id).state for one in made} == {"cancelled"}  # type: ignore[union-attr]
    told = [one.body.replace("\\", "") for one in Message.objects.filter(template="booking-cancelled")]
    assert len(told) == 3
    assert all("the teacher is ill" in one for one in told)
    assert taken() == [0]
    assert taster.key not in {one.key for one in slots("swim_taster")}


def begins(thursday: Any, activity: str, places: str) -> tuple[Any, str]:
    dialogue, token = intake.start_dialogue("book-class", channel="web", by=customer_actor(None), at=thursday.now())
    for question, given in (("activity", activity), ("places", places), ("card", "")):
        intake.answer(dialogue, token, question=question, given=given, by=customer_actor(None), at=thursday.now())
    return dialogue, token


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("0", "“How many places do you want.” must be 1 or more"), ("-1", "1 or more"), ("7", "6 or fewer"),
        ("999999999999", "6 or fewer"), ("two", "Enter a number"), ("2.5", "must be a whole number, like 1"), ("", "places"),
    ],
)  # fmt: skip
def test_a_number_of_places_that_makes_no_sense_is_asked_again(thursday: Any, given: str, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        begins(thursday, "swim_taster", given)
    assert not Booking.objects.exists()


@pytest.mark.django_db
def test_more_people_after_the_time_was_chosen_ask_the_time_again(thursday: Any, taster: Any) -> None:
    dialogue, token = begins(thursday, "swim_taster", "2")
    give = {"by": customer_actor(None), "at": thursday.now()}
    intake.answer(dialogue, token, question="slot", given=taster.key, **give)
    assert (Booking.objects.get().places, taken()) == (2, [2])
    intake.answer(dialogue, token, question="places", given="4", **give)
    assert "slot" not in Dialogue.objects.get(id=dialogue).answers
    assert (Booking.objects.get().state, taken()) == ("released", [0])
    intake.answer(dialogue, token, question="slot", given=taster.key, **give)
    assert taken() == [4]


@pytest.mark.django_db
def test_a_form_sent_whole_books_as_many_as_it_says_now(thursday: Any, council: Any, taster: Any, held: Any) -> None:
    """At the desk a time may be held for two before the form says four: four are booked and paid for, or none."""
    service, contact = council.of(SERVICES)["book-class"], uuid4()
    mine = {"for_kind": "contact", "for_id": contact, "customer_id": None, "by": SYSTEM, "at": thursday.now()}
    answers = {"activity": "swim_taster", "places": 2, "slot": {"slot": taster.key}}
    book_slots(service, answers, **mine)
    assert taken() == [2]
    book_slots(service, answers | {"places": 4}, **mine)
    assert (Booking.objects.get(state="held").places, taken()) == (4, [4])
    held("swim_taster", taster.key, places=3)
    with pytest.raises(SlotGone, match="Only 5 places are left"):
        book_slots(service, answers | {"places": 6}, **mine)


@pytest.mark.django_db
def test_the_search_says_what_is_left_and_that_a_party_finds_nothing(
    thursday: Any, council: Any, taster: Any, held: Any
) -> None:
    service = council.of(SERVICES)["book-class"]

    def search(places: int, **wanted: Any) -> Any:
        answers = {"activity": "swim_taster", "places": places}
        return slot_search(service, service.by_question["slot"], answers, SlotFilter(**wanted), at=thursday.now())

    held("swim_taster", taster.key, places=6)
    first = search(2, day="2026-11-21").choices[0]
    assert (first.label, first.price) == ("11am, 2 places left", "£10.80")
    assert first.says == "Saturday 21 November 11am, Kirkside Leisure Centre, 2 places left, £10.80"
    none = search(3, day="2026-11-21")
    assert (none.total, none.party) == (0, " with 3 places left")
    assert search(3).total > 0, "other days are offered"


@pytest.mark.django_db
def test_on_her_page_she_sees_what_comes_back_and_gives_up_a_place(thursday: Any, books: Any, taster: Any) -> None:
    made = books(taster, 3)
    browser = Client()
    here = f"/bookings/{made.id}/{token_of('booking', made.id)}"
    page = browser.get(here).content.decode()
    assert "3 places" in page
    assert "Some of us can’t come" in page
    none = browser.post(f"{here}/fewer", {})
    assert (none.status_code, "Choose how many places you keep." in none.content.decode()) == (400, True)
    for keep in ("0", "4", "x", "²", "9" * 40):
        assert browser.post(f"{here}/fewer", {"keep": keep}).status_code in {400, 409}, keep
    assert booking(made.id).places == 3  # type: ignore[union-attr]
    for _ in range(2):
        answer = browser.post(f"{here}/fewer", {"keep": "1"}, follow=True)
        assert "We’ve changed it" in answer.content.decode()
    assert (booking(made.id).places, taken()) == (1, [1])  # type: ignore[union-attr]
    page = browser.get(here).content.decode()
    assert "You gave up 2 places." in page
    assert "Some of us can’t come" not in page
    assert browser.post(f"/bookings/{made.id}/{token_of('offer', made.id)}/fewer", {"keep": "1"}).status_code == 404


@pytest.mark.django_db
def test_an_officer_gives_up_places_from_the_diary_by_whose_wish_it_is(
    thursday: Any, council: Any, books: Any, taster: Any, django_assert_max_num_queries: Any
) -> None:
    made = books(taster, 3)
    staff = create_staff(
        username="asha", name="Asha Patel", roles=["service-officer"], teams=[], password="seven-calm-otters",
        pack=council, by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    desk = Client()
    desk.force_login(staff)
    day = {"day": "2026-11-21", "where": "kirkside-leisure"}
    page = desk.get("/desk/diary/", day).content.decode()
    assert "Swimming taster (3 places)" in page
    assert "Fewer come" in page
    assert "Swimming taster, teaching pool: 3 of 8 places booked" in page
    here = f"/desk/diary/{made.id}/fewer"
    for posted, says in (
        ({"keep": "1"}, "Say whose wish it is"), ({"keep": "", "wish": "ours"}, "Choose how many places they keep."),
        ({"keep": "5", "wish": "ours"}, "This booking has 3 places."),
    ):  # fmt: skip
        assert says in desk.post(here, day | posted).content.decode()
    told = desk.post(here, day | {"keep": "2", "wish": "ours"}).content.decode()
    assert "is for 2 places now" in told
    assert Event.objects.get(name="booking.places_given_up").data["by_customer"] is False
    assert desk.post(f"/desk/diary/{uuid4()}/fewer", day | {"keep": "2", "wish": "ours"}).status_code == 404
    assert Client().post(here, {"keep": "1", "wish": "ours"}).status_code == 401
    with django_assert_max_num_queries(10):
        assert desk.get(f"/desk/diary/{made.id}/move").status_code == 200


@pytest.mark.django_db
def test_a_pack_cannot_sell_places_that_are_not_held(council: Any) -> None:
    """What is asked, what one party may have, and what a session holds fit each other."""
    service, bookables = council.of(SERVICES)["book-class"], council.of(BOOKABLES)
    aquafit, workshop = bookables["aquafit"], bookables["family_history"]
    assert [*_check_session(council, aquafit), *_check_places(council, service, aquafit, "places")] == []
    (many,) = _check_session(council, workshop.model_copy(update={"places_most": 13}))
    assert "one party could want more places than any session has" in str(many)
    (uncounted,) = _check_session(council, aquafit.model_copy(update={"code": "squash"}))
    assert "does not say how many places it has" in str(uncounted)
    (taken,) = _check_session(council, aquafit.model_copy(update={"room": "hall"}))
    assert "each party would take the room for itself" in str(taken)
    (few,) = _check_places(council, service, aquafit.model_copy(update={"places_most": 4}), "places")
    assert "does not ask for a number of places that `aquafit` has" in str(few)
    assert [*_check_places(council, service, aquafit, "activity")], "it must be a number"


@pytest.mark.django_db
def test_what_the_real_pack_says_of_its_sessions(council: Any, thursday: Any) -> None:
    sessions = [code for code, one in council.of(BOOKABLES).items() if one.kind == "session"]
    assert sessions == ["aquafit", "swim_taster", "yoga", "family_history"]
    for code in sessions:
        found = find(Wish(code), at=thursday.now()).slots
        assert found, code
        assert all(
            one.left == council.of(RESOURCES)[resource_at(council, code, one.site)].capacity.units for one in found
        )


def resource_at(council: Any, bookable: str, site: str) -> str:
    return next(c for c, one in council.of(RESOURCES).items() if bookable in one.does and one.site == site)


@pytest.mark.django_db
def test_places_booked_elsewhere_are_counted_when_they_are_brought_in(thursday: Any, slots: Any, taster: Any) -> None:
    def row(places: int) -> ImportedBooking:
        return ImportedBooking(
            "swim_taster", taster.site, "kirkside-taster", taster.starts_at, taster.ends_at, places=places
        )

    assert import_bookings([row(2), row(3)], by=SYSTEM) == 2
    import_bookings([row(1)], by=SYSTEM)
    assert (taken(), slots("swim_taster")[0].left_words) == ([6], "2 places left")
    with pytest.raises(IntegrityError, match="tally_units_within"), transaction.atomic():
        import_bookings([row(3)], by=SYSTEM)
    assert (taken(), Booking.objects.count()) == ([6], 3)
