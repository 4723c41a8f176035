"""What an adviser says aloud: references spelled, promises as dates."""

from __future__ import annotations

from collections.abc import Sequence

from moothall.core.references import spell_reference


def say_promise(
    reference: str, promised: str, *, booked: str = "", before: Sequence[str] = (), to_pay: str = ""
) -> str:
    """Return the sentences that end a matter: what will happen by when, and the reference letter by letter.

    Something ``booked`` ("Wednesday 25 November 2026, any time from 7am") is said in place of the promise, with what the
    caller does ``before`` and what there is ``to_pay``.
    """
    done = f"We’ll do this by {promised}." if promised else ""
    if booked:
        done = " ".join((f"It is booked for {booked}.", *before))
    paid = f"There is {to_pay} to pay." if to_pay else ""
    return " ".join(filter(None, (done, paid, f"Your reference is {spell_reference(reference)}.")))


def say_goodbye(promised: int) -> str:
    """Return the closing question of a call in which ``promised`` things were promised."""
    return "Is there anything else I can do for you?" if promised else "Did you get what you needed?"
