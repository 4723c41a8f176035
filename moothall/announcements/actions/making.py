"""An announcement is made, gets its news, and ends. Each word carries the promise of the next, until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from moothall.announcements import events
from moothall.announcements.models import Announcement, News, NewsKind, Scope
from moothall.announcements.queries import news_standards
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.promises.actions import NewPromise, make_promises, meet_promises
from moothall.promises.rules import Standard
from moothall.rounds.actions import move_collections

MAY = "announcement.make"
LONGEST = 1_000


class NotSo(ValueError):
    """Something cannot stand as it is; ``field`` names what to mend, the message says how."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """What is announced. ``reach`` is a `Scope`; ``place`` says it in words.

    ``next_news`` is the code of one of the council's standards of the kind ``news``: by when there is word again.
    ``not_today`` with ``new_day`` and ``reason``: what was due on that day is done on another. ``stopped_day``: its
    lorry broke down on that day, after it had done ``done_streets``.
    """

    title: str
    doing: str
    services: tuple[str, ...]
    reach: str
    place: str
    since: datetime
    next_news: str
    area: str = ""
    usrn: int | None = None
    schedule: str = ""
    reason: str = ""
    not_today: date | None = None
    new_day: date | None = None
    stopped_day: date | None = None
    done_streets: tuple[int, ...] = ()


def make_announcement(new: NewAnnouncement, *, by: Actor, at: datetime) -> Announcement:
    """Announce a failure: it stands on the site and at the desk from this moment, and those it touches are told.

    A round that cannot go today has its collections moved to the new day, so that bin days are true at once.

    Raises:
        NotSo: with the field to mend. Refused: the actor may not announce.
    """
    require(by, MAY)
    check_announcement(new, at=at)
    standard = _standard(new.next_news, at)
    row = Announcement(
        id=new_id(), title=new.title, doing=new.doing, services=list(new.services), reach=new.reach, area=new.area,
        usrn=new.usrn, schedule_id=new.schedule, place=new.place, since=new.since, reason=new.reason,
        not_today=new.not_today, new_day=new.new_day, stopped_day=new.stopped_day,
        done_streets=list(new.done_streets) or None, made_at=at, made_by=by.id,
    )  # fmt: skip
    with transaction.atomic(), together():
        row.save(force_insert=True)
        news = _say(row, NewsKind.MADE, new.doing, by, at)
        _promise_news(row, standard, by, at)
        if row.reach == Scope.ROUND and new.not_today is not None and new.new_day is not None:
            move_collections(new.schedule, new.not_today, new.new_day, by=SYSTEM, at=at)
        record([events.happening(events.MADE, row, at, news=str(news.id), reach=str(row.reach))], by=by)
    return row


def give_news(announcement_id: UUID, *, text: str, next_news: str, by: Actor, at: datetime) -> Announcement:
    """Say how it stands now: the promise of news is kept, and the next one made. Everyone it touches is told.

    Raises:
        NotSo, Refused; LookupError: there is no such announcement.
    """
    require(by, MAY)
    words = _words(text, "news", "Say how it stands now.")
    standard = _standard(next_news, at)
    with transaction.atomic(), together():
        row = _take(announcement_id)
        news = _say(row, NewsKind.NEWS, words, by, at)
        meet_promises(row.id, kinds=["news"], by=by, at=at)
        _promise_news(row, standard, by, at)
        record([events.happening(events.NEWS, row, at, news=str(news.id))], by=by)
    return row


def end_announcement(announcement_id: UUID, *, text: str, by: Actor, at: datetime) -> Announcement:
    """Say that it is over: it leaves the pages, and everyone it touched hears so.

    Raises:
        NotSo, Refused; LookupError: there is no such announcement.
    """
    require(by, MAY)
    words = _words(text, "over", "Say how it ended. Everyone we told reads it.")
    with transaction.atomic(), together():
        row = _take(announcement_id)
        news = _say(row, NewsKind.OVER, words, by, at)
        meet_promises(row.id, kinds=["news"], by=by, at=at)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        record([events.happening(events.OVER, row, at, news=str(news.id))], by=by)
    return row


def _take(announcement_id: UUID) -> Announcement:
    row = Announcement.objects.select_for_update().filter(id=announcement_id).first()
    if row is None:
        raise LookupError("There is no such announcement.")
    if row.ended_at is not None:
        raise NotSo("news", "This is over already. Announce it again if it is back.")
    return row


def _say(row: Announcement, kind: NewsKind, text: str, by: Actor, at: datetime) -> News:
    return News.objects.create(announcement=row, kind=kind, text=text, at=at, actor_id=by.id)


def _promise_news(row: Announcement, standard: Standard, by: Actor, at: datetime) -> None:
    make_promises(
        [
            NewPromise(
                kind="news", standard=standard, subject_kind="announcement", subject_id=row.id, received_at=at,
                service=row.services[0], area=row.area, pack_version_id=current_pack().version_id,
            )
        ],
        by=by, at=at,
    )  # fmt: skip


def _standard(code: str, at: datetime) -> Standard:
    found = {one.code: one for one in news_standards(current_pack(), at)}
    if code not in found:
        raise NotSo("next_news", "Choose by when there is news again. It is a promise.")
    return found[code]


def _words(text: str, field: str, message: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise NotSo(field, message)
    if len(words) > LONGEST:
        raise NotSo(field, f"Say it in {LONGEST:,} characters: people read it on a phone.")
    return words


def check_announcement(new: NewAnnouncement, *, at: datetime) -> None:
    """Let through, or raise `NotSo` with the first thing to mend."""
    services = current_pack().services
    today = council_date(at)
    _words(new.title, "title", "Say what has failed, in a few words.")
    if len(new.title) > 120:
        raise NotSo("title", "Say it in 120 characters.")
    if not new.services or any(code not in services for code in new.services):
        raise NotSo("services", "Choose the services it touches.")
    held = {"area": new.area, "street": new.usrn, "round": new.schedule, "borough": "all"}
    if new.reach not in held:
        raise NotSo("reach", "Choose how far it reaches.")
    if not held[new.reach] or not new.place.strip():
        raise NotSo(new.reach, f"Choose the {new.reach}.")
    if new.since > at:
        raise NotSo("since", "It cannot have begun later than now.")
    _words(new.doing, "doing", "Say what we do about it. Everyone it touches reads it.")
    _standard(new.next_news, at)
    if new.not_today is None:
        return
    if new.new_day is None or new.new_day <= max(new.not_today, today):
        raise NotSo("new_day", "Give a day after the one that cannot be kept.")
    if not new.reason:
        raise NotSo("reason", "Choose the reason. People read it.")
