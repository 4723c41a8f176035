"""Further ways in: an authenticator app beside another way, and passkeys."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from moothall.core import limits
from moothall.core.idempotency import once
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.codes import CodeRefused
from moothall.customers.accounts.actions.opening import AccountRefused, check_new_password, set_password, take_way_away
from moothall.customers.accounts.actions.saying import change, count_ways, locked, own_actor, say
from moothall.customers.accounts.actions.second import MOST_TRIES, SCOPE, WRONG, second_proof
from moothall.customers.accounts.models import Account, Authenticator, Passkey
from moothall.customers.accounts.rules.one_time import (
    digest_of,
    new_secret,
    new_spare_codes,
    read_code,
    step_matching,
)

MOST_PASSKEYS: Final = 10


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


def confirm_authenticator(account_id: UUID, code: str, *, strong: bool = False, at: datetime) -> list[str]:
    """Set the app up with a first right code; return spare codes, each good once, shown only now.

    Unless the session is ``strong`` it waits: it keeps others out who have only her address, but proves no identity until
    she says, having proved it again, that it is hers (`keep_way`, `verify_in_person`).

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
            row.waiting = not strong
            row.save(update_fields=["last_step", "confirmed_at", "spare_codes", "waiting"])
            change(account, at=at, set="app")
            limits.give_back(tries)
            return spare
    raise CodeRefused(WRONG)


def change_password(account_id: UUID, *, new: str, code: str, at: datetime) -> None:
    """Give the account a password, or another one; where an app is set up, with its code, so that who finds her
    telephone unlocked or her session open does not take the account over.

    Raises:
        AccountRefused: too short, too common, too like her name. CodeRefused; limits.TooManyAttempts.
    """
    check_new_password(account_id, new)
    second_proof(account_id, code, at=at)
    set_password(account_id, new=new, at=at)


def remove_authenticator(account_id: UUID, *, code: str, at: datetime) -> None:
    """Take the app away, with its code. Gone already is fine.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        account = locked(account_id)
        if Authenticator.objects.filter(account=account).delete()[0]:
            change(account, at=at, removed="app")


def add_passkey(
    account_id: UUID, *, credential_id: bytes, public_key: bytes, sign_count: int, name: str, code: str = "",
    strong: bool = False, at: datetime,
) -> Passkey:  # fmt: skip
    """Keep a passkey whose making the interface has checked (WebAuthn, registration); with the code of the app where one
    is set up. Unless the session is ``strong`` it waits, as an app does: see `confirm_authenticator`.

    Raises:
        AccountRefused: known already, or there are too many. CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        account = locked(account_id)
        if Passkey.objects.filter(account=account).count() >= MOST_PASSKEYS:
            raise AccountRefused(f"You can keep {MOST_PASSKEYS} passkeys. Take one away first.")
        try:
            with transaction.atomic():
                made = Passkey.objects.create(
                    account=account, credential_id=credential_id, public_key=public_key, sign_count=sign_count,
                    name=" ".join(name.split())[:80] or "Passkey", created_at=at,
                    waiting=not strong,
                )  # fmt: skip
        except IntegrityError as known:
            raise AccountRefused("This passkey is known here already.") from known
        change(account, at=at, set="passkey")
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


def remove_passkey(account_id: UUID, passkey_id: UUID, *, code: str = "", at: datetime) -> None:
    """Take a passkey away; with the code of the app where one is set up. Gone already is fine.

    Raises:
        AccountRefused: it is the last way in. CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        if gone := take_way_away(account_id, Passkey, passkey_id):
            change(gone[0], at=at, removed="passkey")


def keep_way(account_id: UUID, way_id: UUID, *, at: datetime) -> None:
    """Let a way in count that waited: she says it is hers, in a session which has proved who she is. The caller has seen
    that it has. Counted already or gone is fine."""
    with transaction.atomic():
        account = locked(account_id)
        if count_ways(account_id, [way_id]):
            say(events.CHANGED, account, by=own_actor(account), at=at, kept=1)
