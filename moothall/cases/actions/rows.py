"""Taking a case's row to change it, and saving it again."""

from datetime import datetime
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.access import Refused, restrictions_visible_to
from moothall.core.actors import Actor, ActorKind
from moothall.promises.queries import next_due


class ChangedMeanwhile(ValueError):
    """Somebody else saved the case first. Nothing was lost: what was typed goes back to the screen beside the new state."""

    def __init__(self, case: Case) -> None:
        self.case_id, self.version = case.id, case.version
        super().__init__("A colleague changed this case while you were writing. Look at what changed, then save again.")


class TakenMeanwhile(ChangedMeanwhile):
    """A colleague took the case, or was given it, first."""

    def __init__(self, case: Case, name: str) -> None:
        super().__init__(case)
        self.args = (f"{name} has this case now. Speak to them before you take it.",)


class NoSuchCase(LookupError):
    """There is no such case, or this actor may not know of it: the two look the same from outside."""


def take(case_id: UUID, *, by: Actor, permission: str = "case.work", version: int | None = None) -> Case:
    """Lock a case's row for change.

    ``version`` is the one the officer's screen showed; ``None`` where the change does not depend on what was seen.

    Raises:
        NoSuchCase: not there, or invisible to the actor.
        Refused: visible, but this actor may not do that.
        ChangedMeanwhile: the row moved on from ``version``.
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None or not _visible(case, by):
        raise NoSuchCase("We could not find that case.")
    if by.kind is ActorKind.CUSTOMER:
        if case.customer_id != by.id and by.purpose != "tracking":
            raise NoSuchCase("We could not find that case.")
    elif not by.may(permission):
        raise Refused(f"You need the permission “{permission}” for this. Ask your team leader or an administrator.")
    check_version(case, version)
    return case


def check_version(case: Case, version: int | None) -> None:
    """Let through who saw the row as it is, or does not say. Raises ChangedMeanwhile."""
    if version is not None and version != case.version:
        raise ChangedMeanwhile(case)


def save(case: Case, at: datetime, *fields: str) -> None:
    """Save changed columns and raise the version."""
    case.version += 1
    case.changed_at = at
    case.save(update_fields=[*fields, "version", "changed_at"])


def keep_due(case: Case) -> None:
    """Save the queue columns alone. They are a cache: an officer who has the case open has lost nothing by it."""
    case.save(update_fields=["due_at", "late"])


def refresh_due(case: Case) -> None:
    """Set the queue columns from the case's promises (not saved)."""
    case.due_at, case.late = next_due(case.id)


def _visible(case: Case, by: Actor) -> bool:
    if not case.restricted or by.kind is ActorKind.CUSTOMER:
        return True
    allowed = restrictions_visible_to(by)
    return allowed is None or case.restricted in allowed
