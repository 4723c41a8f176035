"""A lorry breaks down: it is announced by itself, once, and over when it goes again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from moothall.announcements.actions.making import NewAnnouncement, end_announcement, make_announcement
from moothall.announcements.models import Announcement, Scope
from moothall.announcements.queries import news_standards
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import round_in_words, stopped_now


def announce_stop(schedule: str, day: date, *, by: Actor, at: datetime) -> Announcement | None:
    """Announce that today's lorry of a round has broken down, unless it goes again by now, or it is announced already.

    Two bins of one lorry, two devices in it, an event that comes twice or late: one announcement. Where an officer has
    announced something of this round that still goes on, hers stands. Returns the one that is new.
    """
    pack = current_pack()
    words = pack.one(ROUNDS).stopped
    services = tuple(code for code in words.services if code in pack.services)
    news = [one.code for one in news_standards(pack, at)]
    if day != council_date(at) or not services or not news:
        return None
    with transaction.atomic():
        _in_turn(schedule)
        stands = stopped_now(schedule, day, at=at)
        if stands is None or _going_on(schedule).exists():
            return None
        return make_announcement(
            NewAnnouncement(
                title=words.title, doing=words.doing, services=services, reach=Scope.ROUND, schedule=schedule,
                place=round_in_words(schedule, day, pack=pack)[:160], since=stands.since, reason=words.reason,
                next_news=words.next_news if words.next_news in news else news[0], stopped_day=day, done_streets=stands.done,
            ),
            by=by, at=at,
        )  # fmt: skip


def end_stop(schedule: str, day: date, *, by: Actor, at: datetime) -> Announcement | None:
    """Say that a round's lorry goes again, where that it stopped was announced by itself. Returns what is over now."""
    with transaction.atomic():
        _in_turn(schedule)
        one = _going_on(schedule).filter(stopped_day=day).first()
        if one is None or stopped_now(schedule, day, at=at) is not None:
            return None
        return end_announcement(one.id, text=current_pack().one(ROUNDS).stopped.again, by=by, at=at)


def _going_on(schedule: str) -> QuerySet[Announcement]:
    return Announcement.objects.filter(reach=Scope.ROUND, schedule_id=schedule, ended_at__isnull=True)


def _in_turn(schedule: str) -> None:
    """Two events of one round wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"announcements.stop:{schedule}"])
