"""Services of others that people come in by (a sign-in elsewhere): since when one does not answer, so that all may know.

Whoever meets it calls ``note``; each minute it is asked again, and it is forgotten as soon as it answers. Nothing is asked
while all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moothall.core.models import AwayService


class Why(StrEnum):
    """What is wrong with it."""

    SILENT = "silent"
    """It cannot be reached, is too slow, or answers nonsense or that it is in trouble."""
    CLOCKS = "clocks"
    """It and we do not agree what time it is, so nothing it signs holds."""


@dataclass(frozen=True, slots=True)
class Away:
    """A service that does not do its work."""

    code: str
    words: str
    why: Why
    since: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    words: str
    ask: Callable[[], Why | None]


_known: dict[str, _Known] = {}


def may_be_away(code: str, words: str) -> Callable[[Callable[[], Why | None]], Callable[[], Why | None]]:
    """Register how a service is asked whether it works: the function returns what is wrong, or nothing. It must be quick.

    ``words`` name it within a sentence: “the council’s own sign-in”.
    """

    def register(ask: Callable[[], Why | None]) -> Callable[[], Why | None]:
        _known[code] = _Known(words, ask)
        return ask

    return register


def note(code: str, why: Why, *, at: datetime) -> None:
    """Keep that a service does not do its work, since the first time this was met."""
    AwayService.objects.bulk_create(
        [AwayService(code=code, why=why, since=at, asked_at=at)],
        update_conflicts=True, unique_fields=["code"], update_fields=["why", "asked_at"],
    )  # fmt: skip


def answers(code: str) -> None:
    """Forget the trouble of a service: it did its work."""
    AwayService.objects.filter(code=code).delete()


def away(codes: Iterable[str] | None = None) -> tuple[Away, ...]:
    """Return which services (of ``codes``; without: all) do not do their work, longest first. One query."""
    rows = AwayService.objects.filter(code__in=_known if codes is None else codes).order_by("since", "code")
    return tuple(Away(row.code, _known[row.code].words, Why(row.why), row.since) for row in rows if row.code in _known)


def ask(code: str, *, at: datetime) -> Why | None:
    """Ask a service whether it works, and keep what came of it. Nothing is written while all is well."""
    why = _known[code].ask()
    if why is not None:
        note(code, why, at=at)
    elif AwayService.objects.filter(code=code).exists():
        answers(code)
    return why


def ask_again(*, at: datetime) -> None:
    """Ask all that are away whether they work again. One query while all is well."""
    for one in away():
        ask(one.code, at=at)
