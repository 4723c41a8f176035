"""Another Open311 system (GeoReport v2): reports sent to it, their states asked of it.

Answers are read in XML or JSON, whichever comes, by what each element is called: real systems leave fields out, wrap them
otherwise and write times without a zone. What cannot be read is an error that says so, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from moothall.core.calling import NoAnswer, call
from moothall.partners.adapters.open311.reading import NotReadable, read_rows, text_of, their_state
from moothall.partners.protocols import CannotSend, NotTaken, OutReport, Sent, TheirState

PATIENCE: Final = (3.05, 15)
"""Seconds to connect, and to answer."""
MOST_ASKED: Final = 50
MOST_BYTES: Final = 5_000_000
MISSING: Final = 404
MOST_HALVED: Final = 60
"""Lots that are halved in one asking to find the numbers it lacks; with more it is the system that is wrong."""


class Open311:
    """One system at its endpoint (``https://…/open311/v2``)."""

    def __init__(self, address: str, *, key: str = "", jurisdiction: str = "") -> None:
        self.address, self.key, self.jurisdiction = address.rstrip("/"), key, jurisdiction
        self._attributes: dict[str, Mapping[str, frozenset[str]]] = {}

    def services(self) -> list[Mapping[str, Any]]:
        """Return the services it takes reports of, as it names them. Raises CannotSend, NotTaken."""
        return self._get("services", {}, "service")

    def send(self, report: OutReport) -> Sent:
        """Send a report; its ``client_reference`` is ours, for a system that takes the same one once.

        Raises:
            CannotSend: no answer, or none of its own. NotTaken: it refused, with what it said.
        """
        form: list[tuple[str, str]] = [("service_code", report.service), ("client_reference", report.key)]
        form += [("api_key", self.key)] if self.key else []
        form += [("jurisdiction_id", self.jurisdiction)] if self.jurisdiction else []
        if report.latitude is not None and report.longitude is not None:
            form += [("lat", f"{report.latitude:.6f}"), ("long", f"{report.longitude:.6f}")]
        form += [("address_string", report.address)] if report.address else []
        form += [("description", report.description[:4000])] + (
            [("media_url", report.media_url)] * bool(report.media_url)
        )
        for code, values in report.attributes.items():
            allowed = self._allowed(report.service).get(code)
            held = [value for value in values if allowed is not None and (not allowed or value in allowed)]
            form += [(f"attribute[{code}]" if len(held) == 1 else f"attribute[{code}][]", value) for value in held]
        rows = self._call("POST", "requests", data=form, name="request")
        found = rows[0] if rows else {}
        reference, token = text_of(found, "service_request_id"), text_of(found, "token")
        if not reference and not token:
            raise CannotSend("It answered neither a service_request_id nor a token.")
        return Sent(reference, token, text_of(found, "service_notice"))

    def reference_of(self, token: str) -> str:
        """Return the number a token has become, empty while it has not."""
        try:
            rows = self._get(f"tokens/{quote(token, safe='')}", {}, "request")
        except NotTaken:
            return ""
        return text_of(rows[0], "service_request_id") if rows else ""

    def states(self, references: Sequence[str]) -> list[TheirState]:
        """Return where these reports stand; at most fifty are asked at once.

        Some systems answer 404 to all of them when they lack one: then the rest are asked in smaller lots.
        """
        lots = [list(references[n : n + MOST_ASKED]) for n in range(0, len(references), MOST_ASKED)]
        found: list[TheirState] = []
        halved = 0
        while lots:
            lot = lots.pop(0)
            try:
                rows = self._get("requests", {"service_request_id": ",".join(lot)}, "request")
            except NotTaken as refused:
                if not refused.missing or halved >= MOST_HALVED:
                    raise
                if len(lot) > 1:
                    halved += 1
                    lots[:0] = [lot[: len(lot) // 2], lot[len(lot) // 2 :]]
                continue
            found += [state for row in rows if (state := their_state(row)) is not None]
        return found

    def _allowed(self, service: str) -> Mapping[str, frozenset[str]]:
        """The attributes its definition has, with their values: only these are sent. None where it has none to tell."""
        if service not in self._attributes:
            try:
                rows = self._get(f"services/{quote(service, safe='')}", {}, "attribute")
            except (CannotSend, NotTaken):
                rows = []
            self._attributes[service] = {
                text_of(row, "code"): frozenset(text_of(one, "key") for one in row.get("values") or () if one)
                for row in rows
            }
        return self._attributes[service]

    def _get(self, path: str, query: Mapping[str, str], name: str) -> list[Mapping[str, Any]]:
        asked = dict(query) | ({"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {})
        asked |= {"api_key": self.key} if self.key else {}
        return self._call("GET", path, params=asked, name=name)

    def _call(self, method: str, path: str, *, name: str, **how: Any) -> list[Mapping[str, Any]]:
        try:
            came = call(method, f"{self.address}/{path}.xml", patience=PATIENCE, most=MOST_BYTES, **how)
        except NoAnswer as wrong:
            raise CannotSend(str(wrong)) from wrong
        status = came.status
        try:
            rows = read_rows(came.body, came.kind, "error" if status >= 400 else name)
        except NotReadable as wrong:
            if status >= 400:
                raise NotTaken(f"It answered {status}.", missing=status == MISSING) from wrong
            raise CannotSend("It answered what cannot be read.") from wrong
        if status >= 400:
            said = "; ".join(filter(None, (text_of(row, "description") for row in rows)))
            raise NotTaken((said or f"It answered {status}.")[:300], missing=status == MISSING)
        return rows
