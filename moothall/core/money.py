"""Money, held in whole pence: said in words, and read as people type it. Pure."""

from __future__ import annotations

import re
from typing import Final

_TYPED: Final = re.compile(r"£?(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(\d{2}))?", re.ASCII)


def pounds(pence: int) -> str:
    """Return money as people say it: £14, £1,234.50, −£3."""
    return to_the_penny(pence).removesuffix(".00")


def to_the_penny(pence: int) -> str:
    """Return money as books have it, always with its pence: £14.00, £1,234.50, −£3.00."""
    sign, whole = "−" if pence < 0 else "", abs(pence)
    return f"{sign}£{whole // 100:,}.{whole % 100:02d}"


def read_pence(text: str) -> int | None:
    """Return what was typed (`12`, `12.50`, `£1,234.50`) in pence; ``None`` where it is no amount of money."""
    found = _TYPED.fullmatch(text.strip())
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0) if found else None
