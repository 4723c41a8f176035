"""Card payments by GOV.UK Pay. Contract: its REST API reference and its page on webhooks (api_version 1).

Payments are started and looked at; a webhook only says which payment to look at again, so one that comes late, twice or out
of order changes nothing that is not so. Card numbers are typed on GOV.UK Pay's pages and never reach us.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from moothall.payments.adapters.calling import TIMEOUT, Line
from moothall.payments.protocols import Forged, Given, Heard, ProviderRefused, ProviderTrouble, Stand, Standing, Wanted

STATES: Final[dict[str, Standing]] = {
    "created": "started",
    "started": "started",
    "submitted": "started",
    "capturable": "authorised",
    "success": "taken",
    "failed": "failed",
    "error": "failed",
    "cancelled": "cancelled",
}
FAILURES: Final = {
    "P0010": "declined",
    "P0020": "expired",
    "P0030": "cancelled",
    "P0040": "withdrawn",
    "P0050": "error",
}
REFUNDS: Final[dict[str, Literal["going", "done", "failed"]]] = {
    "submitted": "going", "success": "done", "error": "failed"
}  # fmt: skip
LONGEST: Final = 255


class GovukPay:
    """GOV.UK Pay with one API key."""

    name = "govuk_pay"
    agrees = True
    by_phone = True

    def __init__(
        self, url: str, key: str, secret: str, *, pages: tuple[str, ...] = (), timeout: float = TIMEOUT
    ) -> None:
        self._line, self._secret, self.pages = Line(url, key, timeout=timeout), secret, pages

    def start(self, wanted: Wanted) -> Stand:
        """Create a payment. One by an agreement is taken without a page, once for its reference."""
        body: dict[str, Any] = {
            "amount": wanted.pence, "reference": wanted.reference[:LONGEST], "description": wanted.description[:LONGEST],
            "metadata": dict(wanted.metadata or {}),
        }  # fmt: skip
        headers = {}
        if wanted.agreement:
            body |= {"authorisation_mode": "agreement", "agreement_id": wanted.agreement}
            headers["Idempotency-Key"] = wanted.reference
        else:
            body["return_url"] = wanted.come_back
            body |= {"set_up_agreement": wanted.set_up} if wanted.set_up else {}
            body |= {"moto": True} if wanted.moto else {}
            body |= {"delayed_capture": True} if wanted.hold else {}
        return _stand(self._line.ask("POST", "/v1/payments", json=body, headers=headers))

    def look(self, provider_id: str) -> Stand:
        """Return how a payment stands."""
        return _stand(self._line.ask("GET", f"/v1/payments/{provider_id}"))

    def find(self, reference: str) -> Stand | None:
        """Return the payment created under our reference; the newest if there were several."""
        found = self._line.ask("GET", "/v1/payments", query={"reference": reference, "display_size": "20"}).get(
            "results"
        )
        exact = [one for one in found or [] if one.get("reference") == reference]
        return _stand(exact[0]) if exact else None

    def cancel(self, provider_id: str) -> None:
        """Cancel a payment that is not finished."""
        self._line.ask("POST", f"/v1/payments/{provider_id}/cancel")

    def capture(self, provider_id: str) -> None:
        """Take what was authorised."""
        self._line.ask("POST", f"/v1/payments/{provider_id}/capture")

    def refund(self, provider_id: str, pence: int, *, refunded_before: int, key: str) -> Given:
        """Give money back. GOV.UK Pay has no keys here: it refuses when what is left to refund is not what we think."""
        payment = self._line.ask("GET", f"/v1/payments/{provider_id}")
        left = int(payment["amount"]) - refunded_before
        body = {"amount": pence, "refund_amount_available": left}
        try:
            return _given(self._line.ask("POST", f"/v1/payments/{provider_id}/refunds", json=body))
        except ProviderRefused as no:
            if no.code != "P0604":
                raise
            going = [one for one in self._refunds(provider_id) if one["status"] != "error"]
            same = [one for one in going if int(one["amount"]) == pence]
            if same and sum(int(one["amount"]) for one in going) == refunded_before + pence:
                return _given(same[-1])  # this very refund went before we heard the answer
            raise

    def look_refund(self, provider_id: str, refund_id: str) -> Given:
        """Return how money stands that is given back."""
        return _given(self._line.ask("GET", f"/v1/payments/{provider_id}/refunds/{refund_id}"))

    def agree(self, reference: str, description: str) -> str:
        """Make an agreement for payments to come; return its id. A first payment with it sets it up."""
        body = {"reference": reference[:LONGEST], "description": description[:LONGEST]}
        return str(self._line.ask("POST", "/v1/agreements", json=body)["agreement_id"])

    def agreement(self, agreement: str) -> str:
        """Return how an agreement stands: created, active, cancelled or inactive."""
        return str(self._line.ask("GET", f"/v1/agreements/{agreement}")["status"])

    def end_agreement(self, agreement: str) -> None:
        """End an agreement: nothing more is taken by it."""
        self._line.ask("POST", f"/v1/agreements/{agreement}/cancel")

    def hear(self, raw: bytes, headers: Mapping[str, str]) -> Heard:
        """Check the signature (hex HMAC-SHA256 of the body) and return which payment to look at."""
        sent = headers.get("Pay-Signature", "")
        ours = hmac.new(self._secret.encode(), raw, hashlib.sha256).hexdigest()
        if not self._secret or not hmac.compare_digest(sent.encode(), ours.encode()):
            raise Forged("The signature does not fit the body.")
        try:
            body: Any = json.loads(raw)
            return Heard(str(body["webhook_message_id"]), str(body["event_type"]), str(body["resource_id"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError("The webhook is signed, but is not one we know.") from error

    def _refunds(self, provider_id: str) -> list[dict[str, Any]]:
        held = self._line.ask("GET", f"/v1/payments/{provider_id}/refunds").get("_embedded") or {}
        return list(held.get("refunds") or [])


def _given(body: Mapping[str, Any]) -> Given:
    try:
        return Given(str(body["refund_id"]), REFUNDS[str(body["status"])])
    except (KeyError, TypeError) as error:
        raise ProviderTrouble("GOV.UK Pay answered in a way we cannot read.") from error


def _stand(body: Mapping[str, Any]) -> Stand:
    try:
        state = body["state"]
        code = str(state.get("code", ""))
        failure = FAILURES.get(code, code)
        if state.get("can_retry_payment") is False:  # of a payment by an agreement: its card is not to be asked again
            failure = "stopped"
        links = body.get("_links") or {}
        summary = body.get("refund_summary") or {}
        captured = (body.get("settlement_summary") or {}).get("captured_date")
        amount = int(body["amount"])
        available = int(summary.get("amount_submitted") or 0)
        return Stand(
            provider_id=str(body["payment_id"]), state=STATES[str(state["status"])], pence=amount,
            reference=str(body.get("reference", "")), next_url=str((links.get("next_url") or {}).get("href", "")),
            failure=failure, refunded=available,
            on=date.fromisoformat(captured) if captured else None,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderTrouble("GOV.UK Pay answered in a way we cannot read.") from error
