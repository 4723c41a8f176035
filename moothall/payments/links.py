"""The link to a bill's page: whoever holds it may see what is owed and pay it, and nothing more. Pure."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from moothall.core import tokens

_BILL, _DEBIT, _LENGTH = "payments.link", "payments.link.debit", 40


def pay_token(intent_id: UUID) -> str:
    """Return the secret of a bill's page. It is made from the installation's secret key, so it need not be kept."""
    return tokens.token_of(_BILL, intent_id, length=_LENGTH)


def opens(token: str, intent_id: UUID) -> bool:
    """Say whether the token is this bill's."""
    return tokens.opens(token, _BILL, intent_id, length=_LENGTH)


def pay_path(intent_id: UUID) -> str:
    """Return the path of a bill's page."""
    return f"/pay/{intent_id}/{pay_token(intent_id)}"


def pay_link(intent_id: UUID) -> str:
    """Return the whole address of a bill's page, for messages."""
    return f"{settings.PUBLIC_URL}{pay_path(intent_id)}"


def debit_token(mandate_id: UUID) -> str:
    """Return the secret of an agreement's page."""
    return tokens.token_of(_DEBIT, mandate_id, length=_LENGTH)


def opens_debit(token: str, mandate_id: UUID) -> bool:
    """Say whether the token is this agreement's."""
    return tokens.opens(token, _DEBIT, mandate_id, length=_LENGTH)


def debit_path(mandate_id: UUID) -> str:
    """Return the path of an agreement's page."""
    return f"/debits/{mandate_id}/{debit_token(mandate_id)}"


def debit_link(mandate_id: UUID) -> str:
    """Return the whole address of an agreement's page, for messages."""
    return f"{settings.PUBLIC_URL}{debit_path(mandate_id)}"
