"""What goes on in the invented borough: lamps out in one ward, a round that could not go, and one thing that is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from moothall.announcements.actions import NewAnnouncement, end_announcement, give_news, make_announcement
from moothall.announcements.queries import news_standards
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.interfaces.cli.demo.borough import Place
from moothall.rounds.queries import round_in_words, rounds_on
from moothall.services.pack import does

OVER: Final = (
    ("library-renew", "Library loans cannot be renewed online", "We are putting it right. No fines run meanwhile.",
     "Renewing works again. Loans that ran out meanwhile were renewed for you."),
    ("garden-waste", "Garden waste cannot be paid for online", "We are putting it right. Ring us, and we take it down.",
     "Paying works again. Whoever rang us meanwhile has it from the day they rang."),
)  # fmt: skip
"""What failed yesterday and is over: the first of these that the council does itself."""


def bring(pack: Pack, place: Place, *, at: datetime) -> dict[str, int]:
    """Announce what goes on round a moment. What its actions tell people goes to the demonstration's own outbox."""
    news = {one.code for one in news_standards(pack, at)}
    if not {"news-4-hours", "news-next-day"} <= news:
        return {}
    made = 0
    ward, _, name = place.wards[0]
    if does(pack, "street-light"):
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
    if going and does(pack, "missed-bin"):
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
    over = next((one for one in OVER if does(pack, one[0])), None)
    if over is not None:
        code, title, doing, ended = over
        late = make_announcement(
            NewAnnouncement(
                title, doing, (code,), "borough", pack.council.short_name or pack.council.name,
                at - timedelta(days=1, hours=6), "news-4-hours",
            ),
            by=SYSTEM, at=at - timedelta(days=1, hours=5),
        )  # fmt: skip
        end_announcement(late.id, text=ended, by=SYSTEM, at=at - timedelta(days=1, hours=3))
        made += 1
    return {"announcements": made}
