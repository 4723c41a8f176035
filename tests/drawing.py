"""How many examples a property draws: as many as it says in `--all`, fewer in the short run, as everywhere (conftest)."""

from __future__ import annotations

from hypothesis import settings

USUAL = 100


def examples(usual: int) -> int:
    """Return how many of the usual number of examples this run draws."""
    return max(1, usual * settings().max_examples // USUAL)
