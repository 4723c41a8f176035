"""A contractor's system, played: it speaks GeoReport v2, and says what whoever plays it wants.

For tests (`say`) and demonstrations, where a page of plain buttons at `/` plays it. It takes reports of any service, each
once by our `client_reference`, and tells each change to the council's webhook at once, or waits to be asked.
Each contractor is under its code: `{url}/lighting-contractor`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import requests

from moothall.core import clock
from moothall.core.signing import signed
from moothall.core.twin_server import LocalServer, QuietHandler

KEY: Final = "twin-of-the-open311-contractor"
BUTTONS: Final = (("open", "Take it on"), ("closed", "Done"), ("not-ours", "Not ours"), ("not-found", "Nothing there"))
WORDS: Final = {
    "open": "In our programme for this week", "closed": "Mended", "not-ours": "Not our responsibility",
    "not-found": "Not found when we came",
}  # fmt: skip
NEW: Final = "Received"
MOST_KEPT: Final = 5_000
STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "button{margin:.2rem;padding:.5rem .8rem;font:inherit}article{border-top:1px solid #999}"
)
_NAMES: Final = {"service_requests": "request", "services": "service", "errors": "error", "attributes": "attribute"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its method, path, query and form, each name with all its values."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    form: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers."""

    status: int
    body: bytes
    kind: str


class _Handler(QuietHandler):
    twin: Twin

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        self._serve()

    def _serve(self) -> None:
        parts, raw = urlsplit(self.path), self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
        if parts.path != "/":
            reply = self.twin.answer(Call(self.command, parts.path, parse_qs(parts.query), form))
            self.reply(reply.status, reply.body, reply.kind)
        elif self.command == "POST":
            self.twin.press({name: values[-1] for name, values in form.items()})
            self.reply(303, b"", "text/html", {"Location": "/"})
        else:
            self.reply(200, self.twin.page().encode(), "text/html; charset=utf-8")


