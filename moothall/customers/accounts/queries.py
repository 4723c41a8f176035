"""Reading accounts: who is in, how sure we are of her, her ways in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Value

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.accounts.models import (
    Account,
    Authenticator,
    Claim,
    Identity,
    Passkey,
    SignInPoint,
    Verification,
)
from moothall.customers.accounts.rules.levels import Proof, masked
from moothall.customers.models import ContactPoint, Customer

STRONG = frozenset({"app", "passkey", "provider"})
"""Ways in that take more than an address others may read too. One that waits is named ``new-…`` and is none of them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is signed in. ``customer_id`` is the survivor's; ``held`` what was ever proved, ``proof`` what counts now:
    an identity counts only in a session that was begun with more than a code or password."""

    account_id: UUID
    customer_id: UUID
    given_name: str
    name: str
    held: Proof
    proof: Proof
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way in: ``kind`` is email, phone, provider, passkey or app; ``words`` what it is called on a page. One that is
    ``waiting`` proves no identity yet."""

    id: UUID
    kind: str
    words: str
    since: datetime
    used_at: datetime | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class WaysIn:
    """All ways into one account."""

    points: tuple[Way, ...]
    identities: tuple[Way, ...]
    passkeys: tuple[Way, ...]
    has_password: bool
    app: Way | None
    spare_codes: int

    @property
    def waiting(self) -> tuple[Way, ...]:
        """Those that prove no identity yet."""
        every = (*self.identities, *self.passkeys, *((self.app,) if self.app else ()))
        return tuple(one for one in every if one.waiting)


@dataclass(frozen=True, slots=True)
class VerificationLine:
    """One proof of identity: how, how strong, from what, when; ``revoked_because`` where it was taken back."""

    id: UUID
    how: str
    level: str
    provider: str
    evidence: tuple[str, ...]
    staff_id: UUID | None
    at: datetime
    revoked_because: str


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """What is needed to check a passkey's answer."""

    id: UUID
    public_key: bytes
    sign_count: int
    waiting: bool


def holder(account_id: UUID, *, how: Iterable[str] = (), epoch: int | None = None) -> Holder | None:
    """Return who an open account belongs to and how far it is proved in a session begun by ``how``; nobody where a way in
    has changed since the ``epoch`` of the session. Two queries."""
    account = Account.objects.filter(pk=account_id, closed_at__isnull=True).first()
    if account is None or (epoch is not None and account.epoch != epoch):
        return None
    person = Customer.objects.select_related("joined_to").filter(pk=account.customer_id).first()
    if person is None:
        return None
    person = person.joined_to or person
    if person.proof == "verified":
        held = Proof.VERIFIED
    else:
        held = Proof.CONTACT if person.proof in {"confirmed", "matched"} else Proof.NONE
    strong = bool(STRONG & set(how))
    proof = held if held < Proof.VERIFIED or strong else Proof.CONTACT
    name = " ".join(part for part in (person.given_name, person.family_name) if part) or person.organisation_name
    return Holder(account.id, person.id, person.given_name, name, held, proof, strong)


def epoch_of(account_id: UUID) -> int:
    """Return the account's epoch: a session that carries another is over."""
    return Account.objects.values_list("epoch", flat=True).get(pk=account_id)


def account_with(value: str) -> UUID | None:
    """Return the open account that signs in with a normalised address, or nothing."""
    return Account.objects.filter(points__value=value, closed_at__isnull=True).values_list("id", flat=True).first()


def asks_for_app(account_id: UUID) -> bool:
    """Say whether this account takes a code from an app beside the first way in: not from one that waits where an identity
    is proved, or whoever reads her post could shut her out with an app of his own."""
    row = (
        Authenticator.objects.select_related("account")
        .filter(account_id=account_id, confirmed_at__isnull=False)
        .first()
    )
    if row is None or not row.waiting:
        return row is not None
    person = Customer.objects.select_related("joined_to").filter(pk=row.account.customer_id).first()
    return person is None or (person.joined_to or person).proof != "verified"


