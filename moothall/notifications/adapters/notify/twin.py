"""A twin of GOV.UK Notify that speaks its contract, for tests and demonstrations.

It checks tokens (HS256, issuer, thirty seconds), personalisation and addresses, answers with Notify's own shapes and errors,
keeps what it took, and calls back with receipts and texts, bearing the token we gave it. Faults can be ordered.
Source: GOV.UK Notify, REST API documentation, version 2.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import requests
from notifications_python_client import authentication
from notifications_python_client.errors import TokenError, TokenExpiredError

from moothall.core import clock, twin_server
from moothall.core.twin_server import LocalServer, QuietHandler, next_fault

SERVICE = "5e6b3c1a-0c1d-4c53-9d0e-2f1a7d0b9a11"
SECRET = "b7f0a9de-6a0f-4b5d-8a43-0d7a3c4f2e22"  # noqa: S105  the twin's own, good for nothing else
KEY = f"twin-{SERVICE}-{SECRET}"
TEMPLATES = {"email": "0f3d2a54-7d1c-4f8e-9a6b-3c5e1b2d4f61", "sms": "9c8b7a65-4e3d-4c2b-8a19-7f6e5d4c3b21"}
_CONTENT = {"email": {"subject": "((subject))", "body": "((body))"}, "sms": {"body": "((body))"}}
PERMANENT = frozenset({"perm-fail@simulator.notify", "+447700900002"})
TEMPORARY = frozenset({"temp-fail@simulator.notify", "+447700900003"})
MOST_IN_MEMORY = 20_000
_tokens: Any = authentication


@dataclass
class Fault(twin_server.Fault):
    """A fault in Notify's own words: what ``status`` answers; ``slow`` is known too."""

    error: str = "Exception"
    message: str = "Internal server error"


class _Refusal(Exception):
    def __init__(self, code: int, error: str, message: str) -> None:
        self.code, self.error, self.message = code, error, message
        super().__init__(message)


class _Dropped(Exception):
    """The line is to be dropped."""


