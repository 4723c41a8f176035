"""One way of writing this room's events, and of holding an account while it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor, customer_actor
from moothall.core.events import Happening, record
from moothall.customers.accounts.models import Account


def locked(account_id: UUID) -> Account:
    """Return an open account, locked for change.

    Raises:
        LookupError: there is none, or it is closed.
    """
    account = Account.objects.select_for_update().filter(pk=account_id, closed_at__isnull=True).first()
    if account is None:
        raise LookupError("There is no such account.")
    return account


def own_actor(account: Account) -> Actor:
    """Return the actor for whoever is signed in to this account."""
    return customer_actor(account.customer_id)


def say(name: str, account: Account, *, by: Actor, at: datetime, **data: Any) -> None:
    """Record what happened to an account; codes and counts only."""
    record(
        [
            Happening(
                name=name, subject_kind="account", subject_id=account.id, occurred_at=at,
                customer_id=account.customer_id, data=data,
            )
        ],
        by=by,
    )  # fmt: skip
