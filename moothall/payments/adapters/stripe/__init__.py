"""Card payments by Stripe Checkout. Contract: Stripe's API reference (Checkout Sessions, PaymentIntents, Refunds, webhooks).

The second provider: nothing above this folder knows which of the two is there. It has no payment by an officer on the
telephone (`moto`); that is refused in words.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from moothall.core import clock
from moothall.payments.adapters.calling import TIMEOUT, Line
from moothall.payments.protocols import Forged, Given, Heard, ProviderRefused, ProviderTrouble, Stand, Standing, Wanted

REFUNDS: Final[dict[str, Literal["going", "done", "failed"]]] = {
    "pending": "going", "requires_action": "going", "succeeded": "done", "failed": "failed", "canceled": "failed",
}  # fmt: skip
TOLERANCE: Final = 300
"""Seconds a webhook's own time may differ from ours: an older one is somebody's copy."""


class Stripe:
    """Stripe with one secret key."""

    name = "stripe"

    def __init__(
        self, url: str, key: str, secret: str, *, pages: tuple[str, ...] = (), timeout: float = TIMEOUT
    ) -> None:
        self._line, self._secret, self.pages = Line(url, key, timeout=timeout), secret, pages

    def start(self, wanted: Wanted) -> Stand:
        """Open a checkout session, once for its reference."""
        if wanted.moto or wanted.agreement:
            raise ProviderRefused(
                "not-offered", "Stripe’s payment page is for the customer herself; send her the link."
            )
        item = "line_items[0]"
        form = {
            "mode": "payment", "client_reference_id": wanted.reference, "success_url": wanted.come_back,
            "cancel_url": wanted.come_back, f"{item}[quantity]": "1", f"{item}[price_data][currency]": "gbp",
            f"{item}[price_data][unit_amount]": str(wanted.pence),
            f"{item}[price_data][product_data][name]": wanted.description,
        }  # fmt: skip
        if wanted.hold:
            form["payment_intent_data[capture_method]"] = "manual"
        headers = {"Idempotency-Key": f"start:{wanted.reference}"}
        return _stand(self._line.ask("POST", "/v1/checkout/sessions", form=form, headers=headers))

    def look(self, provider_id: str) -> Stand:
        """Return how a payment stands."""
        return _stand(self._session(provider_id))

    def find(self, reference: str) -> Stand | None:
        """Return the session opened under our reference, among the newest hundred: it is looked for within minutes."""
        found = self._line.ask("GET", "/v1/checkout/sessions", query={"limit": "100"}).get("data") or []
        one = next((one for one in found if one.get("client_reference_id") == reference), None)
        return self.look(str(one["id"])) if one else None

    agrees = False
    by_phone = False

    def agree(self, reference: str, description: str) -> str:
        """None are kept here: parts by card are not offered with this provider."""
        raise ProviderRefused("no-agreements")

    def agreement(self, agreement: str) -> str:
        """None are kept here."""
        raise ProviderRefused("no-agreements")

    def end_agreement(self, agreement: str) -> None:
        """None are kept here."""
        raise ProviderRefused("no-agreements")

    def cancel(self, provider_id: str) -> None:
        """End a session nobody has paid, or let go what was only authorised."""
        session = self._session(provider_id)
        if _stand(session).state == "authorised":
            self._line.ask("POST", f"/v1/payment_intents/{_intent(session)['id']}/cancel")
        else:
            self._line.ask("POST", f"/v1/checkout/sessions/{provider_id}/expire")

    def capture(self, provider_id: str) -> None:
        """Take what was authorised."""
        self._line.ask("POST", f"/v1/payment_intents/{_intent(self._session(provider_id))['id']}/capture")

    def refund(self, provider_id: str, pence: int, *, refunded_before: int, key: str) -> Given:
        """Give money back, once for the key."""
        form = {"payment_intent": str(_intent(self._session(provider_id))["id"]), "amount": str(pence)}
        headers = {"Idempotency-Key": f"refund:{key}"}
        return _given(self._line.ask("POST", "/v1/refunds", form=form, headers=headers))

    def look_refund(self, provider_id: str, refund_id: str) -> Given:
        """Return how money stands that is given back."""
        return _given(self._line.ask("GET", f"/v1/refunds/{refund_id}"))

    def hear(self, raw: bytes, headers: Mapping[str, str]) -> Heard:
        """Check the signature over the time and the body, and return which payment to look at."""
        parts = [part.partition("=") for part in headers.get("Stripe-Signature", "").split(",")]
        stamp = next((value for name, _, value in parts if name.strip() == "t"), "")
        ours = hmac.new(self._secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        fits = any(
            name.strip() == "v1" and hmac.compare_digest(value.encode(), ours.encode()) for name, _, value in parts
        )
        if not self._secret or not fits:
            raise Forged("The signature does not fit the body.")
        if not stamp.isdigit() or abs(clock.now().timestamp() - int(stamp)) > TOLERANCE:
            raise Forged("It was signed too long ago.")
        try:
            body: Any = json.loads(raw)
            held = body["data"]["object"]
            about = (
                held["id"] if held["object"] == "checkout.session" else str(held.get("metadata", {}).get("session", ""))
            )
            return Heard(str(body["id"]), str(body["type"]), str(about))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError("The webhook is signed, but is not one we know.") from error

    def _session(self, provider_id: str) -> dict[str, Any]:
        return self._line.ask(
            "GET", f"/v1/checkout/sessions/{provider_id}", query={"expand[]": "payment_intent.latest_charge"}
        )


def _intent(session: Mapping[str, Any]) -> dict[str, Any]:
    found = session.get("payment_intent")
    if not isinstance(found, dict):
        raise ProviderRefused("not-paid", "Nothing was paid, so nothing can be given back.")
    return found


def _given(body: Mapping[str, Any]) -> Given:
    try:
        return Given(str(body["id"]), REFUNDS[str(body["status"])])
    except (KeyError, TypeError) as error:
        raise ProviderTrouble("Stripe answered in a way we cannot read.") from error


def _stand(session: Mapping[str, Any]) -> Stand:
    try:
        intent = session.get("payment_intent")
        status = intent.get("status", "") if isinstance(intent, dict) else ""
        state: Standing = "started"
        if session["payment_status"] == "paid" or status == "succeeded":
            state = "taken"
        elif status == "requires_capture":
            state = "authorised"
        elif status == "canceled":
            state = "cancelled"
        elif session["status"] == "expired":
            state = "failed"
        charge = intent.get("latest_charge") if isinstance(intent, dict) else None
        return Stand(
            provider_id=str(session["id"]), state=state, pence=int(session["amount_total"]),
            reference=str(session.get("client_reference_id") or ""), next_url=str(session.get("url") or ""),
            failure="expired" if state == "failed" else "",
            refunded=int(charge.get("amount_refunded", 0)) if isinstance(charge, dict) else 0,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderTrouble("Stripe answered in a way we cannot read.") from error
