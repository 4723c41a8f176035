"""Texts by Twilio. Contract: its Messages resource (REST API 2010-04-01), its error codes and message statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from moothall.notifications.adapters.social.network import Got, Wire
from moothall.notifications.models import Message
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Refused, Unclear
from moothall.notifications.rules import read_reference_of

TIMEOUT: Final = 15.0
NEWEST: Final = 50
SLACK: Final = timedelta(minutes=2)
"""How far its clock and ours may be apart when we look for a text of ours."""
NEVER: Final = frozenset({21211, 21265, 21610, 21612, 21614, 21617, 30004, 30005, 30006})
"""No such number, not a mobile, they told it to stop, too long: this text never goes there."""
_OURS: Final = {
    "accepted": "sending", "scheduled": "sending", "queued": "sending", "sending": "sending", "sent": "sent",
    "delivered": "delivered", "read": "delivered", "canceled": "cancelled", "undelivered": "temporary-failure",
    "failed": "technical-failure",
}  # fmt: skip


def status_of(told: str, code: str = "") -> str:
    """Return one of Twilio's words for what became of a text in ours. Raises ValueError: it is no word we know."""
    if told not in _OURS:
        raise ValueError(f"We do not know the status “{told[:40]}”.")
    if told in {"undelivered", "failed"} and code.isdigit() and int(code) in NEVER:
        return "permanent-failure"
    return _OURS[told]


class TwilioSender:
    """Sends texts from a number or messaging service of the council's account. It tells us of each by our own reference.

    Settings: ``MOOTHALL_TWILIO_ACCOUNT``, ``MOOTHALL_TWILIO_TOKEN``, ``MOOTHALL_TWILIO_FROM``, and ``MOOTHALL_TWILIO_URL``.
    """

    name = "twilio"
    can_ask = True

    def __init__(self, url: str = "", timeout: float = TIMEOUT) -> None:
        self._account = settings.TWILIO_ACCOUNT
        self._wire = Wire("Twilio", url or settings.TWILIO_URL, timeout)

    def send(self, envelope: Envelope) -> Accepted:
        """Hand one text over."""
        sender = settings.TWILIO_FROM
        form = {
            "To": envelope.to, "MessagingServiceSid" if sender.startswith("MG") else "From": sender, "Body": envelope.text,
            "StatusCallback": f"{settings.PUBLIC_URL}/hooks/twilio/status/{envelope.reference}",
        }  # fmt: skip
        got = self._call("POST", data=form)
        if got.status not in {200, 201}:
            raise self._verdict(got)
        return _accepted(got.body)

    def find(self, reference: str) -> Accepted | None:
        """Return a text of ours among the newest to its number: these words, since we began to send, known by no other."""
        read = read_reference_of(reference)
        message = Message.objects.filter(id=UUID(read[0])).first() if read else None
        if message is None:
            raise Refused("That is no message of ours.")
        try:
            got = self._call("GET", params={"To": message.to, "PageSize": str(NEWEST)})
            if got.status != 200:
                raise self._verdict(got)
            rows = [one for one in got.body["messages"] if self._is(one, message)]
        except (Refused, Unclear, KeyError, TypeError, ValueError) as error:
            raise NotNow("Twilio cannot say just now.", unreachable=True) from error
        sids = [str(one["sid"]) for one in rows]
        others = Message.objects.filter(provider=self.name, provider_id__in=sids).exclude(id=message.id)
        taken = set(others.values_list("provider_id", flat=True))
        return next((_accepted(one) for one in rows if str(one["sid"]) not in taken), None)

    def _is(self, one: Mapping[str, Any], message: Message) -> bool:
        begun = message.sending_at
        late = begun is None or parsedate_to_datetime(str(one["date_created"])) >= begun - SLACK
        return (
            late and str(one.get("direction", "")).startswith("outbound") and _bare(one["body"]) == _bare(message.body)
        )

    def _call(self, method: str, **more: Any) -> Got:
        path = f"/2010-04-01/Accounts/{self._account}/Messages.json"
        return self._wire.call(method, path, auth=(self._account, settings.TWILIO_TOKEN), **more)

    def _verdict(self, got: Got) -> Exception:
        told = got.body if isinstance(got.body, dict) else {}
        said = f"Twilio says {told.get('code', got.status)}: {told.get('message', '')}"[:300]
        if got.status == 400:
            return Refused(said)
        return self._wire.verdict(got, said, 60)


def _accepted(told: Any) -> Accepted:
    if not isinstance(told, dict) or not told.get("sid"):
        raise Unclear("Twilio answered in a way we cannot read.")
    return Accepted(provider_id=str(told["sid"]), status=str(told.get("status", "")))


def _bare(words: Any) -> str:
    """Letters and figures alone: what a cheaper alphabet makes of dashes and quotes is no difference."""
    return "".join(character for character in str(words) if character.isalnum())
