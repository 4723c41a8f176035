"""Systems that take changes over HTTP, by a contract of ours.

`PUT {address}/records/{record}/changes/{key}` with `{"kind", "values", "asked_at"}`; the same key again answers as the first
time. The answer (200) is `{"state": "confirmed" | "refused" | "later", "receipt", "reason", "holds"}`, where `holds` is what
the system holds now of the values it was told. `GET` of the same address asks again; 404: never heard of it.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import requests

from moothall.customers.linking.protocols import Answer, Told, Unreachable

PATIENCE: Final = (3.05, 10)
"""Seconds to connect, and to answer."""
STATES: Final = frozenset({"confirmed", "refused", "later"})


class RestHolder:
    """One system at its address."""

    def __init__(self, address: str, token: str = "") -> None:
        self.address = address.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def tell(self, told: Told) -> Answer:
        """Tell it; safe to repeat. Raises Unreachable."""
        body = {"kind": told.kind, "values": dict(told.values), "asked_at": told.asked_at.isoformat()}
        answer = self._call("PUT", told, body)
        if answer is None:
            raise Unreachable("It knows no such address.")
        return answer

    def ask(self, told: Told) -> Answer | None:
        """Ask what became of it. Raises Unreachable."""
        return self._call("GET", told, None)

    def _call(self, method: str, told: Told, body: dict[str, Any] | None) -> Answer | None:
        where = f"{self.address}/records/{quote(told.record, safe='')}/changes/{quote(told.key, safe='')}"
        try:
            came = requests.request(
                method, where, json=body, headers=self.headers, timeout=PATIENCE, allow_redirects=False
            )
        except requests.RequestException as wrong:
            raise Unreachable("It did not answer.") from wrong
        if came.status_code == 404:
            return None
        if came.status_code not in {200, 201, 202, 409, 422}:
            raise Unreachable(f"It answered {came.status_code}.")
        return _read(came)


def _read(came: requests.Response) -> Answer:
    try:
        said = came.json()
        state = str(said["state"])
        holds = said.get("holds") or {}
        if state not in STATES or not isinstance(holds, dict):
            raise ValueError(state)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Unreachable("It answered what nobody can read.") from wrong
    return Answer(state, str(said.get("receipt") or "")[:120], str(said.get("reason") or "")[:300], holds)
