"""Tokens of other systems: made here, shown once, kept only as a digest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.access import PERMISSIONS, require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.models import ApiClient
from moothall.core.staff.accounts import CannotKeep
from moothall.core.staff.actor import TOKEN_PREFIX, token_digest

PERMISSION: Final = "api.manage"
SCOPES: Final = {code: words.removeprefix("Other systems: ").capitalize() for code, words in PERMISSIONS.items() if code in {
    "api.services", "api.cases.read", "api.cases.write", "api.contacts.read", "api.contacts.write",
    "api.customers.read", "api.customers.write", "api.events", "api.open311", "api.machine",
}}  # fmt: skip
"""What another system's token can be allowed to do, with its words."""


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One other system as the console shows it; its token is nowhere."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    active: bool
    created_at: datetime
    expires_at: datetime | None


def create_client(
    *, name: str, scopes: Iterable[str], expires_at: datetime | None = None, by: Actor, at: datetime
) -> tuple[ApiClient, str]:
    """Let another system in: returns its row and its token, which cannot be read again.

    Raises:
        CannotKeep: no name, no scope, an unknown scope, or an end that is past. Refused.
    """
    require(by, PERMISSION)
    name, wanted = " ".join(name.split()), sorted(set(scopes))
    if not 0 < len(name) <= 120:
        raise CannotKeep("name", "Enter the other system’s name, up to 120 characters.")
    if not wanted or set(wanted) - set(SCOPES):
        raise CannotKeep("scopes", "Choose what the other system may do.")
    if expires_at is not None and expires_at <= at:
        raise CannotKeep("expires", "Choose a last day that is still to come.")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        client = ApiClient.objects.create(
            name=name, token_digest=token_digest(token), scopes=wanted, created_at=at, expires_at=expires_at
        )
        _say("api_client.created", client, by=by, at=at)
    return client, token


def close_client(*, client_id: UUID, by: Actor, at: datetime) -> None:
    """Shut another system out from its next call on. Shut out already is fine. Raises LookupError, Refused."""
    require(by, PERMISSION)
    with transaction.atomic():
        client = ApiClient.objects.select_for_update().filter(pk=client_id).first()
        if client is None:
            raise LookupError("There is no such system.")
        if client.is_active:
            client.is_active = False
            client.save(update_fields=["is_active"])
            _say("api_client.closed", client, by=by, at=at)


def list_clients(visible_to: Actor, *, limit: int = 200) -> list[ClientLine]:
    """Return the other systems that have or had a token, newest first. One query."""
    require(visible_to, PERMISSION)
    return [
        ClientLine(row.id, row.name, tuple(row.scopes), row.is_active, row.created_at, row.expires_at)
        for row in ApiClient.objects.order_by("-created_at", "-id")[:limit]
    ]


def _say(name: str, client: ApiClient, *, by: Actor, at: datetime) -> None:
    happening = Happening(
        name=name, subject_kind="api_client", subject_id=client.id, occurred_at=at, data={"scopes": client.scopes}
    )
    record([happening], by=by)
