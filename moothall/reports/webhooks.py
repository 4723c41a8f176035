"""Whoever asked to be told when a report changes is told at once, signed; what does not arrive is sent again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import requests
from django.conf import settings

from moothall.core.jobs import enqueue
from moothall.core.references import show_reference
from moothall.core.signing import signed
from moothall.reports.queries.outside import outside_report

PATIENCE: Final = (3.05, 10)


class NotTold(Exception):
    """It did not take it: the job is tried again."""


def queue_webhooks(case_id: UUID) -> None:
    """Queue telling each of them of a report as it stands when the job runs; what waits already is not queued again."""
    for name in settings.OPEN311_WEBHOOKS:
        enqueue("reports.webhook", once=f"webhook:{name}:{case_id}", to=name, case=str(case_id))


def tell(name: str, case_id: UUID, *, at: datetime) -> bool:
    """Tell one of them how a report stands. ``False``: there is nobody of this name, or nothing to tell. Raises NotTold."""
    address, found = settings.OPEN311_WEBHOOKS.get(name), outside_report(case_id)
    if not address or found is None:
        return False
    line = found.report
    row: dict[str, Any] = {
        "update_id": f"{show_reference(line.reference)}-{int(line.changed_at.timestamp())}",
        "service_request_id": show_reference(line.reference), "service_code": line.service,
        "status": "open" if line.is_open else "closed",
        "description": f"{line.says}: {line.outcome}" if line.outcome and not line.is_open else line.says,
        "updated_datetime": line.changed_at.isoformat(),
        "expected_datetime": found.expected_at.isoformat() if found.expected_at else None,
    }  # fmt: skip
    body = json.dumps([row], ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers |= signed(body, settings.OPEN311_WEBHOOK_KEYS.get(name, ""), at=at)
    try:
        came = requests.post(address, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException as wrong:
        raise NotTold(f"{name} did not answer.") from wrong
    if came.status_code >= 300:
        raise NotTold(f"{name} answered {came.status_code}.")
    return True
