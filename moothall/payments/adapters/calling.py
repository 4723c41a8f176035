"""Calling a provider's API: what could not be done, what may have been done, and what was refused, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from moothall.core.calling import OwnSessions
from moothall.payments.protocols import ProviderRefused, ProviderTrouble

TIMEOUT = 10.0


class Line:
    """A line to one API; a session for each thread, as none is safe to share."""

    def __init__(self, url: str, key: str, *, timeout: float = TIMEOUT) -> None:
        self.url, self._key, self._timeout = url.rstrip("/"), key, timeout
        self._sessions = OwnSessions()

    def ask(
        self, method: str, path: str, *, json: Mapping[str, Any] | None = None, form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the answer's JSON (nothing for an empty one).

        Raises:
            ProviderRefused: a 4xx that says why, and nothing was done. ProviderTrouble: everything else that is no answer.
        """
        try:
            answer = self._sessions.session().request(
                method, f"{self.url}{path}", json=json, data=form, params=query, timeout=self._timeout,
                headers={"Authorization": f"Bearer {self._key}", "Accept": "application/json", **(headers or {})},
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise ProviderTrouble(f"The payment provider did not answer ({type(error).__name__}).") from error
        if 200 <= answer.status_code < 300:
            return _read(answer)
        if answer.status_code in {401, 403, 408, 425, 429} or answer.status_code >= 500:
            raise ProviderTrouble(f"The payment provider says {answer.status_code}.")
        code, words = _why(answer)
        raise ProviderRefused(code, f"The payment provider says {answer.status_code} {code}: {words}"[:300])


def _read(answer: requests.Response) -> dict[str, Any]:
    if not answer.content:
        return {}
    try:
        read = answer.json()
    except ValueError as error:
        raise ProviderTrouble("The payment provider answered in a way we cannot read.") from error
    if not isinstance(read, dict):
        raise ProviderTrouble("The payment provider answered in a way we cannot read.")
    return read


def _why(answer: requests.Response) -> tuple[str, str]:
    try:
        body: Any = answer.json()
    except ValueError:
        return str(answer.status_code), ""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):  # Stripe's shape
        return str(error.get("code") or error.get("type") or answer.status_code), str(error.get("message", ""))
    if isinstance(body, dict):
        return str(body.get("code", answer.status_code)), str(body.get("description", ""))
    return str(answer.status_code), ""
