"""What goes on in the invented borough: lamps out in one ward, a round that could not go, and one thing that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from moothall.announcements.actions import NewAnnouncement, end_announcement, give_news, make_announcement
from moothall.announcements.queries import news_standards
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.interfaces.cli.demo.borough import Place
from moothall.rounds.queries import round_in_words, rounds_on


def bring(pack: Pack, place: Place, *, at: datetime) -> dict[str, int]:
    """Announce what goes on round a moment. What its actions tell people goes to the demonstration's own outbox."""
    news = {one.code for one in news_standards(pack, at)}
    if not {"news-4-hours", "news-next-day"} <= news:
        return {}
    services, made = pack.services, 0
    ward, _, name = place.wards[0]
    if "street-light" in services:
        lamps = make_announcement(
            NewAnnouncement(
                "Street lamps out", "A supply cable has failed. The network’s crew is digging.", ("street-light",),
                "area", name, at - timedelta(hours=3), "news-4-hours", area=ward,
            ),
            by=SYSTEM, at=at - timedelta(hours=2),
        )  # fmt: skip
        give_news(lamps.id, text="The break has been found. We expect light again this evening.", next_news="news-4-hours",
                  by=SYSTEM, at=at - timedelta(hours=1))  # fmt: skip
        made += 1
    today = council_date(at)
    going = rounds_on(today)
    if going and "missed-bin" in services:
        code, new_day = going[0][0], today + timedelta(days=1 if today.weekday() < 5 else 7 - today.weekday())
        make_announcement(
            NewAnnouncement(
                "Bins not emptied today", "The lorry has broken down. Please leave your bin out: we empty it on the new day.",
                ("missed-bin", "bin-day"), "round", round_in_words(code, today, pack=pack),
                at - timedelta(minutes=40), "news-next-day",
                schedule=code, reason="vehicle_breakdown", not_today=today, new_day=new_day,
            ),
            by=SYSTEM, at=at - timedelta(minutes=30),
        )  # fmt: skip
        made += 1
    if "library-renew" in services:
        late = make_announcement(
            NewAnnouncement(
                "Library loans cannot be renewed online", "We are putting it right. No fines run meanwhile.",
                ("library-renew",), "borough", pack.council.short_name or pack.council.name, at - timedelta(days=1, hours=6),
                "news-4-hours",
            ),
            by=SYSTEM, at=at - timedelta(days=1, hours=5),
        )  # fmt: skip
        end_announcement(late.id, text="Renewing works again. Loans that ran out meanwhile were renewed for you.", by=SYSTEM,
                         at=at - timedelta(days=1, hours=3))  # fmt: skip
        made += 1
    return {"announcements": made}
