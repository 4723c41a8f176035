"""Which cases may be joined: one thing, asked for twice by one person; in public places, reported by several."""

from collections.abc import Callable

from moothall.cases.models import Case
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.customers.queries import ids_of
from moothall.promises.queries import teams_bound_by_law

SameThing = Callable[[str, str], bool]
_same_things: list[SameThing] = []


class NotTheSame(ValueError):
    """These two cases may not be joined; the message says why, and what to do instead."""


def register_same_thing(same: SameThing) -> None:
    """Let ``same`` say of two services that their cases may be of one thing, whoever asked. Rooms above fill this."""
    _same_things.append(same)


def check(case: Case, other: Case, *, by: Actor) -> None:
    """Let one case be joined to another, or raise `NotTheSame`. At most three queries.

    A public report may be joined to one of its kind or of those people mix up with it. Anything else is answered to whoever
    asked: it is joined only to a case of the same service and the same person. What is owed by a date set by law is ended by
    nobody but the team that owes it.
    """
    if not any(same(case.service, other.service) for same in _same_things):
        if case.service != other.service:
            raise NotTheSame(
                "They are of two different services, so each has its own answer. Leave both open, and write a note on this"
                " one that names the other."
            )
        if not _same_person(case, other):
            raise NotTheSame(
                "Two different people asked, and each is owed an answer. Leave both open, and write a note on this one that"
                " names the other. If they are one person, join their two records first."
            )
    bound = teams_bound_by_law(case.id)
    if by.kind is not ActorKind.SYSTEM and not bound <= by.teams:
        known = current_pack().teams
        names = " and ".join(str(known[code].name) if code in known else code for code in sorted(bound - by.teams))
        raise NotTheSame(
            f"This case is owed by a date set by law, so only its own team may join it: {names}. Give it to them, with a note"
            " that names the other case."
        )


def _same_person(case: Case, other: Case) -> bool:
    if case.customer_id is None or other.customer_id is None:
        return (
            case.customer_id == other.customer_id and bool(case.track_email) and case.track_email == other.track_email
        )
    return case.customer_id == other.customer_id or other.customer_id in ids_of(case.customer_id)