class _Handler(QuietHandler):
    twin: "Twin"

    def do_GET(self) -> None:  # noqa: N802 - the library’s own name
        self._serve(self._get)

    def do_POST(self) -> None:  # noqa: N802 - the library’s own name
        self._serve(self._post)

    def _serve(self, answer: Any) -> None:
        try:
            self._reply(*answer())
        except _Refusal as no:
            body = {"status_code": no.code, "errors": [{"error": no.error, "message": no.message}]}
            self._reply(no.code, body)
        except _Dropped:
            self.drop()

    def _reply(self, code: int, body: Any) -> None:
        self.reply(code, json.dumps(body).encode(), "application/json")

    def _get(self) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        if parts.path == "/_twin":
            shown = [{name: value for name, value in row.items() if name != "pdf"} for row in self.twin.taken.values()]
            return 200, {"taken": shown, "texts": self.twin.texts}
        self._check_token()
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if found := re.fullmatch(r"/v2/notifications/([0-9a-f-]{36})", parts.path):
            row = self.twin.taken.get(found[1])
            if row is None:
                raise _Refusal(404, "NoResultFound", "No result found")
            return 200, _public(row)
        if parts.path == "/v2/notifications":
            with self.twin.lock:
                rows = list(self.twin.taken.values())
            for name, column in (("reference", "reference"), ("status", "status"), ("template_type", "type")):
                if name in query:
                    rows = [row for row in rows if row[column] == query[name]]
            rows = rows[::-1][:250]
            return 200, {"notifications": [_public(row) for row in rows], "links": {"current": self.path}}
        if parts.path == "/v2/received-text-messages":
            return 200, {"received_text_messages": self.twin.texts[::-1][:250], "links": {"current": self.path}}
        raise _Refusal(404, "NotFound", "Not found")

    def _post(self) -> tuple[int, Any]:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = re.fullmatch(r"/v2/notifications/(email|sms|letter)", urlsplit(self.path).path)
        if found is None:
            raise _Refusal(404, "NotFound", "Not found")
        self._check_token()
        with self.twin.lock:
            fault = next_fault(self.twin.faults)
        if fault is not None and fault.kind == "status":
            raise _Refusal(fault.code, fault.error, fault.message)
        if fault is not None and fault.kind == "drop":
            raise _Dropped
        kind = found[1]
        row = (
            self.twin.take_letter(*_checked_letter(raw))
            if kind == "letter"
            else self.twin.take(kind, _checked(kind, raw))
        )
        if fault is not None and fault.kind == "swallow":
            raise _Dropped
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        if kind == "letter":
            return 201, {"id": row["id"], "reference": row["reference"], "postage": "second"}
        return 201, _answer(self.twin.url, row)

    def _check_token(self) -> None:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise _Refusal(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
        try:
            if _tokens.get_token_issuer(token) != SERVICE:
                raise _Refusal(403, "AuthError", "Invalid token: service not found")
            _tokens.decode_jwt_token(token, SECRET)
        except TokenExpiredError:
            words = "Error: Your system clock must be accurate to within 30 seconds"
            raise _Refusal(403, "AuthError", words) from None
        except TokenError:
            raise _Refusal(403, "AuthError", "Invalid token: API key not found") from None


@dataclass
class Twin(LocalServer):
    """The state of one twin; it keeps nothing over a stop.

    ``callback`` and ``inbound`` are our addresses for receipts and texts, ``token`` the bearer token for both.
    ``outcome`` is what becomes of a message: ``delivered`` by itself, or ``hold`` to tell with ``tell``.
    """

    handler = _Handler
    callback: str = ""
    inbound: str = ""
    token: str = ""
    outcome: str = "hold"
    faults: list[Fault] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: list[dict[str, Any]] = field(default_factory=list)

    def by_reference(self, reference: str) -> list[dict[str, Any]]:
        """Return what was taken under a reference of ours."""
        with self.lock:
            return [row for row in self.taken.values() if row["reference"] == reference]

    def take(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a message that passed all checks, and settle what becomes of it."""
        personal = body.get("personalisation") or {}
        to = str(body["phone_number"] if kind == "sms" else body["email_address"])
        now = _now()
        row = {
            "id": str(uuid4()), "reference": body.get("reference"), "type": kind, "status": "created", "to": to,
            "template_id": TEMPLATES[kind], "created_at": now, "sent_at": None, "completed_at": None,
            "subject": personal.get("subject"), "body": personal.get("body", ""),
            "one_click_unsubscribe": body.get("one_click_unsubscribe_url"),
        }  # fmt: skip
        with self.lock:
            self.taken[row["id"]] = row
            while len(self.taken) > MOST_IN_MEMORY:
                self.taken.pop(next(iter(self.taken)))
        outcome = "permanent-failure" if to in PERMANENT else "temporary-failure" if to in TEMPORARY else self.outcome
        if outcome != "hold":
            threading.Thread(target=self.tell, args=(row["id"], outcome), kwargs={"patient": True}, daemon=True).start()
        return row

    def take_letter(self, reference: str, pdf: bytes) -> dict[str, Any]:
        """Keep a letter that came as a PDF; it is "accepted" for printing."""
        row: dict[str, Any] = {
            "id": str(uuid4()), "reference": reference, "type": "letter", "status": "accepted", "to": "", "pdf": pdf,
            "template_id": "", "created_at": _now(), "sent_at": None, "completed_at": None, "subject": None, "body": "",
        }  # fmt: skip
        with self.lock:
            self.taken[row["id"]] = row
        return row

    def tell(self, notification_id: str, status: str, *, at: str = "", patient: bool = False) -> int:
        """Bring a message to a status and call back about it; return the status code of the answer (0: none)."""
        with self.lock:
            row = self.taken[notification_id]
            row["status"] = status
            row["sent_at"] = row["sent_at"] or _now()
            if status not in {"created", "sending", "pending"}:
                row["completed_at"] = at or _now()
        return self._post(self.callback, receipt_of(row), patient)

    def text_in(self, sender: str, message: str, *, id_: str = "", patient: bool = False) -> int:
        """Let somebody text the council, and call back about it; return the status code of the answer (0: none)."""
        row = {
            "id": id_ or str(uuid4()), "source_number": sender, "destination_number": "07700900099", "message": message,
            "date_received": _now(),
        }  # fmt: skip
        with self.lock:
            self.texts.append(row)
        return self._post(self.inbound, row, patient)

    def _post(self, url: str, body: Mapping[str, Any], patient: bool) -> int:
        """Call back once, or (``patient``) again and again for a while, as Notify does when we do not answer 2xx."""
        if not url:
            return 0
        code = 0
        for wait in (0.0, 0.5, 1.0, 2.0, 5.0, 10.0) if patient else (0.0,):
            time.sleep(wait)
            try:
                bearer = {"Authorization": f"Bearer {self.token}"}
                code = requests.post(url, json=body, headers=bearer, timeout=10).status_code
            except requests.RequestException:
                code = 0
            if 200 <= code < 300:
                break
        return code


def receipt_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the delivery receipt for a message as Notify words it."""
    return {
        "id": row["id"], "reference": row["reference"], "to": row["to"], "status": row["status"],
        "created_at": row["created_at"], "completed_at": row["completed_at"], "sent_at": row["sent_at"],
        "notification_type": row["type"], "template_id": row["template_id"], "template_version": 1,
    }  # fmt: skip


def _checked(kind: str, raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        raise _Refusal(400, "BadRequestError", "Invalid JSON supplied in POST data") from None
    if not isinstance(body, dict) or body.get("template_id") != TEMPLATES[kind]:
        raise _Refusal(400, "BadRequestError", "Template not found")
    field_name = "phone_number" if kind == "sms" else "email_address"
    to = str(body.get(field_name) or "")
    if kind == "sms" and not re.fullmatch(r"(\+44|0)7\d{9}|\+(?!44)\d{8,15}", to):
        raise _Refusal(400, "ValidationError", "phone_number Not a UK mobile number")
    if kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", to):
        raise _Refusal(400, "ValidationError", "email_address Not a valid email address")
    personal = body.get("personalisation") or {}
    missing = [name for name in _CONTENT[kind] if not personal.get(name)]
    if missing:
        raise _Refusal(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
    return body


def _checked_letter(raw: bytes) -> tuple[str, bytes]:
    """The reference and the PDF of a letter, checked as Notify checks what it can at once."""
    try:
        body = json.loads(raw)
        pdf = base64.b64decode(str(body["content"]), validate=True)
    except (ValueError, KeyError, TypeError):
        raise _Refusal(400, "BadRequestError", "Cannot decode letter content (invalid base64 encoding)") from None
    if not body.get("reference"):
        raise _Refusal(400, "ValidationError", "reference is a required property")
    if body.get("postage", "second") not in {"first", "second", "economy", "europe", "rest-of-world"}:
        raise _Refusal(
            400, "ValidationError", "postage invalid. It must be first, second, economy, europe or rest-of-world."
        )
    if not pdf.startswith(b"%PDF-"):
        raise _Refusal(400, "ValidationError", "Letter content is not a valid PDF")
    return str(body["reference"]), pdf


def _answer(url: str, row: Mapping[str, Any]) -> dict[str, Any]:
    content = {"body": row["body"], "from_number": "07700900099"}
    if row["type"] == "email":
        content = {"subject": row["subject"], "body": row["body"], "from_email": "twin@notifications.example.org"}
    uri = f"{url}/v2/notifications/{row['id']}"
    template = {"id": row["template_id"], "version": 1, "uri": f"{url}/v2/template/{row['template_id']}"}
    return {"id": row["id"], "reference": row["reference"], "content": content, "uri": uri, "template": template,
            "scheduled_for": None}  # fmt: skip


def _public(row: Mapping[str, Any]) -> dict[str, Any]:
    email = row["type"] == "email"
    return {
        "id": row["id"], "reference": row["reference"], "email_address": row["to"] if email else None,
        "phone_number": None if email else row["to"], "type": row["type"], "status": row["status"],
        "template": {"id": row["template_id"], "version": 1}, "body": row["body"], "subject": row["subject"],
        "created_at": row["created_at"], "sent_at": row["sent_at"], "completed_at": row["completed_at"],
    }  # fmt: skip


def _now() -> str:
    return clock.machine_now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
