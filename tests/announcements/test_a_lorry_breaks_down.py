"""A lorry breaks down: those it has not been to hear why and when there is news, by themselves and once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from moothall.announcements.actions import announce_stop, end_announcement
from moothall.announcements.models import Announcement, How, Touched
from moothall.announcements.queries import live, queue_words
from moothall.contacts.models import Contact
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.customers.models import ContactPoint, Customer
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.notifications.models import Message
from moothall.rounds.actions import ListedHome, bring_list
from moothall.rounds.models import CabEvent
from moothall.services.pack import SERVICES
from tests.announcements.conftest import HOMES
from tests.rounds.conftest import FAR, HIGH, HOME, MILL, MONDAY, NEIGHBOUR

pytestmark = pytest.mark.django_db


def lives(uprn: int, name: str, *, email: str = "", address: str = "") -> Customer:
    one = Customer.objects.create(
        reference=f"C{name}"[:8], given_name=name, family_name="Ash", search=name.lower(), uprn=uprn, address_text=address,
        created_at=now(), changed_at=now(),
    )  # fmt: skip
    if email:
        ContactPoint.objects.create(customer=one, kind="email", value=email, shown=email, created_at=now())
    return one


def told(template: str = "announcement-made") -> list[str]:
    """Whom we told, in the order they were told."""
    return list(Message.objects.filter(template=template).order_by("id").values_list("to", flat=True))


def asked(council: Any, uprn: int, email: str) -> None:
    """Somebody reports a missed bin, whatever becomes of it."""
    service = council.of(SERVICES)["missed-bin"]
    given = {
        "address": {"text": HOMES[uprn], "postcode": "LS1 1UR", "uprn": str(uprn), "line1": HOMES[uprn].split(",")[0]},
        "bin": "general", "out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
        "contact": {"name": "Amina Dunn", "email": email},
    }  # fmt: skip
    answers, wrong = read_all(service, given, today=date(2026, 3, 2), channel="web")
    assert wrong == {}
    raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=now())


@pytest.fixture
def stopped(missed: Any, round_: Any) -> None:
    """Mill Lane was done when the lorry broke down; High Street is left. Somebody in each had a missed bin open already."""
    missed(HOME, "done@example.com")
    missed(FAR, "asked@example.com")
    CabEvent.objects.all().delete()
    round_("passed_street", "09:05", usrn=MILL)
    lives(FAR, "Bea", email="bea@example.com")
    lives(FAR, "Post", address="2 High Street")
    lives(HOME, "Cy", email="cy@example.com")
    drain()
    round_("broken_down", "09:30")
    drain()


@pytest.mark.long
def test_who_is_left_is_told_once_why_and_when_and_who_is_done_is_not(stopped: None, round_: Any) -> None:
    assert told() == ["asked@example.com", "bea@example.com"], "open cases first; done streets and letters not at all"
    words = Message.objects.filter(template="announcement-made").first()
    assert words is not None
    said = words.body.replace("\\", "")
    assert "The lorry has broken down. Please leave your bin out" in said
    assert "There is news by" in said
    one = Announcement.objects.get()
    assert (one.reach, one.schedule_id, one.stopped_day, one.done_streets) == ("round", "r1", MONDAY, [MILL])
    round_("broken_down", "09:31")  # the other device in the cab
    round_("broken_down", "09:31", bin_="recycling")
    drain()
    assert Announcement.objects.count() == 1
    assert len(told()) == 2


def test_it_stands_on_the_site_the_desk_and_in_the_queue_and_later_contacts_join_it(
    stopped: None, council: Any, client: Client, clock: Any
) -> None:
    assert "Bins not emptied yet" in client.get("/").content.decode()
    said = queue_words(live(at=now()))
    assert said.startswith("Bins not emptied yet: ")
    assert "The lorry has broken down." in said
    for uprn, email in ((FAR, "later@example.com"), (NEIGHBOUR, "done.too@example.com")):
        asked(council, uprn, email)
    drain()
    later = Touched.objects.get(how=How.RANG)
    assert Contact.objects.get(id=later.contact_id).service == "missed-bin", (
        "she was answered at once, and hears the end"
    )
    assert Touched.objects.filter(how=How.LATER).count() == 0, "what is in a street that was done is its own matter"


def test_going_again_clears_it_and_everyone_hears_so(stopped: None, round_: Any) -> None:
    round_("resumed", "09:50")
    drain()
    assert live(at=now()) == ()
    assert told("announcement-over") == ["asked@example.com", "bea@example.com"]
    assert not Touched.objects.filter(how=How.LIVES, customer_id__isnull=False).exists(), "who lives there is not kept"
    round_("broken_down", "09:55")
    drain()
    assert Announcement.objects.count() == 2, "it broke down again"


def test_a_bin_emptied_afterwards_is_going_again_whatever_the_order(town: None, round_: Any, clock: Any) -> None:
    CabEvent.objects.all().delete()
    round_("not_out", "09:40", uprn=FAR)
    round_("broken_down", "09:20")  # heard late: it goes again already
    drain()
    assert not Announcement.objects.exists()
    round_("broken_down", "09:45")
    drain()
    assert Announcement.objects.filter(ended_at=None).count() == 1
    round_("finished", "09:50")
    drain()
    assert Announcement.objects.filter(ended_at=None).count() == 1, "the crew went home: the streets are still left"
    round_("passed_street", "09:55", usrn=HIGH)
    drain()
    assert not Announcement.objects.filter(ended_at=None).exists()


def test_homes_whose_bins_are_fetched_come_before_the_others(town: None, round_: Any) -> None:
    CabEvent.objects.all().delete()
    lives(HOME, "Ann", email="a@example.com")
    lives(FAR, "Zoe", email="z@example.com")
    bring_list([ListedHome(1, FAR)], source="waste", may_end=lambda: False, say=lambda *_: None, by=SYSTEM, at=now())
    round_("broken_down", "08:00")
    drain()
    assert told() == ["z@example.com", "a@example.com"]


def test_an_officers_word_on_the_round_stands_and_yesterdays_lorry_is_none(
    announce: Any, round_: Any, clock: Any
) -> None:
    hers = announce(reach="round", schedule="r1", usrn=None, place="Round r1")
    round_("broken_down", "09:30")
    drain()
    assert Announcement.objects.get().id == hers.id
    end_announcement(hers.id, text="Done.", by=SYSTEM, at=now())
    clock.advance(timedelta(days=1))
    assert announce_stop("r1", MONDAY, by=SYSTEM, at=now()) is None
    assert announce_stop("r1", date(2026, 3, 3), by=SYSTEM, at=now()) is None, "nothing stopped"
    assert Contact.objects.count() == 0
