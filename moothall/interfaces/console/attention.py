"""What needs somebody now, for the console's first page: only what this actor may see. At most fourteen queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from moothall.contacts.queries import calls_not_known
from moothall.core import away, clock, jobs
from moothall.core.actors import Actor
from moothall.core.away import Away, Why
from moothall.core.packs import current_pack
from moothall.core.staff import elsewhere
from moothall.core.zone import LONDON, council_date
from moothall.customers.accounts.adapters.oidc import asking
from moothall.customers.linking.queries.deliveries import held_deliveries
from moothall.customers.privacy.queries import openings_waiting
from moothall.inbox.post_queries import FEED, FOLDERS, feed_names, feeds
from moothall.interfaces.ui.words import count
from moothall.notifications.carrying import CODES
from moothall.notifications.queries import held_up_since, quarantine, troubled_messages
from moothall.payments.queries.statements import open_differences_count
from moothall.promises.rules import say_moment
from moothall.services import knowledge

MANY = 25
LATELY: Final = timedelta(days=7)
FEW: Final = 5
"""Fewer calls without an end are nothing to look into: a line drops now and then."""
LATE = timedelta(minutes=15)
"""A message that waits for longer than this does not go out as it should."""
Wanting = tuple[str, str, str]  # words, the page's name (empty: there is none), kind of notice


def wanting(actor: Actor) -> list[Wanting]:
    """Return what needs somebody, worst first."""
    found: list[Wanting] = []
    if actor.may("jobs.manage"):
        health = jobs.health(limit=MANY)
        if not health.workers:
            found.append(("No worker is at work: nothing is sent and no promise is watched", "jobs", "late"))
        if health.given_up:
            found.append((f"{_some(len(health.given_up), 'job')} given up", "jobs", "late"))
    gone = away.away() if actor.may("staff.manage") or actor.may("message.manage") else ()
    if actor.may("staff.manage"):
        found += _no_way_in(gone, clock.now())
    if actor.may("message.manage"):
        found += _not_reached(gone, clock.now())
        troubled = troubled_messages(visible_to=actor, size=MANY)
        if troubled.rows:
            found.append((f"{_some(len(troubled.rows), 'message')} in trouble", "trouble", "risk"))
    if actor.may("quarantine.manage"):
        kept = quarantine(visible_to=actor, size=MANY)
        if kept.rows:
            found.append((f"{_some(len(kept.rows), 'thing')} in quarantine", "quarantine", "risk"))
    if actor.may("delivery.manage") and (waiting := held_deliveries(actor, most=MANY)):
        words = f"{_some(waiting, 'delivery')} of another system held".replace("deliverys", "deliveries")
        found.append((words, "deliveries", "risk"))
    if actor.may("payment.view") and (unsettled := open_differences_count(visible_to=actor, most=MANY)):
        found.append((f"{_some(unsettled, 'open difference')} in reconciliation", "reconciliation", "risk"))
    if actor.may("console.view") and (again := _to_look_at()):
        words = count(again, "answer or script is", "answers or scripts are")
        found.append((f"{words} to be looked at again", "knowledge", "risk"))
    if actor.may("glass.review") and (unseen := openings_waiting(visible_to=actor, most=MANY)):
        found.insert(0, (f"{_some(unseen, 'sealed record')} opened and not looked into", "sealed", "late"))
    return found + (_back(clock.now()) if actor.may("staff.manage") or actor.may("message.manage") else [])


def _back(at: datetime) -> list[Wanting]:
    """Say what was away and is back, to whoever was told that it was away. One query."""
    names = feed_names(current_pack())
    found: list[Wanting] = []
    for one in away.lately_back(at=at):
        if name := one.words or names.get(one.code.removeprefix(FEED), ""):
            was = f"It was away from {_since(one.since, at)}. {one.more}".rstrip(". ")
            found.append((f"{name[:1].upper()}{name[1:]} is back since {_since(one.at, at)}. {was}", "", "kept"))
    return found


def _no_way_in(gone: Sequence[Away], at: datetime) -> list[Wanting]:
    """Say which sign-in elsewhere lets nobody in just now: who has no other way needs a password."""
    ends = {Why.SILENT: "does not answer", Why.CLOCKS: "and we differ about the time"}
    found: list[Wanting] = []
    for one in gone:
        if one.code not in _MEANWHILE:
            continue
        meanwhile, page = _MEANWHILE[one.code]
        said = f"{one.words[:1].upper()}{one.words[1:]} {ends[one.why]} since {_since(one.since, at)}. {meanwhile}"
        found.append((said, page, "late"))
    return found


_MEANWHILE: Final = {
    elsewhere.CODE: ("Give those who have no password here one, and they come in by it", "staff"),
    asking.CODE: ("Residents come in by a code or their password", ""),
}


def _since(since: datetime, at: datetime) -> str:
    return say_moment(since.astimezone(LONDON), council_date(at))


def _not_reached(gone: Sequence[Away], at: datetime) -> list[Wanting]:
    """Say which outside services cannot be reached just now, and since when what is for them has waited. Three queries."""
    found: list[Wanting] = []
    names = feed_names(current_pack())
    for feed in feeds():
        if feed.trouble and feed.trouble_since is not None:
            since = _since(feed.trouble_since, at)
            name = names.get(feed.network, feed.network)
            page = "" if feed.network in FOLDERS.values() else "trouble"
            found.append((f"{name} cannot be read since {since}: {feed.trouble}", page, "risk"))
    held = [one for one in gone if one.code in CODES]
    for one in held:
        said = f"{one.words[:1].upper()}{one.words[1:]} takes none since {_since(one.since, at)}"
        found.append((f"{said}. They wait and go by themselves", "trouble", "risk"))
    unknown = calls_not_known(since=at - LATELY)
    if unknown >= FEW:
        words = count(unknown, "call", "calls")
        found.append((f"The telephone system did not say how {words} of the last 7 days went on", "", "risk"))
    waited = None if held else held_up_since()
    if waited is not None and at - waited >= LATE:
        found.append((f"Messages wait to be sent since {_since(waited, at)}", "trouble", "risk"))
    return found


def _to_look_at() -> int:
    return len(knowledge.wanting(knowledge.kept(current_pack()), council_date(clock.now())))


def _some(number: int, word: str) -> str:
    return f"{number} {word}s or more" if number >= MANY else count(number, word)
