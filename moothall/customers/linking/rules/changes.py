"""What kind of change a field is, whether a system holds what it was told, how long to wait for one that is silent. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

KINDS: Final = {
    "title": "name", "given_name": "name", "family_name": "name", "organisation_name": "name",
    "address_text": "address", "uprn": "address", "area_code": "",
    "preferred_channel": "preference", "preferred_format": "preference", "language": "preference",
}  # fmt: skip


def kind_of(field: str) -> str:
    """Return the kind of change a field makes; empty for one that no system is told of."""
    return KINDS.get(field, "")


def contradiction(told: Mapping[str, Any], holds: Mapping[str, Any]) -> str:
    """Return in words what a system holds otherwise than it was told; nothing where it agrees or does not say.

    Case, spaces and punctuation are no difference: systems write in capitals.
    """
    for field in sorted(told):
        if field in holds and _bare(told[field]) != _bare(holds[field]):
            return f"It says it holds “{str(holds[field])[:120]}” as {field.replace('_text', '').replace('_', ' ')}."
    return ""


def pause_after(tries: int) -> timedelta:
    """Return how long to wait for a silent system: a minute, two, four … an hour at most."""
    return timedelta(minutes=min(2 ** (tries - 1), 60))


def _bare(value: Any) -> str:
    return re.sub(r"\W", "", str(value if value is not None else "")).casefold()
