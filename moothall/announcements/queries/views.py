"""Announcements as screens and messages show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from moothall.announcements.models import Announcement, News, Touched
from moothall.announcements.rules import Reach, Spot, touches
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.promises.pack import STANDARDS
from moothall.promises.queries import PromiseMark, marks_of
from moothall.promises.rules import Standard, say_day, say_moment

MOST_LIVE = 50


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """One announcement in words. ``says`` is the newest word; ``next_news_words`` by when there is another, empty when over.

    ``late``: that promise is broken, and the words give the new time.
    """

    id: UUID
    title: str
    services: tuple[str, ...]
    reach: Reach
    place: str
    since: datetime
    since_words: str
    says: str
    said_at: datetime
    next_news_at: datetime | None
    next_news_words: str
    late: bool
    reason: str
    not_today: date | None
    new_day: date | None
    made_at: datetime
    ended_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether it still goes on."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One word about it: what kind, when, and by whom (an officer's id)."""

    kind: str
    text: str
    at: datetime
    actor_id: UUID | None


def live(*, at: datetime) -> tuple[AnnouncementView, ...]:
    """Return what is going on now, newest first. One query; three when there is anything."""
    rows = list(Announcement.objects.filter(ended_at__isnull=True).order_by("-made_at")[:MOST_LIVE])
    return _views(rows, at)


def touching(
    services: Collection[str], spot: Spot | None, *, among: Iterable[AnnouncementView]
) -> tuple[AnnouncementView, ...]:
    """Return those among some that touch one of these services (any, where none is named) at a place. No database."""
    return tuple(one for one in among if touches(one.reach, services, spot))


def finished(*, at: datetime, limit: int = 20) -> tuple[AnnouncementView, ...]:
    """Return what is over, the latest first."""
    rows = Announcement.objects.filter(ended_at__isnull=False).order_by("-ended_at")[:limit]
    return _views(list(rows), at)


def announcement(announcement_id: UUID, *, at: datetime) -> AnnouncementView | None:
    """Return one of them, or None. Three queries."""
    return next(iter(_views(list(Announcement.objects.filter(id=announcement_id)), at)), None)


def of_contact(contact_id: UUID, *, at: datetime) -> AnnouncementView | None:
    """Return the announcement a contact was about, or None. Four queries at most."""
    rows = Announcement.objects.filter(touched__contact_id=contact_id)[:1]
    return next(iter(_views(list(rows), at)), None)


def news_of(announcement_id: UUID) -> list[NewsLine]:
    """Return everything said about it, newest first. One query."""
    rows = News.objects.filter(announcement_id=announcement_id).order_by("-at", "-id")
    return [NewsLine(*row) for row in rows.values_list("kind", "text", "at", "actor_id")]


def first_news(announcement_id: UUID) -> UUID:
    """Return the id of the first word of an announcement. One query."""
    return News.objects.filter(announcement_id=announcement_id).order_by("at", "id").values_list("id", flat=True)[0]


def touched_counts(ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Return for each announcement how many it touches by how they came to it (``open``, ``later``, ``rang``). One query."""
    found: dict[UUID, dict[str, int]] = {one: {} for one in ids}
    rows = Touched.objects.filter(announcement_id__in=list(found)).values_list("announcement_id", "how")
    for one, how, count in rows.annotate(count=Count("id")).order_by():
        found[one][how] = count
    return found


def news_standards(pack: Pack, at: datetime) -> list[Standard]:
    """Return what may be promised of the next news, soonest first as the pack lists them."""
    today = council_date(at)
    specs = [spec for spec in pack.of(STANDARDS).values() if "news" in spec.applies.kinds and spec.valid_on(today)]
    return [standard for spec in specs if (standard := spec.standard(today)) is not None]


def queue_words(among: Iterable[AnnouncementView]) -> str:
    """Return what to say to people who wait in a queue: each thing in one sentence, and when there is news. No database."""
    said = []
    for one in among:
        when = f" There is news by {one.next_news_words}." if one.next_news_words and not one.late else ""
        said.append(f"{one.title.rstrip('.')}: {one.place}. {one.says.rstrip('.')}.{when}")
    if not said:
        return ""
    return " ".join(said) + " If you are calling about this, we know, and you need not wait."


def reach_of(row: Announcement) -> Reach:
    """Return how far one reaches."""
    return Reach(tuple(row.services), row.reach, row.area, row.usrn, row.schedule_id, tuple(row.done_streets or ()))


def _views(rows: list[Announcement], at: datetime) -> tuple[AnnouncementView, ...]:
    if not rows:
        return ()
    ids = [row.id for row in rows]
    marks = marks_of(ids, at=at)
    words: dict[UUID, tuple[str, datetime]] = {}
    for one, text, said in (
        News.objects.filter(announcement_id__in=ids).order_by("at", "id").values_list("announcement_id", "text", "at")
    ):
        words[one] = (text, said)
    return tuple(_view(row, marks.get(row.id), words.get(row.id, (row.doing, row.made_at)), at) for row in rows)


def _view(row: Announcement, mark: PromiseMark | None, said: tuple[str, datetime], at: datetime) -> AnnouncementView:
    due = None
    if mark is not None and row.ended_at is None:
        due = mark.new_date or mark.due_at
    today = council_date(at)
    return AnnouncementView(
        id=row.id, title=row.title, services=tuple(row.services),
        reach=reach_of(row), place=row.place, since=row.since, since_words=_moment(row.since, today), says=said[0],
        said_at=said[1], next_news_at=due,
        next_news_words=_moment(due, today) if due else "", late=mark is not None and mark.tag == "late" and due is not None,
        reason=row.reason, not_today=row.not_today, new_day=row.new_day, made_at=row.made_at, ended_at=row.ended_at,
    )  # fmt: skip


def _moment(moment: datetime, today: date) -> str:
    """A time as people say it on the day: "2.30pm today", "Monday 23 November, 5pm"."""
    here = moment.astimezone(LONDON).replace(second=0, microsecond=0)
    words = say_moment(here, today)
    return (
        f"{words.rpartition(', ')[2]} today"
        if here.date() == today and words.startswith(say_day(today, today))
        else words
    )
