"""Bringing what somebody asked for before into her account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor, customer_actor
from moothall.core.events import Happening, record
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.saying import locked
from moothall.customers.accounts.models import Claim


def claim_cases(account_id: UUID, case_ids: Iterable[UUID], *, how: str, at: datetime, by: Actor | None = None) -> int:
    """Keep that these cases are hers: shown by reference and proof (``reference``), or by an address both confirmed and
    given with them (``contact``). Returns how many are new. The caller has checked the proof; the cases keep their record.
    """
    with transaction.atomic():
        account = locked(account_id)
        known = set(Claim.objects.filter(account=account).values_list("case_id", flat=True))
        wanted = [case_id for case_id in dict.fromkeys(case_ids) if case_id not in known]
        Claim.objects.bulk_create([Claim(account=account, case_id=one, how=how, at=at) for one in wanted])
        record(
            [
                Happening(
                    name=events.CLAIMED, subject_kind="account", subject_id=account.id, occurred_at=at, case_id=one,
                    customer_id=account.customer_id, data={"how": how},
                )
                for one in wanted
            ],
            by=by or customer_actor(account.customer_id),
        )  # fmt: skip
    return len(wanted)
