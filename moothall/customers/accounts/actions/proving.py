"""Proof of identity: by a provider (OpenID Connect), or in person at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor
from moothall.core.events import Happening, record
from moothall.core.packs import current_pack
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.opening import AccountRefused, _give_point, take_way_away
from moothall.customers.accounts.actions.saying import change, count_ways, locked, own_actor, say
from moothall.customers.accounts.actions.second import second_proof
from moothall.customers.accounts.models import Account, Identity, SignInPoint, Verification
from moothall.customers.accounts.pack import ACCOUNTS
from moothall.customers.accounts.rules.levels import identity_levels
from moothall.customers.actions import (
    add_contact_point,
    change_customer,
    create_customer,
    points_proved,
    points_unproved,
)
from moothall.customers.models import Customer
from moothall.customers.own_records import refuse_own
from moothall.customers.queries import ids_of, survivor_of
from moothall.customers.rules.writing import plain_email, words_of


@dataclass(frozen=True, slots=True)
class ProviderSays:
    """What an identity provider says of somebody, checked and in plain values.

    ``trust`` is the vector of trust that came back. Names and date of birth are those of a checked identity when its
    level is P1 or more, else only what she told the provider.
    """

    issuer: str
    subject: str
    trust: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    date_of_birth: date | None = None

    @property
    def level(self) -> str:
        """The identity level: P2, P1, or empty for none."""
        level = identity_levels(self.trust)[0]
        return "" if level == "P0" else level


class HasAccount(ValueError):
    """There is an account that signs in with this address; it is joined only from inside."""

    def __init__(self, value: str) -> None:
        self.value = value
        super().__init__("You have an account with this email address already. Sign in to it, and we link the two.")


class NotTheSame(ValueError):
    """The checked identity is another person's than the account's."""

    def __init__(self) -> None:
        super().__init__(
            "The name and date of birth that were checked are not those of your account. If your name has changed, change "
            "it in your account first. If it is not you, sign out and begin again."
        )


def come_by_provider(said: ProviderSays, *, account_id: UUID | None, strong: bool = False, at: datetime) -> Account:
    """Let somebody in whom a provider vouches for: to the account it is linked to, to the one she is signed in to (which is
    linked now), or to a new one.
    A link made in a session that is not ``strong``, by a sign-in which proves no identity, waits: anybody can have a
    sign-in of her own somewhere. With an identity level the record becomes verified. Its names are not overwritten.

    Raises:
        HasAccount: the address belongs to an account that is not linked. NotTheSame: the identity is somebody else's.
        AccountRefused: it is linked to another account than the one she is in.
    """
    with transaction.atomic():
        known = (
            Identity.objects.select_for_update(of=("self",))
            .select_related("account")
            .filter(issuer=said.issuer, subject=said.subject, account__closed_at__isnull=True)
            .first()
        )
        if known is not None and account_id is not None and known.account_id != account_id:
            raise AccountRefused("This sign-in belongs to another account here. Sign out, then sign in with it.")
        if known is not None:
            account = known.account
        elif account_id is not None:
            account = locked(account_id)
        else:
            account = _new_account(said, at)
        if said.level:
            _same_person(account, said)
        _link(account, said, known, at, counts=strong or account_id is None)
        if said.level:
            _verify(account, said, at)
    return account


def verify_in_person(
    *, customer_id: UUID, evidence: Iterable[str], ways: Iterable[UUID] = (), by: Actor, at: datetime
) -> Verification:
    """Write down that an officer has seen proof of who somebody is; ``ways`` are the ways in that waited and which she says
    are hers: they count from now on.

    Raises:
        ValueError: too few things were seen, or none with a photograph; the sentence says what is missing.
        Refused: not this actor's to do, or her own record; LookupError.
    """
    require(by, "identity.verify")
    held = current_pack().one(ACCOUNTS)
    seen = [one for code in dict.fromkeys(evidence) if (one := held.evidence_of(code)) is not None]
    if len(seen) < held.needs_pieces:
        raise ValueError(f"See at least {held.needs_pieces} different things that show who they are.")
    if held.needs_picture and not any(one.picture for one in seen):
        raise ValueError("One of the things you see must carry their photograph.")
    with transaction.atomic():
        person = survivor_of(customer_id)
        if person is None:
            raise LookupError("There is no such record.")
        refuse_own(by, person)
        row = Verification.objects.create(
            customer_id=person, how="in_person", level="P2", evidence=[one.code for one in seen], staff_id=by.id, at=at
        )
        change_customer(customer_id=person, changes={"proof": "verified"}, by=SYSTEM, at=at)
        hers = Account.objects.filter(customer_id__in=ids_of(person), closed_at__isnull=True)
        counted = sum(count_ways(one, ways) for one in hers.values_list("id", flat=True)) if (ways := list(ways)) else 0
        _say(events.VERIFIED, row, by=by, at=at, how="in_person", evidence=row.evidence, ways=counted)
    return row


def revoke_verification(verification_id: UUID, *, because: str, by: Actor, at: datetime) -> None:
    """Take a verification back: it was a mistake, or the papers were false. Revoked already is fine.

    Raises:
        ValueError: no reason. Refused, LookupError.
    """
    require(by, "identity.verify")
    because = " ".join(because.split())[:200]
    if not because:
        raise ValueError("Say why the proof is taken back.")
    with transaction.atomic():
        row = Verification.objects.select_for_update().filter(pk=verification_id).first()
        if row is None:
            raise LookupError("There is no such verification.")
        if row.revoked_at is not None:
            return
        row.revoked_at, row.revoked_because = at, because
        row.save(update_fields=["revoked_at", "revoked_because"])
        if not Verification.objects.filter(customer_id=row.customer_id, revoked_at__isnull=True).exists():
            change_customer(customer_id=row.customer_id, changes={"proof": "stated"}, by=SYSTEM, at=at)
            points_unproved(ids_of(row.customer_id))
        _say(events.UNVERIFIED, row, by=by, at=at)


def unlink_identity(account_id: UUID, identity_id: UUID, *, code: str = "", at: datetime) -> None:
    """Take a provider away as a way in, with the code of the app where one is set up. What it proved stays proved. Gone
    already is fine.

    Raises:
        AccountRefused: it is the last way in. CodeRefused; limits.TooManyAttempts.
    """
    second_proof(account_id, code, at=at)
    with transaction.atomic():
        if gone := take_way_away(account_id, Identity, identity_id):
            change(gone[0], at=at, removed="provider")


def _new_account(said: ProviderSays, at: datetime) -> Account:
    email = plain_email(said.email) if said.email else ""
    if email and SignInPoint.objects.filter(value=email, account__closed_at__isnull=True).exists():
        raise HasAccount(email)
    person = create_customer(
        given_name=said.given_name, family_name=said.family_name or ("" if said.given_name else "Name not given"),
        date_of_birth=said.date_of_birth if said.level else None, contact_points=[("email", email)] if email else [],
        proof="confirmed" if email else "stated", by=ANONYMOUS, at=at,
    )  # fmt: skip
    account = Account.objects.create(customer_id=person.id, created_at=at)
    if email:
        _give_point(account, "email", email, at)
        add_contact_point(
            customer_id=person.id, kind="email", value=email, confirmed=True, by=own_actor(account), at=at
        )
    say(events.OPENED, account, by=own_actor(account), at=at, how="provider")
    return account


def _link(account: Account, said: ProviderSays, known: Identity | None, at: datetime, *, counts: bool) -> None:
    if known is None:
        waits = not (counts or said.level)
        Identity.objects.filter(issuer=said.issuer, subject=said.subject).delete()  # a closed account's, if any
        Identity.objects.create(
            account=account,
            issuer=said.issuer,
            subject=said.subject,
            trust=said.trust,
            linked_at=at,
            used_at=at,
            waiting=waits,
        )
        change(locked(account.id), at=at, set="provider")
        return
    known.trust, known.used_at, known.waiting = said.trust, at, known.waiting and not said.level
    known.save(update_fields=["trust", "used_at", "waiting"])


def _same_person(account: Account, said: ProviderSays) -> None:
    """A checked identity must fit the record: same date of birth where both are known, and a name in common."""
    person = Customer.objects.get(pk=survivor_of(account.customer_id) or account.customer_id)
    if person.date_of_birth and said.date_of_birth and person.date_of_birth != said.date_of_birth:
        raise NotTheSame
    held, checked = words_of(person.family_name), words_of(said.family_name)
    given, other = words_of(person.given_name), words_of(said.given_name)
    if person.family_name == "Name not given" or not (held or given):
        return
    if not (set(held) & set(checked) and (not given or not other or given[0][:1] == other[0][:1])):
        raise NotTheSame


def _verify(account: Account, said: ProviderSays, at: datetime) -> None:
    person = survivor_of(account.customer_id) or account.customer_id
    row, made = Verification.objects.get_or_create(
        account=account, provider=said.issuer, how="provider", revoked_at__isnull=True,
        defaults={"customer_id": person, "level": said.level, "at": at},
    )  # fmt: skip
    if not made:
        row.level, row.at = said.level, at
        row.save(update_fields=["level", "at"])
    held = Customer.objects.get(pk=person)
    changes: dict[str, object] = {"proof": "verified"}
    if held.date_of_birth is None and said.date_of_birth is not None:
        changes["date_of_birth"] = said.date_of_birth
    if held.family_name in {"", "Name not given"} and said.family_name:
        changes |= {"given_name": said.given_name, "family_name": said.family_name}
    change_customer(customer_id=person, changes=changes, by=SYSTEM, at=at)
    signs_in_by = SignInPoint.objects.filter(account=account).values_list("value", flat=True)
    points_proved(ids_of(person), signs_in_by, at=at)
    if made:
        _say(events.VERIFIED, row, by=own_actor(account), at=at, how="provider", level=said.level)


def _say(name: str, row: Verification, *, by: Actor, at: datetime, **data: object) -> None:
    record(
        [
            Happening(
                name=name, subject_kind="verification", subject_id=row.id, occurred_at=at, customer_id=row.customer_id,
                data=data,
            )
        ],
        by=by,
    )  # fmt: skip
