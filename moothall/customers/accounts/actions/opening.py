"""Opening an account, coming back to it, and the plain ways in: addresses and a password."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.contrib.auth.hashers import check_password as same_password
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from moothall.core import limits
from moothall.core.actors import ANONYMOUS, Actor
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.saying import change, locked, own_actor, say
from moothall.customers.accounts.actions.second import second_proof
from moothall.customers.accounts.models import Account, Authenticator, Claim, Identity, Passkey, SignInPoint
from moothall.customers.actions import add_contact_point, create_customer
from moothall.customers.models import ContactPoint, Customer

SCOPE: Final = "account-password"
ON_ONE_ACCOUNT: Final = 10
FROM_ONE_ADDRESS: Final = 60
LONGEST: Final = 200
Way = TypeVar("Way", SignInPoint, Identity, Passkey)


class AccountRefused(ValueError):
    """Something about an account cannot be done; the message is the sentence to show."""


def open_account(*, kind: str, value: str, given_name: str, family_name: str, by: Actor, at: datetime) -> Account:
    """Open an account for whoever has just shown that an address is hers, with a new record of her own.

    Records the council has already under this address are not touched: a shared address is no proof that two people are one.

    Raises:
        CannotRead: the name cannot be one. AccountRefused: another account has this address.
    """
    with transaction.atomic():
        person = create_customer(
            given_name=given_name,
            family_name=family_name,
            contact_points=[(kind, value)],
            proof="confirmed",
            by=by,
            at=at,
        )
        account = Account.objects.create(customer_id=person.id, created_at=at)
        _give_point(account, kind, value, at)
        add_contact_point(customer_id=person.id, kind=kind, value=value, confirmed=True, by=own_actor(account), at=at)
        say(events.OPENED, account, by=own_actor(account), at=at, how=kind)
    return account


def signed_in(account_id: UUID, *, how: list[str], at: datetime) -> Account:
    """Write down that she is in, and how (``code``, ``password``, ``app``, ``passkey``, ``provider``)."""
    with transaction.atomic():
        account = locked(account_id)
        account.signed_in_at = at
        account.save(update_fields=["signed_in_at"])
        say(events.SIGNED_IN, account, by=own_actor(account), at=at, how=how)
    return account


def add_point(account_id: UUID, *, kind: str, value: str, at: datetime) -> None:
    """Give an account another address to sign in by, which she has just shown is hers. Hers already is fine. The caller
    has asked for the `second_proof` before a code was sent there.

    Raises:
        AccountRefused: another account has it. LookupError: no such account.
    """
    with transaction.atomic():
        account = locked(account_id)
        if SignInPoint.objects.filter(account=account, value=value).exists():
            return
        _give_point(account, kind, value, at)
        add_contact_point(
            customer_id=_survivor(account), kind=kind, value=value, confirmed=True, by=_survivor_actor(account), at=at
        )
        account.epoch += 1
        account.save(update_fields=["epoch"])
        say(events.CONFIRMED, account, by=own_actor(account), at=at, kind=kind)


def remove_point(account_id: UUID, point_id: UUID, *, code: str = "", at: datetime) -> None:
    """Take an address away as a way in; it stays on her record as a way to reach her, and is told. With the code of the
    app where one is set up. Gone already is fine.

    Raises:
        AccountRefused: it is the last way in. CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        gone = take_way_away(account_id, SignInPoint, point_id)
        if gone is not None:
            account, point = gone
            told = ContactPoint.objects.filter(customer_id=_survivor(account), value=point.value).first()
            change(account, at=at, removed=point.kind, point=str(told.id) if told else "")


def take_way_away(account_id: UUID, kind: type[Way], way_id: UUID) -> tuple[Account, Way] | None:
    """Delete one way in, and return it with its account: the caller tells of it in the same transaction, and has seen the
    app's code before it, or tries at it would be forgotten with what is refused here. ``None``: it is gone already.

    Raises:
        AccountRefused: it is the last way in.
    """
    account = locked(account_id)
    row = kind.objects.filter(account=account, pk=way_id).first()
    if row is None:
        return None
    if not another_way(account, but=row):
        raise AccountRefused("This is your only way in. Add another one first, then take this one away.")
    row.delete()
    return account, row


