"""A twin of Stripe Checkout: sessions, captures, refunds, idempotency keys and signed webhooks.

Source: Stripe's API reference: Checkout Sessions, PaymentIntents, Refunds, Idempotent requests, and "Check the webhook
signatures".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from moothall.core import clock
from moothall.payments.adapters.twins import Call, Refuse, Reply, TwinServer, is_past, moment

KEY: Final = "sk_test_twin_of_stripe"
SECRET: Final = "whsec_twin_of_stripe"  # noqa: S105 - the twin's own, good for nothing else
AMOUNT: Final = "line_items[0][price_data][unit_amount]"
NAME: Final = "line_items[0][price_data][product_data][name]"


class Twin(TwinServer):
    """Stripe, as far as we can tell."""

    keys: dict[str, tuple[dict[str, str], Reply]]

    def start(self) -> Twin:
        """Serve until ``stop``."""
        self.keys, self.lasts = {}, timedelta(hours=24)
        super().start()
        return self

    def answer(self, call: Call) -> Reply:
        """Answer one call of the API."""
        if call.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refuse(401, _error("invalid_request_error", "Invalid API Key provided"))
        key = call.headers.get("Idempotency-Key", "")
        if key in self.keys:
            form, reply = self.keys[key]
            if form != call.form():
                raise Refuse(
                    400,
                    _error("idempotency_error", "Keys can only be used with the same parameters"),
                )
            return reply
        reply = self._answer(call)
        if key:
            self.keys[key] = (call.form(), reply)
        return reply

    def _answer(self, call: Call) -> Reply:
        match call.method, call.path.strip("/").split("/"):
            case "POST", ["v1", "checkout", "sessions"]:
                return 200, self._create(call.form())
            case "GET", ["v1", "checkout", "sessions"]:
                rows = [self._shown(self._one(one)) for one in list(self.payments)][::-1]
                return 200, {"object": "list", "data": rows[: int(call.query.get("limit", 10))]}
            case "GET", ["v1", "checkout", "sessions", id_]:
                return 200, self._shown(self._one(id_))
            case "POST", ["v1", "checkout", "sessions", id_, "expire"]:
                return 200, self._expire(self._one(id_))
            case "POST", ["v1", "payment_intents", id_, "capture" | "cancel" as what]:
                return 200, self._finish(self._by_intent(id_), what)
            case "GET", ["v1", "refunds", id_]:
                found = [one for kept in self.payments.values() for one in kept.get("refunds", ()) if one["id"] == id_]
                if found:
                    return 200, found[0]
            case "POST", ["v1", "refunds"]:
                return 200, self._refund(call.form())
        raise Refuse(404, _error("resource_missing", "Unrecognized request URL"))

    def _create(self, form: Mapping[str, str]) -> dict[str, Any]:
        amount = form.get(AMOUNT, "")
        if not amount.isdigit() or not 30 <= int(amount) <= 99_999_999:
            raise Refuse(400, _error("amount_too_small", "The Checkout Session’s total must be at least £0.30."))
        session = {
            "id": f"cs_test_{uuid4().hex}", "intent": f"pi_{uuid4().hex[:24]}", "pence": int(amount), "status": "open",
            "paid": "unpaid", "state": "requires_payment_method", "reference": form.get("client_reference_id", ""),
            "name": form.get(NAME, ""), "back": form.get("success_url", ""), "created_date": moment(), "refunded": 0,
            "manual": form.get("payment_intent_data[capture_method]") == "manual",
        }  # fmt: skip
        self.payments[str(session["id"])] = session
        return self._shown(session)

    def _one(self, id_: str) -> dict[str, Any]:
        session = self.payments.get(id_)
        if session is None:
            raise Refuse(404, _error("resource_missing", f"No such checkout.session: {id_}"))
        if session["status"] == "open" and is_past(session["created_date"], self.lasts):
            session["status"] = "expired"
            self._webhook(session, "checkout.session.expired")
        return session

    def _by_intent(self, id_: str) -> dict[str, Any]:
        found = next(
            (one for one in self.payments.values() if one["intent"] == id_ and one["status"] == "complete"), None
        )
        if found is None:
            raise Refuse(404, _error("resource_missing", f"No such payment_intent: {id_}"))
        return found

    def _shown(self, one: Mapping[str, Any]) -> dict[str, Any]:
        done = one["status"] == "complete"
        charge = {"object": "charge", "amount": one["pence"], "amount_refunded": one["refunded"]}
        intent = {"id": one["intent"], "object": "payment_intent", "status": one["state"], "latest_charge": charge}
        return {
            "id": one["id"], "object": "checkout.session", "status": one["status"], "payment_status": one["paid"],
            "amount_total": one["pence"], "currency": "gbp", "client_reference_id": one["reference"], "mode": "payment",
            "url": f"{self.pages}/{one['id']}" if one["status"] == "open" else None,
            "payment_intent": intent if done else None,
        }  # fmt: skip

    def _expire(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["status"] != "open":
            raise Refuse(400, _error("checkout_session_not_open", "Only open Checkout Sessions can be expired."))
        session["status"] = "expired"
        self._webhook(session, "checkout.session.expired")
        return self._shown(session)

    def _finish(self, session: dict[str, Any], what: str) -> dict[str, Any]:
        if session["state"] != "requires_capture":
            raise Refuse(400, _error("payment_intent_unexpected_state", "This PaymentIntent could not be captured."))
        if what == "capture":
            session["state"], session["paid"] = "succeeded", "paid"
        else:
            session["state"] = "canceled"
        return {"id": session["intent"], "object": "payment_intent", "status": session["state"]}

    def _refund(self, form: Mapping[str, str]) -> dict[str, Any]:
        session = self._by_intent(form.get("payment_intent", ""))
        amount = int(form.get("amount", "0"))
        if session["paid"] != "paid" or amount < 1 or session["refunded"] + amount > session["pence"]:
            raise Refuse(400, _error("charge_already_refunded", "Charge has already been refunded."))
        status = "pending" if self.refunds_wait else "succeeded"
        made = {"id": f"re_{uuid4().hex[:24]}", "object": "refund", "amount": amount, "status": status}
        session["refunded"] += amount
        session.setdefault("refunds", []).append(made)
        if not self.refunds_wait:
            self._webhook(session, "charge.refunded")
        return dict(made)

    def end_refund(self, payment_id: str, outcome: str = "success") -> None:
        """The newest refund of a payment goes, or ends in ``error``."""
        session = self._one(payment_id)
        made = session["refunds"][-1]
        made["status"] = "succeeded" if outcome == "success" else "failed"
        if outcome != "success":
            session["refunded"] -= made["amount"]
        self._webhook(session, "charge.refunded" if outcome == "success" else "charge.refund.updated")

    def page_of(self, payment_id: str) -> dict[str, Any]:
        """Return what the payment page shows."""
        one = self._one(payment_id)
        return {"description": one["name"], "pence": one["pence"], "open": one["status"] == "open", "moto": False,
                "reference": one["reference"], "back": one["back"]}  # fmt: skip

    def play(self, payment_id: str, outcome: str) -> str:
        """Play the customer on the page. A card that is declined leaves the session open, as at Stripe."""
        one = self._one(payment_id)
        if one["status"] == "open" and outcome == "pay":
            one["status"] = "complete"
            one["state"], one["paid"] = ("requires_capture", "unpaid") if one["manual"] else ("succeeded", "paid")
            self._webhook(one, "checkout.session.completed")
        return str(one["back"])

    def signed(self, raw: bytes) -> dict[str, str]:
        """Return the signature over the time and the body."""
        stamp = str(int(clock.now().timestamp()))
        made = hmac.new(SECRET.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={stamp},v1={made}"}

    def _webhook(self, session: Mapping[str, Any], what: str) -> None:
        held = self._shown(session)
        if what.startswith("charge"):
            held = {"id": f"ch_{uuid4().hex[:24]}", "object": "charge", "metadata": {"session": session["id"]}}
        self.tell({"id": f"evt_{uuid4().hex[:24]}", "object": "event", "type": what, "data": {"object": held}})


def _error(code: str, words: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": words}}
