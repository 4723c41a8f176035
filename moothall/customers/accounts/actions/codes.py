"""Codes sent to an address to see whether it is hers. Sending is intake's; making and checking are here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from moothall.core import limits
from moothall.core.packs import current_pack
from moothall.customers.accounts.models import Code
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.accounts.rules.one_time import new_code, read_code

SEND: Final = "account-code-send"
TRY: Final = "account-code-try"
FROM_ONE_ADDRESS: Final = 60
_SALT: Final = "moothall.customers.accounts.code"


class CodeRefused(ValueError):
    """The code is not right, or not any more. ``over``: this one is spent; another must be sent."""

    def __init__(self, message: str, *, over: bool = False) -> None:
        self.over = over
        super().__init__(message)


def make_code(*, kind: str, value: str, address: str, browser: str = "", at: datetime) -> tuple[UUID, str]:
    """Make a code for a normalised e-mail address or number; return its id and the code to send. Older ones there stay good
    for their own minutes and tries, so that a stranger who asks for another ends none that she holds.

    ``address`` is the caller's network address; ``browser`` names one that signed in with this address before, which is
    counted by itself.

    Raises:
        limits.TooManyAttempts: too many codes asked for there, or from there, within the hour.
    """
    held = current_pack().one(ACCOUNTS)
    ours = f"to:{value}#{browser}" if browser else f"to:{value}"
    allowed = {ours: held.codes_an_hour} | ({} if browser else {f"from:{address}": FROM_ONE_ADDRESS})
    limits.count(SEND, allowed, at=at, minutes=60)
    plain = new_code()
    with transaction.atomic():
        row = Code(kind=kind, value=value, sent_at=at, expires_at=at + timedelta(minutes=held.code_minutes), digest="")
        row.digest = _digest(row.id, plain)
        row.save(force_insert=True)
    return row.id, plain


def check_code(code_id: UUID, typed: str, *, address: str, at: datetime) -> tuple[str, str]:
    """Return the kind and value of the address whose code this is, and use it up.

    A wrong try is counted even when the caller's transaction fails: call it outside one.

    Raises:
        CodeRefused: wrong, too late, or tried too often; limits.TooManyAttempts: too many wrong tries from this address.
    """
    held = current_pack().one(ACCOUNTS)
    tries = limits.count(TRY, {f"from:{address}": FROM_ONE_ADDRESS}, at=at)
    with transaction.atomic():
        row = Code.objects.select_for_update().filter(pk=code_id).first()
        if row is None or row.used_at is not None or row.expires_at <= at or row.tries >= held.tries:
            raise CodeRefused("That code has run out. Ask for a new one.", over=True)
        if constant_time_compare(row.digest, _digest(row.id, read_code(typed))):
            row.used_at = at
            row.save(update_fields=["used_at"])
            Code.objects.filter(kind=row.kind, value=row.value, used_at__isnull=True, expires_at__gt=at).update(
                expires_at=at
            )
            limits.give_back(tries)
            return row.kind, row.value
        row.tries += 1
        row.save(update_fields=["tries"])
        left = held.tries - row.tries
    if left <= 0:
        raise CodeRefused("That was not the code, and it has now run out. Ask for a new one.", over=True)
    more = "1 try" if left == 1 else f"{left} tries"
    raise CodeRefused(f"That is not the code we sent. Look again: six figures. You have {more} left.")


def forget_codes(*, at: datetime) -> int:
    """Delete codes that ran out a day ago, and the addresses with them. Returns how many."""
    return Code.objects.filter(expires_at__lte=at - timedelta(days=1)).delete()[0]


def _digest(code_id: UUID, plain: str) -> str:
    """A code has only a million values, so what is kept of it depends on the installation's secret key."""
    return salted_hmac(_SALT, f"{code_id}:{plain}", algorithm="sha256").hexdigest()