def another_way(account: Account, *, but: SignInPoint | Identity | Passkey) -> bool:
    """Say whether she can still come in without this one."""
    left = [
        SignInPoint.objects.filter(account=account).exclude(pk=but.pk),
        Identity.objects.filter(account=account).exclude(pk=but.pk),
        Passkey.objects.filter(account=account).exclude(pk=but.pk),
    ]
    return any(rows.exists() for rows in left)


def check_new_password(account_id: UUID, new: str) -> None:
    """Say whether this may be her password. Raises AccountRefused: too short, too common, too like her name."""
    person = Customer.objects.get(pk=_survivor(Account.objects.get(pk=account_id)))
    try:
        if len(new) > LONGEST:
            raise ValidationError(f"Choose a password of {LONGEST} characters or fewer.")
        _validate(new, person)
    except ValidationError as wrong:
        raise AccountRefused(" ".join(wrong.messages)) from wrong


def set_password(account_id: UUID, *, new: str, at: datetime) -> None:
    """Give the account a password, or another one. The caller has seen her prove herself: `change_password` does.

    Raises:
        AccountRefused: too short, too common, too like her name.
    """
    with transaction.atomic():
        account = locked(account_id)
        check_new_password(account_id, new)
        account.password = make_password(new)
        account.save(update_fields=["password"])
        change(account, at=at, set="password")


def remove_password(account_id: UUID, *, code: str = "", at: datetime) -> None:
    """Take the password away, with the code of the app where one is set up: codes, passkeys and the provider still let her
    in. None there is fine.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        account = locked(account_id)
        if not account.password:
            return
        account.password = ""
        account.save(update_fields=["password"])
        change(account, at=at, removed="password")


def sign_out_everywhere(account_id: UUID, *, at: datetime) -> None:
    """End every session of an account."""
    with transaction.atomic():
        change(locked(account_id), at=at, ended="sessions")


def check_password(*, value: str, password: str, address: str, browser: str = "", at: datetime) -> Account:
    """Return whose address and password these are. As much work when there is no such account; which was wrong is not said.

    ``browser`` names one that signed in with this address before: its tries are counted by themselves, so that strangers'
    wrong ones do not keep her out.

    Raises:
        AccountRefused: they do not belong together. limits.TooManyAttempts: too many wrong tries.
    """
    ours = f"to:{value}#{browser}" if browser else f"to:{value}"
    allowed = {ours: ON_ONE_ACCOUNT} if browser else {f"from:{address}": FROM_ONE_ADDRESS, ours: ON_ONE_ACCOUNT}
    tries = limits.count(SCOPE, allowed, at=at)
    account = Account.objects.filter(points__value=value, closed_at__isnull=True).first() if value else None
    if account is None or not account.password:
        make_password(password[:LONGEST])
    elif same_password(password[:LONGEST], account.password):
        limits.give_back(tries)
        limits.forgive(SCOPE, [ours])
        return account
    if account is not None:
        with transaction.atomic():
            say(events.REFUSED, account, by=ANONYMOUS, at=at, how="password")
    raise AccountRefused("The address or the password is not right. Try again, or ask for a code instead.")


def close_account(account_id: UUID, *, by: Actor, at: datetime) -> None:
    """Close an account and forget every way into it. Her record and what she asked for stay. Closed already is fine."""
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None or account.closed_at is not None:
            return
        for table in (SignInPoint, Identity, Passkey, Authenticator, Claim):
            table.objects.filter(account=account).delete()
        account.password, account.closed_at = "", at
        account.save(update_fields=["password", "closed_at"])
        say(events.CLOSED, account, by=by, at=at)


def _validate(new: str, person: Customer) -> None:
    """The house's rules for passwords; her own name is as bad a one as any."""
    validate_password(new)
    low = new.lower()
    if any(len(part) > 3 and part.lower() in low for part in (person.given_name, person.family_name)):
        raise ValidationError("Choose a password without your name in it.")


def _give_point(account: Account, kind: str, value: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            SignInPoint.objects.create(account=account, kind=kind, value=value, confirmed_at=at)
    except IntegrityError as taken:
        raise AccountRefused("Another account signs in with this already. Sign in to that one instead.") from taken


def _survivor(account: Account) -> UUID:
    from moothall.customers.queries import survivor_of

    return survivor_of(account.customer_id) or account.customer_id


def _survivor_actor(account: Account) -> Actor:
    from moothall.core.actors import customer_actor

    return customer_actor(_survivor(account))
