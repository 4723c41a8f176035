"""What an adviser says aloud: references spelled, promises as dates."""

from __future__ import annotations

from moothall.core.references import spell_reference


def say_promise(reference: str, promised: str) -> str:
    """Return the sentence that ends a matter: what will happen by when, and the reference letter by letter."""
    done = f"We’ll do this by {promised}. " if promised else ""
    return f"{done}Your reference is {spell_reference(reference)}."


def say_goodbye(promised: int) -> str:
    """Return the closing question of a call in which ``promised`` things were promised."""
    return "Is there anything else I can do for you?" if promised else "Did you get what you needed?"
