"""What needs somebody now, for the console's first page: only what this actor may see. At most eight queries."""

from __future__ import annotations

from moothall.core import jobs
from moothall.core.actors import Actor
from moothall.customers.linking.queries.deliveries import held_deliveries
from moothall.customers.privacy.queries import openings_waiting
from moothall.interfaces.ui.words import count
from moothall.notifications.queries import quarantine, troubled_messages

MANY = 25
Wanting = tuple[str, str, str]  # words, the page's name, kind of notice


def wanting(actor: Actor) -> list[Wanting]:
    """Return what needs somebody, worst first."""
    found: list[Wanting] = []
    if actor.may("jobs.manage"):
        health = jobs.health(limit=MANY)
        if not health.workers:
            found.append(("No worker is at work: nothing is sent and no promise is watched", "jobs", "late"))
        if health.given_up:
            found.append((f"{_some(len(health.given_up), 'job')} given up", "jobs", "late"))
    if actor.may("message.manage"):
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
    if actor.may("glass.review") and (unseen := openings_waiting(visible_to=actor, most=MANY)):
        found.insert(0, (f"{_some(unseen, 'sealed record')} opened and not looked into", "sealed", "late"))
    return found


def _some(number: int, word: str) -> str:
    return f"{number} {word}s or more" if number >= MANY else count(number, word)
