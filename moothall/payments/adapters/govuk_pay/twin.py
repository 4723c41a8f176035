"""A twin of GOV.UK Pay: its payments, events, refunds, agreements and signed webhooks, for tests and demonstrations.

Source: GOV.UK Pay, API reference (payments, refunds, agreements), "Using webhooks", and its table of error codes. There are
webhooks of payments and of refunds that went, none of agreements: how one of those stands is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from moothall.core import clock
from moothall.payments.adapters.twins import Call, Refuse, Reply, TwinServer, is_past, moment

KEY: Final = "api_test_twin_of_govuk_pay"
SECRET: Final = "webhook_test_twin_of_govuk_pay"  # noqa: S105 - the twin's own, good for nothing else
FINISHED: Final = frozenset({"success", "failed", "cancelled", "error"})
WORDS: Final = {
    "P0010": ("failed", "Payment method rejected"), "P0020": ("failed", "Payment expired"),
    "P0030": ("failed", "Payment was cancelled by the user"), "P0040": ("cancelled", "Payment was cancelled by the service"),
    "P0050": ("error", "Payment provider returned an error"),
}  # fmt: skip
EVENTS: Final = {
    "success": "card_payment_succeeded", "failed": "card_payment_failed", "started": "card_payment_started",
    "captured": "card_payment_captured", "refunded": "card_payment_refunded", "expired": "card_payment_expired",
}  # fmt: skip


class Twin(TwinServer):
    """GOV.UK Pay, as far as we can tell."""

    agreements: dict[str, dict[str, Any]]
    keys: dict[str, str]
    declines: list[bool]
    dawdles: bool = False
    ends_at_once: bool = False

    def start(self) -> Twin:
        """Serve until ``stop``.

        ``declines``: payments by an agreement that fail next, and whether each may be retried. ``dawdles``: what is paid
        stays submitted until ``think``. ``refunds_wait``: so do refunds, until ``end_refund``. ``ends_at_once``: payments
        fail before they have a page.
        """
        self.agreements, self.keys, self.declines = {}, {}, []
        super().start()
        return self

    def state(self) -> Any:
        """Return the payments and the agreements."""
        return {**super().state(), "agreements": self.agreements, "keys": self.keys}

    def restore(self, kept: Any) -> None:
        """Go on with what was kept."""
        super().restore(kept)
        self.agreements, self.keys = kept.get("agreements", {}), kept.get("keys", {})

    # -- the API ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        """Answer one call of the API."""
        if call.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refuse(401, {"code": "P0900", "description": "Credentials are required to access this resource"})
        parts = call.path.strip("/").split("/")
        match call.method, parts:
            case "POST", ["v1", "payments"]:
                return self._create(call)
            case "GET", ["v1", "payments"]:
                return 200, self._search(call.query)
            case "GET", ["v1", "payments", id_]:
                return 200, self._shown(self._one(id_))
            case "GET", ["v1", "payments", id_, "events"]:
                return 200, {"payment_id": id_, "events": self._one(id_)["events"], "_links": {}}
            case "POST", ["v1", "payments", id_, "cancel"]:
                return self._cancel(self._one(id_))
            case "POST", ["v1", "payments", id_, "capture"]:
                return self._capture(self._one(id_))
            case "POST", ["v1", "payments", id_, "refunds"]:
                return self._refund(self._one(id_), call.json() or {})
            case "GET", ["v1", "payments", id_, "refunds"]:
                return 200, {"payment_id": id_, "_links": {}, "_embedded": {"refunds": self._one(id_)["refunds"]}}
            case "GET", ["v1", "payments", id_, "refunds", refund_id]:
                return self._one_refund(self._one(id_), refund_id)
            case _, ["v1", "agreements", *rest]:
                return self._agreements(call, rest)
        raise Refuse(404, {"code": "P0200", "description": "Not found"})

    def _one_refund(self, payment: Mapping[str, Any], refund_id: str) -> Reply:
        found = [one for one in payment["refunds"] if one["refund_id"] == refund_id]
        if not found:
            raise Refuse(404, {"code": "P0700", "description": "Not found"})
        return 200, {**found[0], "_links": {}}

    def _agreements(self, call: Call, rest: list[str]) -> Reply:
        match call.method, rest:
            case "POST", []:
                return self._agree(call.json() or {})
            case "GET", [id_] if id_ in self.agreements:
                return 200, self.agreements[id_]
            case "POST", [id_, "cancel"] if id_ in self.agreements:
                return self._end_agreement(id_)
        raise Refuse(404, {"code": "P0200", "description": "Not found"})

    def _create(self, call: Call) -> Reply:
        body = call.json()
        if not isinstance(body, dict):
            raise Refuse(400, {"code": "P0197", "description": "Unable to parse JSON"})
        for name in ("amount", "reference", "description"):
            if body.get(name) in (None, ""):
                raise Refuse(400, _missing(name))
        amount = body["amount"]
        if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= 10_000_000:
            raise Refuse(422, _invalid("amount", "Must be greater than or equal to 1"))
        for name in ("reference", "description"):
            if len(str(body[name])) > 255:
                raise Refuse(422, _invalid(name, "Must be less than or equal to 255 characters length"))
        by_agreement = body.get("authorisation_mode") == "agreement"
        if not by_agreement and not str(body.get("return_url", "")).startswith(
            ("https://", "http://localhost", "http://127.0.0.1")
        ):
            raise Refuse(422, _invalid("return_url", "Must be a valid URL format"))
        key = call.headers.get("Idempotency-Key", "")
        if by_agreement and key in self.keys:
            return 200, self._shown(self.payments[self.keys[key]])
        if body.get("set_up_agreement") and body["set_up_agreement"] not in self.agreements:
            raise Refuse(400, {"field": "set_up_agreement", "code": "P0103", "description": "Agreement does not exist"})
        payment = self._new(body)
        if by_agreement:
            self._by_agreement(payment, body, key)
        self.payments[payment["payment_id"]] = payment
        if self.ends_at_once:
            self._move(payment, "error", "P0050")
        return 201, self._shown(payment)

    def _by_agreement(self, payment: dict[str, Any], body: Mapping[str, Any], key: str) -> None:
        """Take a payment by an agreement: nobody is there, so it has no page and ends at once."""
        if "return_url" in body or "set_up_agreement" in body or body.get("moto"):
            raise Refuse(
                400, {"code": "P0104", "description": "Unexpected attribute with authorisation_mode agreement"}
            )
        held = self.agreements.get(str(body.get("agreement_id")))
        if held is None or held["status"] != "active":
            raise Refuse(400, {"field": "agreement_id", "code": "P0103", "description": "Agreement is not active"})
        self.keys[key] = payment["payment_id"]
        self.payments[payment["payment_id"]] = payment
        if self.declines:
            self._move(payment, "failed", "P0010")
            payment["state"]["can_retry_payment"] = self.declines.pop(0)
        else:
            self._move(payment, "success")

    def _new(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "payment_id": uuid4().hex[:26], "amount": body["amount"], "reference": body["reference"],
            "description": body["description"], "return_url": body.get("return_url", ""), "language": "en",
            "metadata": body.get("metadata") or {}, "delayed_capture": bool(body.get("delayed_capture")),
            "moto": bool(body.get("moto")), "agreement_id": body.get("set_up_agreement", ""),
            "created_date": moment(), "state": {"status": "created", "finished": False},
            "events": [{"state": {"status": "created", "finished": False}, "updated": moment()}],
            "refunds": [], "captured_date": None,
        }  # fmt: skip

    def _one(self, id_: str) -> dict[str, Any]:
        payment = self.payments.get(id_)
        if payment is None:
            raise Refuse(404, {"code": "P0200", "description": "Not found"})
        if payment["state"]["status"] in {"created", "started"} and is_past(payment["created_date"], self.lasts):
            self._move(payment, "failed", "P0020")
        return payment

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        wanted = query.get("reference", "")
        rows = [self._shown(self._one(one)) for one in list(self.payments)][::-1]
        found = [one for one in rows if not wanted or wanted in one["reference"]]  # Pay matches part of a reference too
        return {
            "total": len(found),
            "count": len(found),
            "page": 1,
            "results": found[: int(query.get("display_size", 500))],
        }

    def _shown(self, payment: Mapping[str, Any]) -> dict[str, Any]:
        id_, status = payment["payment_id"], payment["state"]["status"]
        gone = _gone(payment)
        links: dict[str, Any] = {"self": {"href": f"{self.url}/v1/payments/{id_}", "method": "GET"}, "next_url": None}
        if status in {"created", "started"}:
            links["next_url"] = {"href": f"{self.pages}/{id_}", "method": "GET"}
        available = "full" if gone == payment["amount"] else "available" if status == "success" else "pending"
        kept = ("payment_id", "amount", "reference", "description", "language", "metadata", "delayed_capture", "moto",
                "created_date", "state", "return_url")  # fmt: skip
        return {
            **{name: payment[name] for name in kept},
            "payment_provider": "sandbox",
            "refund_summary": {
                "status": available, "amount_available": payment["amount"] - gone if status == "success" else 0,
                "amount_submitted": gone,
            },
            "settlement_summary": {"captured_date": payment["captured_date"]} if payment["captured_date"] else {},
            "_links": links,
        }  # fmt: skip

    def _cancel(self, payment: dict[str, Any]) -> Reply:
        if payment["state"]["status"] in FINISHED:
            raise Refuse(400, {"code": "P0501", "description": "Cancellation of payment failed"})
        self._move(payment, "cancelled", "P0040")
        return 204, None

    def _capture(self, payment: dict[str, Any]) -> Reply:
        if payment["state"]["status"] != "capturable":
            raise Refuse(400, {"code": "P1003", "description": "Capture of payment failed"})
        self._move(payment, "success")
        return 204, None

    def _refund(self, payment: dict[str, Any], body: Mapping[str, Any]) -> Reply:
        gone = _gone(payment)
        left = payment["amount"] - gone if payment["state"]["status"] == "success" else 0
        amount = body.get("amount")
        if "refund_amount_available" in body and body["refund_amount_available"] != left:
            raise Refuse(412, {"code": "P0604", "description": "Refund amount available mismatch."})
        if not isinstance(amount, int) or amount < 1:
            raise Refuse(422, _invalid("amount", "Must be greater than or equal to 1"))
        if amount > left:
            raise Refuse(
                400,
                {
                    "code": "P0603",
                    "description": "The payment is not available for refund.",
                },
            )
        made = {"refund_id": uuid4().hex[:26], "created_date": moment(), "amount": amount, "status": "submitted"}
        payment["refunds"].append(made)
        if not self.refunds_wait:
            self.end_refund(payment["payment_id"])
        return 202, {**made, "_links": {}}

    def _agree(self, body: Mapping[str, Any]) -> Reply:
        for name in ("reference", "description"):
            if not body.get(name):
                raise Refuse(400, _missing(name))
        made = {"agreement_id": uuid4().hex[:26], "reference": body["reference"], "description": body["description"],
                "status": "created", "created_date": moment()}  # fmt: skip
        self.agreements[str(made["agreement_id"])] = made
        return 201, made

    def _end_agreement(self, id_: str) -> Reply:
        if self.agreements[id_]["status"] != "active":
            raise Refuse(400, {"code": "P2501", "description": "Cancellation of agreement failed"})
        self.agreements[id_]["status"] = "cancelled"
        return 204, None

    # -- the page and the webhooks --------------------------------------------------------------------------------

    def page_of(self, payment_id: str) -> dict[str, Any]:
        """Return what the payment page shows; coming to it starts the payment."""
        payment = self._one(payment_id)
        if payment["state"]["status"] == "created":
            self._move(payment, "started")
        open_ = payment["state"]["status"] == "started"
        return {"description": payment["description"], "pence": payment["amount"], "open": open_, "moto": payment["moto"],
                "reference": payment["reference"], "back": payment["return_url"]}  # fmt: skip

    def play(self, payment_id: str, outcome: str) -> str:
        """Play the customer on the page. What is finished stays as it is."""
        payment = self._one(payment_id)
        if payment["state"]["status"] in {"created", "started"}:
            if outcome == "pay":
                self._move(payment, "submitted")
                if not self.dawdles:
                    self.think(payment_id)
            else:
                self._move(payment, "failed", {"decline": "P0010", "cancel": "P0030"}.get(outcome, "P0050"))
        return str(payment["return_url"])

    def think(self, payment_id: str, outcome: str = "pay") -> None:
        """The bank says yes to a payment that was submitted, or no."""
        payment = self._one(payment_id)
        if payment["state"]["status"] == "submitted":
            if outcome == "pay":
                self._move(payment, "capturable" if payment["delayed_capture"] else "success")
            else:
                self._move(payment, "failed", "P0010")

    def end_refund(self, payment_id: str, outcome: str = "success", refund_id: str = "") -> None:
        """A refund of a payment (the newest, or the one named) goes, or ends in ``error``. Only one that went is told of."""
        payment = self._one(payment_id)
        made = [one for one in payment["refunds"] if refund_id in {"", one["refund_id"]}][-1]
        made["status"] = outcome
        if outcome == "success":
            self._webhook(payment, "refunded")

    def console_refund(self, payment_id: str, pence: int) -> str:
        """Somebody gives money back in GOV.UK Pay's own administration: we are told by webhook and in its file alone."""
        return str(self._refund(self._one(payment_id), {"amount": pence})[1]["refund_id"])

    def signed(self, raw: bytes) -> dict[str, str]:
        """Return the signature: hex HMAC-SHA256 of the body."""
        return {"Pay-Signature": hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}

    def _move(self, payment: dict[str, Any], status: str, code: str = "") -> None:
        state: dict[str, Any] = {"status": WORDS[code][0] if code else status}
        state["finished"] = state["status"] in FINISHED
        if code:
            state |= {"code": code, "message": WORDS[code][1]}
        payment["state"] = state
        payment["events"].append({"state": state, "updated": moment()})
        if state["status"] == "success":
            payment["captured_date"] = clock.now().date().isoformat()
            if payment["agreement_id"] in self.agreements:
                self.agreements[payment["agreement_id"]]["status"] = "active"
        self._webhook(payment, "expired" if code == "P0020" else state["status"])

    def _webhook(self, payment: Mapping[str, Any], what: str) -> None:
        if what in EVENTS:
            self.tell(
                {
                    "webhook_message_id": uuid4().hex[:26], "api_version": 1, "created_date": moment(),
                    "resource_id": payment["payment_id"], "resource_type": "payment", "event_type": EVENTS[what],
                    "resource": self._shown(payment),
                }
            )  # fmt: skip


def _gone(payment: Mapping[str, Any]) -> int:
    """What has gone back of a payment, or is going."""
    return sum(one["amount"] for one in payment["refunds"] if one["status"] != "error")


def _missing(name: str) -> dict[str, str]:
    return {"field": name, "code": "P0101", "description": f"Missing mandatory attribute: {name}"}


def _invalid(name: str, why: str) -> dict[str, str]:
    return {"field": name, "code": "P0102", "description": f"Invalid attribute value: {name}. {why}"}
