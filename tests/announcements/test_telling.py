"""One announcement: whom it touches, what they are told, once each, and what becomes of those who come later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from moothall.announcements.actions import (
    NewAnnouncement,
    NotSo,
    end_announcement,
    find_touched,
    give_news,
    make_announcement,
)
from moothall.announcements.jobs import tell_in_turn
from moothall.announcements.models import News, Touched
from moothall.announcements.queries import announcement, live, queue_words
from moothall.announcements.rules import Reach, Spot, touches
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.jobs import drain
from moothall.core.people import person_providers
from moothall.notifications.models import Message
from moothall.promises.models import Promise
from moothall.promises.queries import promises_of
from moothall.promises.sweep import sweep
from moothall.rounds.actions import flag_door, import_collections
from moothall.rounds.models import FlagKind
from moothall.rounds.queries import bin_days
from tests.rounds.conftest import HOME, MILL, MONDAY

pytestmark = pytest.mark.django_db

STREET = Reach(("missed-bin",), "street", usrn=1)


@pytest.mark.parametrize(
    ("reach", "services", "spot", "touched"),
    [
        (STREET, ["missed-bin"], Spot(usrn=1), True),
        (STREET, [], Spot(usrn=1), True),
        (STREET, ["pothole"], Spot(usrn=1), False),
        (STREET, ["missed-bin"], Spot(usrn=2), False),
        (STREET, ["missed-bin"], None, False),
        (Reach(("missed-bin",), "borough"), ["missed-bin"], None, True),
        (Reach(("missed-bin",), "area", area="W1"), ["missed-bin"], Spot(area="W1"), True),
        (Reach(("missed-bin",), "area", area="W1"), ["missed-bin"], Spot(), False),
        (Reach(("missed-bin",), "round", schedule="r1"), ["missed-bin"], Spot(schedule="r1"), True),
        (Reach(("missed-bin",), "round"), ["missed-bin"], Spot(), False),
    ],
)
def test_what_touches_what(reach: Reach, services: list[str], spot: Spot | None, touched: bool) -> None:
    assert touches(reach, services, spot) is touched


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to", flat=True))


def test_those_with_something_open_there_are_told_once_and_nobody_else(missed: Any, announce: Any) -> None:
    missed(HOME, "amina@example.com")
    missed(HOME, "amina@example.com")  # a second request of the same address and person
    missed(12, "bill@example.com")
    missed(21, "far@example.com")
    drain()
    one = announce()
    assert told("announcement-made") == ["amina@example.com", "amina@example.com", "bill@example.com"]
    people = {m.customer_id for m in Message.objects.filter(template="announcement-made")}
    assert len(people) == 3  # two records of Amina: nobody is joined by an e-mail address alone
    news = News.objects.get()
    find_touched(one.id, at=now())
    tell_in_turn(news.id)
    drain()
    assert len(told("announcement-made")) == 3
    words = Message.objects.filter(template="announcement-made").first()
    assert words is not None
    assert "Leave your bin out" in words.body
    assert "There is news by 12pm today" in words.body.replace("midday", "12pm")


def test_one_person_with_two_things_open_hears_it_once(missed: Any, announce: Any) -> None:
    first, second = missed(), missed()
    assert first.customer_id
    assert second.case_id
    from moothall.cases.models import Case

    Case.objects.filter(id=second.case_id).update(customer_id=first.customer_id)
    announce()
    assert told("announcement-made") == ["amina@example.com"]
    assert Touched.objects.count() == 2


def test_the_next_news_is_a_promise_kept_broken_and_owned_up_to(announce: Any, clock: Any) -> None:
    one = announce()
    (first,) = promises_of([one.id], at=now())[one.id]
    assert (first.kind, first.is_open) == ("news", True)
    assert first.due_at == now() + timedelta(hours=2)
    clock.advance(timedelta(hours=1))
    give_news(one.id, text="The lorry is on its way.", next_news="news-2-hours", by=SYSTEM, at=now())
    first, second = promises_of([one.id], at=now())[one.id]
    assert (first.tag, second.is_open) == ("kept", True)
    clock.advance(timedelta(hours=3))
    sweep(now())
    drain()
    shown = announcement(one.id, at=now())
    assert shown is not None
    assert shown.late
    assert shown.next_news_at is not None
    assert shown.next_news_at > now()
    end_announcement(one.id, text="Every bin is empty.", by=SYSTEM, at=now())
    assert {p.tag for p in promises_of([one.id], at=now())[one.id]} == {"kept", "kept_late"}
    assert live(at=now()) == ()
    with pytest.raises(NotSo, match="over already"):
        give_news(one.id, text="More", next_news="news-2-hours", by=SYSTEM, at=now())


def test_a_later_request_is_joined_and_hears_news_and_the_end_but_not_the_first_word(
    missed: Any, announce: Any, clock: Any
) -> None:
    missed(HOME, "amina@example.com")
    one = announce()
    clock.advance(timedelta(minutes=20))
    missed(12, "bill@example.com")
    missed(21, "far@example.com")
    drain()
    clock.advance(timedelta(minutes=20))
    give_news(one.id, text="The lorry has come.", next_news="news-2-hours", by=SYSTEM, at=now())
    drain()
    end_announcement(one.id, text="Every bin is empty.", by=SYSTEM, at=now())
    drain()
    assert told("announcement-made") == ["amina@example.com"]
    assert told("announcement-news") == told("announcement-over") == ["amina@example.com", "bill@example.com"]
    missed(12, "late@example.com")
    drain()
    assert Touched.objects.count() == 2, "what comes after the end is its own matter"


def test_a_round_that_cannot_go_gets_its_day_and_everyone_the_reason(missed: Any, announce: Any, clock: Any) -> None:
    raised = missed(HOME, "amina@example.com")
    helped = missed(21, "helped@example.com")
    assert helped.case_id
    from moothall.cases.actions import close_case

    close_case(helped.case_id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=now())
    flag_door(21, FlagKind.ASSISTED, begins=MONDAY, ends=None, case_id=helped.case_id, by=SYSTEM, at=now())
    thursday = date(2026, 3, 5)
    announce(reach="round", schedule="r1", usrn=None, place="Round r1", reason="vehicle_breakdown", not_today=MONDAY,
             new_day=thursday)  # fmt: skip
    assert bin_days(HOME, since=MONDAY, until=date(2026, 3, 8)).days == {"general": [thursday]}
    import_collections([("r1", MONDAY, "general")], by=SYSTEM)
    assert bin_days(HOME, since=MONDAY, until=date(2026, 3, 8)).days == {"general": [thursday]}, (
        "kept when brought in again"
    )
    assert raised.case_id
    promise = next(p for p in promises_of([raised.case_id], at=now())[raised.case_id] if p.kind == "complete")
    assert promise.new_date is not None
    assert promise.new_date.date() == thursday
    assert told("promise-new-date") == ["amina@example.com"]
    assert told("announcement-made") == ["helped@example.com"], "who has help with bins is never forgotten"
    assert "Vehicle out of action" in Message.objects.get(template="promise-new-date").body
    assert Promise.objects.filter(kind="news").count() == 1


def test_only_those_allowed_announce_and_only_what_can_be(announce: Any, council: Any) -> None:
    base = {
        "title": "Bins not emptied", "doing": "We come.", "services": ("missed-bin",), "reach": "street", "usrn": MILL,
        "place": "Mill Lane", "since": now(), "next_news": "news-2-hours",
    }  # fmt: skip
    with pytest.raises(Refused):
        make_announcement(NewAnnouncement(**base), by=ANONYMOUS, at=now())  # type: ignore[arg-type]
    for field, wrong in {
        "title": " ", "doing": "", "services": ("flying",), "reach": "moon", "next_news": "call-back", "place": "",
    }.items():  # fmt: skip
        with pytest.raises(NotSo) as said:
            make_announcement(NewAnnouncement(**base | {field: wrong}), by=SYSTEM, at=now())  # type: ignore[arg-type]
        assert said.value.field in {field, "street"}
    with pytest.raises(NotSo, match="later than now"):
        make_announcement(NewAnnouncement(**base | {"since": now() + timedelta(hours=1)}), by=SYSTEM, at=now())  # type: ignore[arg-type]
    with pytest.raises(NotSo, match="a day after"):
        make_announcement(
            NewAnnouncement(**base | {"not_today": MONDAY, "new_day": MONDAY, "reason": "severe_weather"}),  # type: ignore[arg-type]
            by=SYSTEM, at=now(),
        )  # fmt: skip
    assert live(at=now()) == ()


def test_the_queue_hears_it_too(announce: Any) -> None:
    assert queue_words(()) == ""
    announce()
    said = queue_words(live(at=now()))
    assert said.startswith("Bins not emptied: Mill Lane. A second lorry comes this afternoon. Leave your bin out.")
    assert "you need not wait" in said


def test_what_touched_a_person_is_told_and_forgotten(missed: Any, announce: Callable[..., Any]) -> None:
    raised = missed()
    announce()
    room = next(one for one in person_providers() if one.room == "announcements")
    assert raised.customer_id
    assert [entry.title for entry in room.timeline([raised.customer_id], SYSTEM, 10, None)] == [
        "Announcement: Bins not emptied"
    ]
    assert len(room.export(raised.customer_id)["announcements"]) == 1
    assert room.erase(raised.customer_id, SYSTEM, now()) == 1
    assert room.timeline([raised.customer_id], SYSTEM, 10, None) == []
