"""What must be true before a kind of case may close: rooms above fill this registry at start."""

from collections.abc import Callable

from moothall.cases.models import Case


class NotYet(ValueError):
    """The case may not close yet; the message says what is still to be done."""


Gate = Callable[[Case], str | None]
_gates: dict[str, list[Gate]] = {}


def register_gate(kind: str, gate: Gate) -> None:
    """Ask ``gate`` before a case of this kind closes; it returns what is missing as a sentence, or ``None``."""
    _gates.setdefault(kind, []).append(gate)


def check(case: Case) -> None:
    """Let the case close, or raise ``NotYet`` with every sentence of what is missing."""
    missing = [words for gate in _gates.get(case.kind, []) if (words := gate(case))]
    if missing:
        raise NotYet(" ".join(missing))
