"""The code of the app beside another way in: asked at the door and before any way in is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core import limits
from moothall.core.actors import ANONYMOUS
from moothall.customers.accounts import events
from moothall.customers.accounts.actions.codes import CodeRefused
from moothall.customers.accounts.actions.saying import locked, say
from moothall.customers.accounts.models import Authenticator
from moothall.customers.accounts.queries import asks_for_app
from moothall.customers.accounts.rules.one_time import digest_of, plain_spare, read_code, step_matching

SCOPE: Final = "account-app"
WRONG: Final = "That is not the code your app shows. Codes change every 30 seconds: enter the one you see now."
MOST_TRIES: Final = 10


def check_authenticator(account_id: UUID, code: str, *, at: datetime) -> str:
    """Let through with the code of the app or a spare code, which is used up; return what it shows: ``app``, or
    ``new-app`` where the app waits to be counted.

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
            return "new-app" if row.waiting else "app"
        say(events.REFUSED, account, by=ANONYMOUS, at=at, how="app")
    raise CodeRefused(WRONG)


def second_proof(account_id: UUID, code: str, *, at: datetime) -> None:
    """Ask for the app's code where an app is asked for: before any way in is added or taken away. Call it outside a
    transaction, so that a wrong try stays counted.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    if asks_for_app(account_id):
        check_authenticator(account_id, code, at=at)


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
