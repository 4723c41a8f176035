"""What this room knows of a person: her account and how her identity was proved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.accounts.actions import close_account
from moothall.customers.accounts.models import Account, Code, SignInPoint, Verification
from moothall.customers.models import ContactPoint

_HOW = {"provider": "by an identity provider", "in_person": "in person at a desk"}


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when her account was opened and her identity proved, newest first. Two queries."""
    ids = list(customer_ids)
    opened = Account.objects.filter(customer_id__in=ids)
    proved = Verification.objects.filter(customer_id__in=ids)
    if until is not None:
        opened, proved = opened.filter(created_at__lte=until), proved.filter(at__lte=until)
    entries = [
        PersonEntry(at, "account", "Opened an account")
        for at in opened.order_by("-created_at").values_list("created_at", flat=True)[:limit]
    ]
    entries += [
        PersonEntry(at, "identity", f"Identity proved {_HOW.get(how, how)}", detail=f"Taken back: {why}" if why else "")
        for at, how, why in proved.order_by("-at").values_list("at", "how", "revoked_because")[:limit]
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return her account and its ways in (no secret of them), and every proof of her identity."""
    return {
        "accounts": [
            {
                "opened_at": one.created_at, "last_signed_in": one.signed_in_at, "closed_at": one.closed_at,
                "has_password": bool(one.password),
                "signs_in_with": list(SignInPoint.objects.filter(account=one).values("kind", "value", "confirmed_at")),
                "providers": list(one.identities.values("issuer", "linked_at", "used_at")),
                "passkeys": list(one.passkeys.values("name", "created_at", "used_at")),
            }
            for one in Account.objects.filter(customer_id=customer_id).order_by("created_at")
        ],
        "identity_proved": list(
            Verification.objects.filter(customer_id=customer_id).order_by("at").values("how", "level", "evidence", "at")
        ),
    }  # fmt: skip


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Close her accounts with every way in; that an identity was proved, and when, stays without what was shown."""
    require(by, "customer.erase")
    gone = 0
    for account in Account.objects.filter(customer_id=customer_id, closed_at__isnull=True):
        close_account(account.id, by=SYSTEM, at=at)
        gone += 1
    points = ContactPoint.objects.filter(customer_id=customer_id).values("value")
    gone += Code.objects.filter(value__in=points).delete()[0]
    Verification.objects.filter(customer_id=customer_id).exclude(revoked_because="").update(revoked_because="")
    return gone + Verification.objects.filter(customer_id=customer_id).exclude(evidence=[]).update(evidence=[])


register_person_provider(PersonProvider("accounts", timeline, export, erase))