def ways_in(account_id: UUID) -> WaysIn:
    """Return every way into an account. Five queries."""
    account = Account.objects.get(pk=account_id)
    app = Authenticator.objects.filter(account=account, confirmed_at__isnull=False).first()
    return WaysIn(
        points=tuple(
            Way(one.id, one.kind, one.value, one.confirmed_at)
            for one in SignInPoint.objects.filter(account=account).order_by("confirmed_at", "id")
        ),
        identities=tuple(
            Way(one.id, "provider", one.issuer, one.linked_at, one.used_at, one.waiting)
            for one in Identity.objects.filter(account=account).order_by("linked_at", "id")
        ),
        passkeys=tuple(
            Way(one.id, "passkey", one.name, one.created_at, one.used_at, one.waiting)
            for one in Passkey.objects.filter(account=account).order_by("created_at", "id")
        ),
        has_password=bool(account.password),
        app=Way(app.id, "app", "An app", app.created_at, waiting=app.waiting) if app else None,
        spare_codes=len(app.spare_codes) if app else 0,
    )  # fmt: skip


def confirmed_values(account_id: UUID) -> list[tuple[str, str]]:
    """Return the kind and value of every address she has shown is hers."""
    return list(SignInPoint.objects.filter(account_id=account_id).values_list("kind", "value"))


def told_of_change(account_id: UUID, point: str = "") -> list[tuple[str, str]]:
    """Return the kind and value of each address to tell of a changed way in: those she signs in by, and ``point``, the id of
    the contact point on her record that was one until now."""
    found = confirmed_values(account_id)
    if point:
        found += ContactPoint.objects.filter(pk=point).values_list("kind", "value")
    return list(dict.fromkeys(found))


def passkey(credential_id: bytes) -> PasskeyRow | None:
    """Return the passkey with this credential id, or nothing."""
    row = Passkey.objects.filter(credential_id=credential_id, account__closed_at__isnull=True).first()
    return PasskeyRow(row.id, bytes(row.public_key), row.sign_count, row.waiting) if row else None


def passkey_ids(account_id: UUID) -> list[bytes]:
    """Return the credential ids of an account's passkeys."""
    return [bytes(one) for one in Passkey.objects.filter(account_id=account_id).values_list("credential_id", flat=True)]


def identity_waits(issuer: str, subject: str) -> bool:
    """Say whether this provider's sign-in proves no identity yet."""
    return Identity.objects.filter(issuer=issuer, subject=subject, waiting=True).exists()


def waiting_ways(customer_ids: Iterable[UUID]) -> list[Way]:
    """Return the ways into her accounts that prove no identity yet, for an officer who sees her papers. One query."""
    hers = {"account__customer_id__in": list(customer_ids), "account__closed_at__isnull": True, "waiting": True}
    apps = Authenticator.objects.filter(**hers, confirmed_at__isnull=False)
    found = apps.values_list("id", Value("app"), Value("An app that shows codes"), "created_at").union(
        Passkey.objects.filter(**hers).values_list("id", Value("passkey"), "name", "created_at"),
        Identity.objects.filter(**hers).values_list("id", Value("provider"), Value("A sign-in elsewhere"), "linked_at"),
    )
    return [Way(*row) for row in found]


def claimed_cases(account_id: UUID) -> list[UUID]:
    """Return the cases she has claimed."""
    return list(Claim.objects.filter(account_id=account_id).values_list("case_id", flat=True))


def verifications_of(customer_ids: Iterable[UUID], *, visible_to: Actor) -> list[VerificationLine]:
    """Return every proof of identity of a person, newest first. One query."""
    require(visible_to, "customer.view")
    return [
        VerificationLine(
            row.id, row.how, row.level, row.provider, tuple(row.evidence), row.staff_id, row.at, row.revoked_because
        )
        for row in Verification.objects.filter(customer_id__in=list(customer_ids)).order_by("-at", "-id")
    ]


def has_account(customer_ids: Iterable[UUID]) -> bool:
    """Say whether any of these records has an open account."""
    return Account.objects.filter(customer_id__in=list(customer_ids), closed_at__isnull=True).exists()


__all__ = [
    "Holder", "PasskeyRow", "VerificationLine", "Way", "WaysIn", "account_with", "asks_for_app", "claimed_cases",
    "confirmed_values", "epoch_of", "has_account", "holder", "identity_waits", "masked", "passkey", "passkey_ids",
    "told_of_change", "verifications_of", "waiting_ways", "ways_in",
]  # fmt: skip


def signs_in_by(customer_id: UUID, value: str) -> bool:
    """Say whether a customer's open account has this e-mail address or number as a way in: she has shown that it is hers."""
    return SignInPoint.objects.filter(account__customer_id=customer_id, account__closed_at=None, value=value).exists()
