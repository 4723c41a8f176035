"""Further ways in: an authenticator app beside another way, and passkeys."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from moothall.core import limits
from moothall.core.actors import ANONYMOUS
from moothall.core.idempotency import once
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.codes import CodeRefused
from moothall.customers.accounts.actions.opening import AccountRefused, another_way
from moothall.customers.accounts.actions.saying import locked, own_actor, say
from moothall.customers.accounts.models import Account, Authenticator, Passkey
from moothall.customers.accounts.rules.one_time import (
    digest_of,
    new_secret,
    new_spare_codes,
    plain_spare,
    read_code,
    step_matching,
)

SCOPE: Final = "account-app"
WRONG: Final = "That is not the code your app shows. Codes change every 30 seconds: enter the one you see now."
MOST_PASSKEYS: Final = 10
MOST_TRIES: Final = 10


def begin_authenticator(account_id: UUID, *, at: datetime) -> str:
    """Return the secret to set an app up with: the same one until a code confirms it, so that a reload changes nothing.

    Raises:
        AccountRefused: one is set up already.
    """
    with transaction.atomic():
        account = locked(account_id)
        row, _ = Authenticator.objects.get_or_create(
            account=account, defaults={"secret": new_secret(), "created_at": at}
        )
        if row.confirmed_at is not None:
            raise AccountRefused("An app is set up already. Take it away first to set up another.")
    return row.secret


def confirm_authenticator(account_id: UUID, code: str, *, at: datetime) -> list[str]:
    """Set the app up with a first right code; return spare codes, each good once, shown only now.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    tries = limits.count(SCOPE, {f"account:{account_id}": MOST_TRIES}, at=at)
    with transaction.atomic():
        account = locked(account_id)
        row = Authenticator.objects.select_for_update().filter(account=account, confirmed_at__isnull=True).first()
        step = step_matching(row.secret, read_code(code), at, after=row.last_step) if row else None
        if row is not None and step is not None:
            spare = new_spare_codes()
            row.last_step, row.confirmed_at, row.spare_codes = step, at, [digest_of(one) for one in spare]
            row.save(update_fields=["last_step", "confirmed_at", "spare_codes"])
            say(events.CHANGED, account, by=own_actor(account), at=at, set="app")
            limits.give_back(tries)
            return spare
    raise CodeRefused(WRONG)


def check_authenticator(account_id: UUID, code: str, *, at: datetime) -> None:
    """Let through with the code of the app or a spare code, which is used up.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    tries = limits.count(SCOPE, {f"account:{account_id}": MOST_TRIES}, at=at)
    with transaction.atomic():
        account = locked(account_id)
        row = Authenticator.objects.select_for_update().filter(account=account, confirmed_at__isnull=False).first()
        if row is not None and _takes(row, code, at):
            row.save(update_fields=["last_step", "spare_codes"])
            limits.give_back(tries)
            return
        say(events.REFUSED, account, by=ANONYMOUS, at=at, how="app")
    raise CodeRefused(WRONG)


def _takes(row: Authenticator, code: str, at: datetime) -> bool:
    six = read_code(code)
    if six:
        step = step_matching(row.secret, six, at, after=row.last_step)
        if step is None:
            return False
        row.last_step = step
        return True
    digest = digest_of(plain_spare(code))
    if digest not in row.spare_codes:
        return False
    row.spare_codes = [one for one in row.spare_codes if one != digest]
    return True


def remove_authenticator(account_id: UUID, *, at: datetime) -> None:
    """Take the app away."""
    with transaction.atomic():
        account = locked(account_id)
        if Authenticator.objects.filter(account=account).delete()[0]:
            say(events.CHANGED, account, by=own_actor(account), at=at, removed="app")


def add_passkey(
    account_id: UUID, *, credential_id: bytes, public_key: bytes, sign_count: int, name: str, at: datetime
) -> Passkey:
    """Keep a passkey whose making the interface has checked (WebAuthn, registration).

    Raises:
        AccountRefused: known already, or there are too many.
    """
    with transaction.atomic():
        account = locked(account_id)
        if Passkey.objects.filter(account=account).count() >= MOST_PASSKEYS:
            raise AccountRefused(f"You can keep {MOST_PASSKEYS} passkeys. Take one away first.")
        try:
            with transaction.atomic():
                made = Passkey.objects.create(
                    account=account, credential_id=credential_id, public_key=public_key, sign_count=sign_count,
                    name=" ".join(name.split())[:80] or "Passkey", created_at=at,
                )  # fmt: skip
        except IntegrityError as known:
            raise AccountRefused("This passkey is known here already.") from known
        say(events.CHANGED, account, by=own_actor(account), at=at, set="passkey")
    return made


def use_challenge(challenge: bytes, *, at: datetime) -> bool:
    """Use a challenge up; say whether it was still unused. An answer that was overheard is worth nothing a second time."""
    _, first = once("passkey", hashlib.sha256(challenge).hexdigest(), at=at, do=dict)
    return first


def passkey_used(passkey_id: UUID, *, sign_count: int, at: datetime) -> Account:
    """Write down that a passkey let her in (WebAuthn, assertion, checked by the interface); return the account.

    Raises:
        AccountRefused: its counter went back, so it may be a copy (WebAuthn §7.2 step 22); or the account is closed.
    """
    with transaction.atomic():
        row = Passkey.objects.select_for_update(of=("self",)).select_related("account").filter(pk=passkey_id).first()
        if row is None or row.account.closed_at is not None:
            raise AccountRefused("We don’t know this passkey.")
        if row.sign_count and sign_count <= row.sign_count:
            raise AccountRefused("This passkey may have been copied. Sign in another way and take it away.")
        row.sign_count, row.used_at = sign_count, at
        row.save(update_fields=["sign_count", "used_at"])
    return row.account


def remove_passkey(account_id: UUID, passkey_id: UUID, *, at: datetime) -> None:
    """Take a passkey away. Gone already is fine.

    Raises:
        AccountRefused: it is the last way in.
    """
    with transaction.atomic():
        account = locked(account_id)
        row = Passkey.objects.filter(account=account, pk=passkey_id).first()
        if row is None:
            return
        if not another_way(account, but=row):
            raise AccountRefused("This is your only way in. Add another one first, then take this one away.")
        row.delete()
        say(events.CHANGED, account, by=own_actor(account), at=at, removed="passkey")
