"""One way of writing this room's events, and of holding an account while it changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor, customer_actor
from moothall.core.events import Happening, record
from moothall.customers.accounts import events
from moothall.customers.accounts.models import Account, Authenticator, Identity, Passkey


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


def change(account: Account, *, at: datetime, **data: Any) -> None:
    """End every session of a locked account and record what changed: ``set`` or ``removed``, a way in. Whoever made the
    change takes the new epoch into her own session; every address of hers is told by who listens to the event."""
    account.epoch += 1
    account.save(update_fields=["epoch"])
    say(events.CHANGED, account, by=own_actor(account), at=at, **data)


def count_ways(account_id: UUID, ways: Iterable[UUID]) -> int:
    """Let these ways into an account count which waited; return how many did. In the caller's transaction."""
    ids = list(ways)
    return sum(
        table.objects.filter(account_id=account_id, pk__in=ids, waiting=True).update(waiting=False)
        for table in (Authenticator, Passkey, Identity)
    )


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
