"""Orders by JSON over HTTP, as docs/howto/repairs.md describes them: sent with a key of ours, told back step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from moothall.core import clock
from moothall.core.calling import NoAnswer, call
from moothall.core.signing import signed
from moothall.repairs.adapters.works_orders.reading import NotReadable, read_steps
from moothall.repairs.protocols import CannotSend, Heard, NotTaken, Work

NAME: Final = "X-Works-Orders"
"""What the headers that sign begin with."""
PATIENCE: Final = (3.05, 15)
MOST_BYTES: Final = 2_000_000


class WorksOrders:
    """One contractor's system at its address."""

    def __init__(self, address: str, *, key: str) -> None:
        self.address, self.key = address.rstrip("/"), key

    def order(self, work: Work) -> str:
        """Send an order by its key: sent again it is the same order there."""
        body = asdict(work) | {"due_at": work.due_at.isoformat() if work.due_at else None}
        answer = self._call("PUT", f"orders/{work.key}", body)
        return str(answer.get("reference") or "")[:120] if isinstance(answer, Mapping) else ""

    def tell(self, order: str, kind: str, *, key: str, starts_at: datetime | None, ends_at: datetime | None) -> None:
        """Tell what the tenant chose, that no time suits her, or that it is not needed any more."""
        times = {"starts_at": _text(starts_at), "ends_at": _text(ends_at)} if kind == "agreed" else {}
        self._call("PUT", f"orders/{order}/told/{key}", {"kind": kind, **times})

    def steps(self, order: str, *, after: int) -> list[Heard]:
        """Return the steps numbered above ``after``."""
        answer = self._call("GET", f"orders/{order}/steps?after={after}", None)
        try:
            return sorted(read_steps(answer), key=lambda one: one.number)
        except NotReadable as strange:
            raise NotTaken(str(strange)) from strange

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        raw = json.dumps(body).encode() if body is not None else b""
        headers = {"Content-Type": "application/json", **signed(raw, self.key, at=clock.now(), name=NAME)}
        try:
            came = call(method, f"{self.address}/{path}", patience=PATIENCE, most=MOST_BYTES, data=raw, headers=headers)
        except NoAnswer as wrong:
            raise CannotSend(str(wrong)) from wrong
        try:
            answer = json.loads(came.body or b"{}")
        except ValueError as wrong:
            if came.status < 400:
                raise CannotSend("It answered what cannot be read.") from wrong
            answer = {}
        if came.status >= 400:
            said = answer.get("error") if isinstance(answer, Mapping) else None
            raise NotTaken(str(said or f"It answered {came.status}.")[:300])
        return answer


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
