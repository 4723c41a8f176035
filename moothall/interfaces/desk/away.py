"""What of others does not do its work just now, or is back, as officers are told: they answer for it to whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moothall.core import away
from moothall.core.away import Why
from moothall.core.packs import current_pack
from moothall.core.staff import elsewhere
from moothall.core.zone import LONDON, council_date
from moothall.customers.accounts.adapters.oidc import asking
from moothall.inbox.post_queries import FEED, FeedLine, feed_names, feeds
from moothall.notifications.carrying import CODES
from moothall.promises.rules import say_moment

WAITS: Final = "What comes waits there and is taken in by itself. Its dates count from when it came."
MEANWHILE: Final = {
    **dict.fromkeys(CODES, "They wait here and go out by themselves. Nobody need write them again."),
    elsewhere.CODE: "Whoever is signed in stays in. An administrator can give a colleague a password.",
    asking.CODE: "Residents come into their account by a code or their password. What they had begun is kept.",
}
ENDS: Final = {Why.SILENT: "does not answer", Why.CLOCKS: "and we differ about the time", Why.WAITS: "takes none"}


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: its headline, what to say or do, its kind (``risk``: away; ``kept``: back)."""

    words: str
    more: str
    kind: str


def feeds_away(codes: Iterable[str] | None = None) -> list[tuple[str, FeedLine]]:
    """Return what cannot be read just now (of ``codes``; without: all), each with its name. One query."""
    wanted, names = None if codes is None else set(codes), feed_names(current_pack())
    return [
        (names.get(one.network, one.network), one)
        for one in feeds()
        if one.trouble and one.trouble_since and (wanted is None or one.network in wanted)
    ]


def told(at: datetime) -> tuple[Told, ...]:
    """Return what officers are told of services of others: away first, then what is back. Three queries."""
    names = feed_names(current_pack())
    found = [
        Told(
            f"{_begins(one.words)} {ENDS[one.why]} since {_moment(one.since, at)}", MEANWHILE.get(one.code, ""), "risk"
        )
        for one in away.away()
    ]
    found += [
        Told(f"{name} cannot be read since {_moment(one.trouble_since, at)}", WAITS, "risk")
        for name, one in feeds_away()
        if one.trouble_since is not None
    ]
    for one in away.lately_back(at=at):
        name = one.words or names.get(one.code.removeprefix(FEED), "")
        if name:
            more = f"It was away from {_moment(one.since, at)}. {one.more}".strip()
            found.append(Told(f"{_begins(name)} is back since {_moment(one.at, at)}", more, "kept"))
    return tuple(found)


def _begins(words: str) -> str:
    return words[:1].upper() + words[1:]


def _moment(moment: datetime, at: datetime) -> str:
    return say_moment(moment.astimezone(LONDON), council_date(at))
