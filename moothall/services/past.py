"""Names of services and teams by their codes: the pack's, else what another system called them whose history was brought in.

History outlives packs: a case may be of a service that the pack no longer has, or never had. It is shown by its name all the
same; a code that nobody ever named is said as words.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Final

from moothall.core.packs import Pack, current_pack
from moothall.services.models import PastKind
from moothall.services.queries import past_names

LOOK_AGAIN: Final = 60.0
"""Seconds after which a name that was not known is looked for again: an import in another process may have brought it."""

_lock = threading.Lock()
_known: tuple[float, Mapping[tuple[str, str], str]] | None = None


def service_named(code: str, *, pack: Pack | None = None) -> str:
    """Return a service's name. A query at most once a minute, and only where the pack does not have it."""
    held = (pack or current_pack()).services.get(code)
    return str(held.name) if held is not None else _past(PastKind.SERVICE, code)


def team_named(code: str, *, pack: Pack | None = None) -> str:
    """Return a team's name. A query at most once a minute, and only where the pack does not have it."""
    held = (pack or current_pack()).teams.get(code)
    return str(held.name) if held is not None else _past(PastKind.TEAM, code)


def as_words(code: str) -> str:
    """Return a code as words when nothing better is known: ``waste-services`` is “Waste services”."""
    words = code.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def forget() -> None:
    """Look again at the next name that the pack does not have: after an import, and between tests."""
    global _known  # noqa: PLW0603 - one answer per process
    with _lock:
        _known = None


def _past(kind: PastKind, code: str) -> str:
    global _known  # noqa: PLW0603
    held = _known
    if held is None or ((kind, code) not in held[1] and time.monotonic() - held[0] > LOOK_AGAIN):
        held = time.monotonic(), past_names()
        with _lock:
            _known = held
    return held[1].get((kind, code)) or as_words(code)
