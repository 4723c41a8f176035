"""A system's feed of changes: read page by page from where we were, whatever order and however often its entries come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moothall.core.access import Refused
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.linking.actions import fetching
from moothall.customers.linking.adapters.change_feed import ChangeFeed, _lots, _row
from moothall.customers.linking.adapters.change_feed.twin import FeedTwin
from moothall.customers.linking.models import Delivery, RecordVersion, RefusedRow, Source, SourceRecord
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.queries import sources
from tests.customers.linking.conftest import COLLEAGUE, OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher")]
LIBRARY = "library"


@pytest.fixture
def feed(settings: Any, clock: Any) -> Iterator[FeedTwin]:
    running = FeedTwin().start()
    settings.SYSTEM_FEEDS = {LIBRARY: f"{running.url}/{LIBRARY}"}
    yield running
    running.stop()


def entry(clock: Any, key: str, family: str, *, minutes: int = 0, **more: Any) -> dict[str, Any]:
    """A borrower as the library's system tells of her, changed so many minutes ago."""
    at = clock.now() - timedelta(minutes=minutes)
    return {"at": at.isoformat(), "record": {"barcode": key, "first_name": "Amina", "last_name": family} | more}


def gone(clock: Any, key: str, *, minutes: int = 0) -> dict[str, Any]:
    return {"at": (clock.now() - timedelta(minutes=minutes)).isoformat(), "key": key, "gone": True}


def pull(clock: Any) -> int:
    return fetching.pull_feed(LIBRARY, at=clock.now())


def held() -> dict[str, tuple[str, bool]]:
    return {one.key: (one.fields.get("family_name", ""), one.gone) for one in SourceRecord.objects.all()}


def place() -> str:
    return Source.objects.get().place


def test_it_is_read_in_pages_to_its_end_and_on_from_there(feed: FeedTwin, clock: Any) -> None:
    feed.say(LIBRARY, *(entry(clock, f"L{n}", f"Name{n}") for n in range(7)))
    assert pull(clock) == 3
    assert (len(held()), place()) == (7, "7")
    assert [after for _, after in feed.asked] == ["", "3", "6"]
    assert {one.how for one in Delivery.objects.all()} == {"feed"}
    feed.say(LIBRARY, entry(clock, "L8", "Later"))
    clock.advance(minutes=5)
    assert pull(clock) == 1
    assert feed.asked[-1] == (LIBRARY, "7")
    assert held()["L8"] == ("Later", False)


def test_what_came_before_does_not_undo_what_came_after(feed: FeedTwin, clock: Any) -> None:
    feed.say(LIBRARY, entry(clock, "L1", "New", minutes=1), entry(clock, "L2", "Gone", minutes=9))
    pull(clock)
    feed.say(LIBRARY, entry(clock, "L1", "Old", minutes=30), gone(clock, "L2", minutes=2))
    pull(clock)
    feed.say(LIBRARY, entry(clock, "L2", "Before it went", minutes=5))
    pull(clock)
    assert held() == {"L1": ("New", False), "L2": ("Gone", True)}
    assert RecordVersion.objects.filter(record__key="L1").count() == 2, "the late one is kept as it came"
    assert sum(one.late for one in Delivery.objects.all()) == 2


def test_a_record_that_went_before_it_came_is_kept_as_gone(feed: FeedTwin, clock: Any) -> None:
    feed.say(LIBRARY, gone(clock, "L9", minutes=1))
    pull(clock)
    feed.say(LIBRARY, entry(clock, "L9", "Late", minutes=3))
    pull(clock)
    assert held()["L9"][1] is True
    feed.say(LIBRARY, entry(clock, "L9", "Back"))
    pull(clock)
    assert held()["L9"] == ("Back", False)


def test_entries_told_again_change_nothing(feed: FeedTwin, clock: Any) -> None:
    feed.say(LIBRARY, *(entry(clock, f"L{n}", "Dunn", minutes=9) for n in range(3)))
    pull(clock)
    feed.repeats = 2
    feed.say(LIBRARY, entry(clock, "L3", "Dunn", minutes=1))
    pull(clock)
    last = Delivery.objects.order_by("received_at", "id").last()
    assert (last.new, last.same, last.changed) == (1, 2, 0)


def test_a_record_twice_in_one_page_is_read_in_order_and_both_are_kept(feed: FeedTwin, clock: Any) -> None:
    feed.say(
        LIBRARY, entry(clock, "L1", "First", minutes=3), entry(clock, "L1", "Second", minutes=2), gone(clock, "L1")
    )
    pull(clock)
    assert held() == {"L1": ("Second", True)}
    assert RecordVersion.objects.count() == 3
    assert not RefusedRow.objects.exists()
    assert place() == "3"


