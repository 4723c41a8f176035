"""Random tokens that spell nothing.

A page is full of tokens that nobody chose. Once in some thousand runs one of them spells "dunn" or ends in "0113", and a
test that looks for what must not be on the page finds it there. Here tokens are drawn from letters that make no word and
no number.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.middleware import csrf

CONSONANTS = "bcdfghjklmnpqrstvwxz"
ORDINARY_BYTES = 32


def wordless(nbytes: int | None = None) -> str:
    """A token as long as `secrets.token_urlsafe` makes it of so many bytes, without vowels and digits."""
    length = -(-(nbytes or ORDINARY_BYTES) * 4 // 3)
    return "".join(secrets.choice(CONSONANTS) for _ in range(length))


@pytest.fixture(scope="session", autouse=True)
def tokens_that_spell_nothing() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csrf, "CSRF_ALLOWED_CHARS", CONSONANTS)
        patch.setattr(secrets, "token_urlsafe", wordless)
        yield