@dataclass
class Twin(LocalServer):
    """All contractors on one port. ``callback``: where changes are told, ``{code}`` in it; empty: they wait to be asked.

    ``refuses``: what it says to every report instead of taking it. ``tokens``: a report gets a token first, and its number
    when it is asked for. ``answered``: the statuses of the council's answers.
    """

    handler = _Handler
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    callback: str = ""
    key: str = KEY
    refuses: str = ""
    tokens: bool = False
    answered: list[int] = field(default_factory=list)

    def state(self) -> Any:
        """Return the reports."""
        return self.held

    def restore(self, kept: Any) -> None:
        """Go on with the reports that were kept."""
        self.held = kept

    def address(self, code: str) -> str:
        """Return a contractor's endpoint."""
        return f"{self.url}/{code}"

    def say(self, number: str, kind: str, words: str = "") -> None:
        """Say one thing of a report: a kind of ``BUTTONS``; tell the council."""
        with self.lock:
            row = self.held[number]
            row["status"] = "open" if kind == "open" else "closed"
            row["status_notes"] = words or WORDS[kind]
            row["updated_datetime"] = clock.now().isoformat()
            self.write_down()
        self.tell(row)

    def tell(self, row: Mapping[str, Any]) -> int:
        """Tell the council how a report stands; return the status of the answer, 0 for none."""
        if not self.callback:
            return 0
        names = ("service_request_id", "status", "status_notes", "updated_datetime", "service_code")
        raw = json.dumps([{name: row[name] for name in names}]).encode()
        headers = {"Content-Type": "application/json", **signed(raw, self.key, at=clock.now())}
        try:
            came = requests.post(self.callback.format(code=row["contractor"]), data=raw, headers=headers, timeout=10)
        except requests.RequestException:
            return 0
        self.answered.append(came.status_code)
        return came.status_code

    # -- what comes in ------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        """Answer one call of GeoReport v2, in XML or JSON by the ending."""
        path, _, fmt = call.path.rpartition(".")
        parts = path.strip("/").split("/")
        if fmt not in {"xml", "json"}:
            return _wrong(fmt, 404, "There is nothing at this address.")
        with self.lock:
            match call.method, parts[0], parts[1:]:
                case "POST", code, ["requests"]:
                    return self._take(code, call, fmt)
                case "GET", code, ["requests"]:
                    asked = ",".join(call.query.get("service_request_id", [])).split(",")
                    found = [self.held[one] for one in asked if one in self.held]
                    return _answer(fmt, "service_requests", [one for one in found if one["contractor"] == code])
                case "GET", _, ["requests", number] if number in self.held:
                    return _answer(fmt, "service_requests", [self.held[number]])
                case "GET", _, ["tokens", token] if (number := token.removeprefix("t-")) in self.held:
                    return _answer(fmt, "service_requests", [{"service_request_id": number, "token": token}])
                case "GET", code, ["services"]:
                    named = sorted({one["service_code"] for one in self.held.values() if one["contractor"] == code})
                    return _answer(fmt, "services", [_service(one) for one in named])
        return _wrong(fmt, 404, "There is nothing at this address.")

    def _take(self, code: str, call: Call, fmt: str) -> Reply:
        given = {name: values[-1] for name, values in call.form.items()}
        if given.get("api_key") != self.key:
            return _wrong(fmt, 403, "Invalid api_key received.")
        if self.refuses or not given.get("service_code"):
            return _wrong(fmt, 400, self.refuses or "service_code was not provided.")
        if not (given.get("lat") and given.get("long")) and not given.get("address_string"):
            return _wrong(fmt, 400, "No place was provided.")
        own = given.get("client_reference", "")
        known = next((n for n, one in self.held.items() if own and one["client_reference"] == own), None)
        number = known or f"C{int(next(reversed(self.held), 'C0')[1:]) + 1:05d}"
        if known is None:
            at = clock.now().isoformat()
            self.held[number] = {
                "service_request_id": number, "contractor": code, "client_reference": own, "status": "open",
                "status_notes": NEW, "service_code": given["service_code"], "description": given.get("description", ""),
                "address": given.get("address_string", ""), "lat": given.get("lat", ""), "long": given.get("long", ""),
                "media_url": given.get("media_url", ""), "requested_datetime": at, "updated_datetime": at,
            }  # fmt: skip
            while len(self.held) > MOST_KEPT:
                self.held.pop(next(iter(self.held)))
            self.write_down()
        said = {"token": f"t-{number}"} if self.tokens else {"service_request_id": number}
        return _answer(fmt, "service_requests", [said])

    # -- who plays it ---------------------------------------------------------------------------------------------------

    def press(self, form: Mapping[str, str]) -> None:
        """Say what a button says, unless the report has ended."""
        row = self.held.get(form.get("number", ""))
        if row is not None and row["status"] == "open" and form.get("kind") in WORDS:
            self.say(row["service_request_id"], form["kind"])

    def page(self) -> str:
        """Return the page that plays the contractors."""
        shown = [_article(row) for row in reversed(list(self.held.values())[-50:])]
        return (
            "<!doctype html><html lang=en-GB><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>Contractors by Open311 (demonstration)</title><style>{STYLE}</style><main>"
            "<h1>Contractors by Open311</h1>"
            "<p>What the council sent by GeoReport v2. Play the contractor: each button tells the council.</p>"
            f"{''.join(shown) or '<p>Nothing yet.</p>'}</main></html>"
        )


def _article(row: Mapping[str, Any]) -> str:
    number, over = escape(row["service_request_id"]), row["status"] == "closed"
    buttons = "".join(
        f'<button name="kind" value="{kind}">{escape(words)}<span hidden> {number}</span></button> '
        for kind, words in BUTTONS
    )
    said = escape(row["description"]).replace("\n", "<br>")
    return (
        f"<article><h2>{number} {escape(row['service_code'])}: {escape(row['status_notes'])}</h2>"
        f"<p>{escape(row['contractor'])} · {escape(row['address'])}<br>{said}</p>"
        + (
            ""
            if over
            else f'<form method="post" action="/"><input type="hidden" name="number" value="{number}">{buttons}</form>'
        )
        + "</article>"
    )


def _service(code: str) -> dict[str, str]:
    return {
        "service_code": code, "service_name": code, "description": "", "metadata": "false", "type": "realtime",
        "keywords": "", "group": "",
    }  # fmt: skip


def _wrong(fmt: str, status: int, words: str) -> Reply:
    return _answer(fmt, "errors", [{"code": status, "description": words}], status=status)


def _answer(fmt: str, root: str, rows: Sequence[Mapping[str, Any]], *, status: int = 200) -> Reply:
    if fmt == "json":
        return Reply(status, json.dumps(rows).encode(), "application/json; charset=utf-8")
    made = ET.Element(root)
    for row in rows:
        one = ET.SubElement(made, _NAMES[root])
        for name, value in row.items():
            ET.SubElement(one, name).text = str(value)
    return Reply(status, ET.tostring(made, "utf-8", xml_declaration=True), "text/xml; charset=utf-8")