def test_what_cannot_be_read_is_refused_with_its_reason_and_stops_nothing(feed: FeedTwin, clock: Any) -> None:
    feed.size = 10
    feed.say(
        LIBRARY, entry(clock, "L1", "Dunn"), "nonsense", {"record": {"barcode": "L2", "last_name": "Shah"}},
        {**entry(clock, "L3", "Osei"), "at": "2026-11-23T09:00:00"}, entry(clock, "L4", "Pike", minutes=-60),
        {"at": clock.now().isoformat(), "gone": True}, entry(clock, "L5", "Bell"), entry(clock, "L6", "Ali"),
        entry(clock, "L7", "May"), entry(clock, "L8", "Lee"),
    )  # fmt: skip
    pull(clock)
    assert sorted(held()) == ["L1", "L5", "L6", "L7", "L8"]
    assert list(RefusedRow.objects.order_by("row").values_list("row", "key", "reason")) == [
        (2, "", "It is not an object."),
        (3, "L2", "It does not say when it changed, with the zone."),
        (4, "L3", "It does not say when it changed, with the zone."),
        (5, "L4", "It says that it changed at a moment still to come."),
        (6, "", "It has neither a record, nor the key of one that is gone."),
    ]
    assert place() == "10"


@pytest.mark.parametrize("trouble", ["down", "nonsense"])
def test_one_that_does_not_answer_is_told_of_and_read_on_when_it_does(feed: FeedTwin, clock: Any, trouble: str) -> None:
    feed.say(LIBRARY, *(entry(clock, f"L{n}", "Dunn") for n in range(4)))
    feed.size = 2
    assert fetching.pull_feed(LIBRARY, at=clock.now(), most=1) == 1
    setattr(feed, trouble, True)
    began = clock.now()
    assert pull(clock) == 0
    clock.advance(minutes=5)
    assert pull(clock) == 0
    (line,) = sources(OFFICER)
    assert (line.since, line.place) == (began, "2")
    assert "answered" in line.problem
    setattr(feed, trouble, False)
    assert pull(clock) == 1
    assert (sources(OFFICER)[0].problem, len(held())) == ("", 4)


def test_a_page_stopped_in_the_middle_is_gone_on_with(feed: FeedTwin, clock: Any, monkeypatch: Any) -> None:
    feed.size = 500
    feed.say(LIBRARY, *(entry(clock, f"L{n}", f"Name{n}") for n in range(450)))
    real = fetching.receive

    def killed(*args: Any, **more: Any) -> Delivery:
        return real(*args, **more, stop_after=1)

    monkeypatch.setattr(fetching, "receive", killed)
    assert pull(clock) == 0
    assert (len(held()), place()) == (200, "")
    monkeypatch.setattr(fetching, "receive", real)
    clock.advance(minutes=5)
    assert pull(clock) == 1
    assert (len(held()), place(), Delivery.objects.get().new) == (450, "450", 450)


def test_a_place_it_forgot_is_shown_and_begun_anew_by_an_officer(feed: FeedTwin, clock: Any) -> None:
    feed.say(LIBRARY, *(entry(clock, f"L{n}", "Dunn") for n in range(2)))
    pull(clock)
    feed.forgot = 99
    assert pull(clock) == 0
    assert "no longer has what came after our place" in sources(OFFICER)[0].problem
    with pytest.raises(Refused):
        fetching.begin_feed_anew(LIBRARY, by=COLLEAGUE, at=clock.now())
    fetching.begin_feed_anew(LIBRARY, by=OFFICER, at=clock.now())
    assert pull(clock) == 1
    assert [(one.new, one.same) for one in Delivery.objects.all()] == [(2, 0)], "the same page is the same delivery"


def test_columns_that_moved_leave_the_place_until_the_pack_knows_them(feed: FeedTwin, clock: Any, council: Any) -> None:
    feed.size = 10
    moved = [{"at": clock.now().isoformat(), "record": {"card_number": f"L{n}", "surname": "Dunn"}} for n in range(6)]
    feed.say(LIBRARY, *moved)
    assert pull(clock) == 0
    assert "the columns may have moved" in sources(OFFICER)[0].problem
    assert place() == ""
    before = council.of(SYSTEMS)[LIBRARY].records
    layout = before.model_copy(update={"columns": before.columns | {"key": before.columns["key"].model_copy(
        update={"names": ("barcode", "card_number")})}})  # fmt: skip
    old, new = ({one.digest for one in _lots([_row(1, moved[0], clock.now())], how)} for how in (before, layout))
    assert old != new, "described anew, the same page is read anew"


def test_the_job_reads_every_feed_and_the_console_shows_them(feed: FeedTwin, clock: Any, settings: Any) -> None:
    settings.SYSTEM_FEEDS = {"*": feed.url}
    feed.say(LIBRARY, entry(clock, "L1", "Dunn"))
    feed.say("waste", {"at": clock.now().isoformat(), "record": {"subscription": "G1", "last_name": "Shah"}})
    drain()
    assert sorted(SourceRecord.objects.values_list("system", "key")) == [(LIBRARY, "L1"), ("waste", "G1")]
    assert {line.how for line in sources(OFFICER)} == {"feed"}
    assert len(sources(OFFICER)) > 5
    with pytest.raises(Refused):
        sources(COLLEAGUE)


def test_a_system_without_a_feed_is_not_asked(clock: Any, settings: Any) -> None:
    settings.SYSTEM_FEEDS = {}
    assert fetching.pull_feed(LIBRARY, at=clock.now()) == 0
    assert not Source.objects.exists()
    assert ChangeFeed("https://library.example.org/api/", "secret").headers["Authorization"] == "Bearer secret"
    assert SYSTEM.may("delivery.bring")
