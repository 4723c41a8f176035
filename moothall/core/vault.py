"""What is written down so that a copy of the database alone does not give it away: bank accounts, secrets of apps.

Locked with Fernet (AES-128 in CBC mode, signed by HMAC-SHA256) under the first of ``MOOTHALL_DATA_KEYS``; any of them opens.
So a key is changed in three steps: put the new one first, run ``moothall keys --lock-again``, take the old one away.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

LOCKED: Final = "gAAAAA"
"""How everything locked begins: Fernet's version and the first bytes of a moment before the year 2106."""
BATCH: Final = 500


class NoKey(RuntimeError):
    """None of the keys opens what is kept; the message says what to do. It says nothing of what was locked."""

    def __init__(self) -> None:
        super().__init__(
            "What is locked in the database opens with none of MOOTHALL_DATA_KEYS: "
            "put back the key it was locked with, behind the newest."
        )


@functools.lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> tuple[Fernet, ...]:
    return tuple(
        Fernet(
            base64.urlsafe_b64encode(
                HKDF(hashes.SHA256(), length=32, salt=None, info=b"moothall data at rest").derive(key.encode())
            )
        )
        for key in keys
    )


def _keys() -> tuple[Fernet, ...]:
    return _ring(tuple(settings.DATA_KEYS))


def is_locked(kept: str) -> bool:
    """Say whether a text, as it stands in the database, is locked."""
    return kept.startswith(LOCKED)


def lock(plain: str) -> str:
    """Return a text locked with the newest key, different each time. Nothing stays nothing."""
    return _keys()[0].encrypt(plain.encode()).decode() if plain else ""


def unlock(kept: str) -> str:
    """Return what was locked; a text that never was, as it stands.

    Raises:
        NoKey: no key of ours opens it, or it was changed.
    """
    if not is_locked(kept):
        return kept
    try:
        return MultiFernet(_keys()).decrypt(kept.encode()).decode()
    except InvalidToken as wrong:
        raise NoKey from wrong


def is_newest(kept: str) -> bool:
    """Say whether a text is locked with the newest key. Nothing needs no key."""
    if not kept:
        return True
    if not is_locked(kept):
        return False
    try:
        _keys()[0].decrypt(kept.encode())
    except InvalidToken:
        return False
    return True


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class LockedText(_Text):
    """A text that is locked in the database and plain in Python.

    It cannot be looked for or sorted by: the same text is never locked the same twice. Rows that were written before it
    was locked are read as they stand.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Unlock what the database gave. Raises NoKey."""
        return None if value is None else unlock(value)

    def get_prep_value(self, value: Any) -> Any:
        """Lock what is to be written."""
        kept = super().get_prep_value(value)
        return None if kept is None else lock(str(kept))

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is anything can be asked: ``exact`` with nothing, and ``isnull``."""
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull"} else None


@dataclass(frozen=True, slots=True)
class LockedColumn:
    """One column of locked texts: how many rows are under the newest key, an older one, none of ours (lost), or plain."""

    column: str
    newest: int
    older: int
    lost: int
    plain: int


def locked_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every model and field that is locked."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, LockedText):
                yield model, field.name


def columns() -> list[LockedColumn]:
    """Return how every locked column stands. Reads each of its rows."""
    found = []
    for model, name in locked_fields():
        sums = {"newest": 0, "older": 0, "lost": 0, "plain": 0}
        for _, kept in _as_kept(model, name):
            sums[_standing(kept)] += 1
        found.append(LockedColumn(f"{model._meta.label}.{name}", **sums))
    return found


def lock_again() -> int:
    """Lock with the newest key whatever is locked with an older one, or plain. In batches, each a transaction of its own.

    Returns how many texts. What no key opens is left.
    """
    many = 0
    for model, name in locked_fields():
        waiting = [pk for pk, kept in _as_kept(model, name) if _standing(kept) in {"older", "plain"}]
        for begin in range(0, len(waiting), BATCH):
            with transaction.atomic():
                rows = list(
                    model._default_manager.select_for_update().filter(pk__in=waiting[begin : begin + BATCH]).only(name)
                )
                model._default_manager.bulk_update(rows, [name])
                many += len(rows)
    return many


def _as_kept(model: type[models.Model], name: str) -> Iterator[tuple[Any, str]]:
    """Every text that is not empty, as it stands in the database."""
    plain = Cast(name, models.TextField())
    rows = model._default_manager.exclude(**{name: ""}).annotate(_kept=plain).values_list("pk", "_kept")
    for pk, kept in rows.iterator(chunk_size=2_000):
        if kept:
            yield pk, kept


def _standing(kept: str) -> str:
    if not is_locked(kept):
        return "plain"
    if is_newest(kept):
        return "newest"
    try:
        unlock(kept)
    except NoKey:
        return "lost"
    return "older"
