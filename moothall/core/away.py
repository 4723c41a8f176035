"""Services of others that people come in by (a sign-in elsewhere): since when one does not answer, so that all may know.

Whoever meets it calls ``note``; each minute it is asked again, and it is forgotten as soon as it answers. Nothing is asked
while all is well. That it is back is told for some hours to whoever may have been told that it was away; what else can be
away (a mailbox, a folder) says so by ``came_back``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from moothall.core.models import AwayService, CameBack

TOLD_FOR: Final = timedelta(hours=8)
"""For so long it is said that something is back: a colleague's day."""


class Why(StrEnum):
    """What is wrong with it."""

    SILENT = "silent"
    """It cannot be reached, is too slow, or answers nonsense or that it is in trouble."""
    CLOCKS = "clocks"
    """It and we do not agree what time it is, so nothing it signs holds."""
    WAITS = "waits"
    """It does not take what is for it; that waits with us."""


@dataclass(frozen=True, slots=True)
class Away:
    """A service that does not do its work."""

    code: str
    words: str
    why: Why
    since: datetime


@dataclass(frozen=True, slots=True)
class Back:
    """Something that was away from ``since`` and came back ``at``. ``words`` only where it is a service known here."""

    code: str
    words: str
    since: datetime
    at: datetime
    more: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    words: str
    ask: Callable[[], Why | None]
    back: str = ""


_known: dict[str, _Known] = {}


def may_be_away(
    code: str, words: str, *, back: str = ""
) -> Callable[[Callable[[], Why | None]], Callable[[], Why | None]]:
    """Register how a service is asked whether it works: the function returns what is wrong, or nothing. It must be quick.

    ``words`` name it within a sentence: “the council’s own sign-in”. ``back`` is what is said besides when it is back.
    """

    def register(ask: Callable[[], Why | None]) -> Callable[[], Why | None]:
        _known[code] = _Known(words, ask, back)
        return ask

    return register


def note(code: str, why: Why, *, at: datetime) -> None:
    """Keep that a service does not do its work, since the first time this was met."""
    AwayService.objects.bulk_create(
        [AwayService(code=code, why=why, since=at, asked_at=at)],
        update_conflicts=True, unique_fields=["code"], update_fields=["why", "asked_at"],
    )  # fmt: skip
    away_again(code)


def answers(code: str, *, at: datetime) -> None:
    """Forget the trouble of a service: it did its work. One query while all is well."""
    since = AwayService.objects.filter(code=code).values_list("since", flat=True).first()
    if since is not None:
        AwayService.objects.filter(code=code).delete()
        came_back(code, since=since, at=at)


def came_back(code: str, *, since: datetime, at: datetime) -> None:
    """Keep that something is back which was away from ``since``: a service, or whatever else the code names."""
    CameBack.objects.bulk_create(
        [CameBack(code=code, since=since, back_at=at)],
        update_conflicts=True, unique_fields=["code"], update_fields=["since", "back_at"],
    )  # fmt: skip


def away_again(code: str) -> None:
    """Say of nothing that it is back while it is away again."""
    CameBack.objects.filter(code=code).delete()


def lately_back(*, at: datetime) -> tuple[Back, ...]:
    """Return what came back in the last hours (`TOLD_FOR`) and is not away again, the newest first. One query."""
    rows = CameBack.objects.filter(back_at__gt=at - TOLD_FOR).order_by("-back_at", "code")
    nameless = _Known("", lambda: None)
    known = [(row, _known.get(row.code, nameless)) for row in rows]
    return tuple(Back(row.code, one.words, row.since, row.back_at, one.back) for row, one in known)


def away(codes: Iterable[str] | None = None) -> tuple[Away, ...]:
    """Return which services (of ``codes``; without: all) do not do their work, longest first. One query."""
    rows = AwayService.objects.filter(code__in=_known if codes is None else codes).order_by("since", "code")
    return tuple(Away(row.code, _known[row.code].words, Why(row.why), row.since) for row in rows if row.code in _known)


def ask(code: str, *, at: datetime) -> Why | None:
    """Ask a service whether it works, and keep what came of it. Nothing is written while all is well."""
    why = _known[code].ask()
    if why is not None:
        note(code, why, at=at)
    else:
        answers(code, at=at)
    return why


def ask_again(*, at: datetime) -> None:
    """Ask all that are away whether they work again. One query while all is well."""
    for one in away():
        ask(one.code, at=at)
