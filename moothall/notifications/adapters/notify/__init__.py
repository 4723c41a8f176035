"""E-mail, texts and letters by GOV.UK Notify. Contract: its REST API documentation (version 2)."""

import io
import re
import threading
from typing import Any

import requests
from django.conf import settings
from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from moothall.notifications.protocols import NOT_DRAWN, Accepted, Envelope, NotNow, Refused, Unclear

TIMEOUT = 15


class NotifySender:
    """Sends by a service at Notify whose two templates are only frames: subject ``((subject))``, text ``((body))``.

    The words stay in the council's pack, so both ways of sending say the same. Settings: ``MOOTHALL_NOTIFY_KEY``,
    ``MOOTHALL_NOTIFY_EMAIL_TEMPLATE``, ``MOOTHALL_NOTIFY_SMS_TEMPLATE``, and ``MOOTHALL_NOTIFY_URL`` for a twin.
    """

    name = "notify"
    can_ask = True

    def __init__(
        self, key: str = "", url: str = "", templates: dict[str, str] | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._key, self._url = key or settings.NOTIFY_KEY, url or settings.NOTIFY_URL
        self._templates = templates or settings.NOTIFY_TEMPLATES
        self._timeout = timeout
        self._own = threading.local()

    def send(self, envelope: Envelope) -> Accepted:
        """Hand one message over; an e-mail goes as its text twin, whose lists and links Notify shows as such.

        A letter goes as the PDF that we drew ("precompiled"), which Notify checks, prints and posts.
        """
        if envelope.channel == "post":
            return self._send_letter(envelope)
        common = {"template_id": self._templates[envelope.channel], "reference": envelope.reference}
        try:
            if envelope.channel == "sms":
                answer = self._client().send_sms_notification(
                    phone_number=envelope.to, personalisation={"body": envelope.text}, **common
                )
            else:
                answer = self._client().send_email_notification(
                    email_address=envelope.to,
                    personalisation={"subject": envelope.subject, "body": envelope.text},
                    one_click_unsubscribe_url=_unsubscribe(envelope),
                    **common,
                )
        except HTTPError as error:
            raise _verdict(error) from error
        except InvalidResponse as error:
            raise Unclear("GOV.UK Notify answered in a way we cannot read.") from error
        return Accepted(provider_id=str(answer.get("id", "")), status="created")

    def _send_letter(self, envelope: Envelope) -> Accepted:
        if not envelope.pdf:
            raise NotNow(NOT_DRAWN, unreachable=True)
        try:
            answer = self._client().send_precompiled_letter_notification(envelope.reference, io.BytesIO(envelope.pdf))
        except HTTPError as error:
            raise _verdict(error) from error
        except InvalidResponse as error:
            raise Unclear("GOV.UK Notify answered in a way we cannot read.") from error
        return Accepted(provider_id=str(answer.get("id", "")), status="created")

    def find(self, reference: str) -> Accepted | None:
        """Return what Notify knows of a try of ours."""
        try:
            found = self._client().get_all_notifications(reference=reference)
        except (HTTPError, InvalidResponse) as error:
            raise NotNow("GOV.UK Notify cannot say just now.", unreachable=True) from error
        rows = found.get("notifications", [])
        return Accepted(provider_id=str(rows[0]["id"]), status=str(rows[0].get("status", ""))) if rows else None

    def _client(self) -> Any:
        """One client a thread: it is not safe to share."""
        client = getattr(self._own, "client", None)
        if client is None:
            made: Any = NotificationsAPIClient
            client = self._own.client = made(self._key, base_url=self._url, timeout=self._timeout)
        return client


def _verdict(error: HTTPError) -> Exception:
    """Tell apart what will never go, what goes later, and what may have gone.

    Notify's own words: 400 is a mistake of ours (a wrong number, a template), 403 a wrong or stale token, 429 too many
    (a minute's or a day's limit), 500 and above its own trouble.
    """
    if error.response is None:
        away = isinstance(error.__cause__, requests.ConnectionError) and never_connected(error.__cause__)
        if away:
            return NotNow("GOV.UK Notify cannot be reached.", unreachable=True)
        return Unclear("The line to GOV.UK Notify went dead.")
    words = f"GOV.UK Notify says {error.status_code}: {_words(error)}"[:300]
    if error.status_code == 400:
        return Refused(words)
    if error.status_code == 429:
        return NotNow(words, unreachable=True, wait_seconds=3600 if "TooManyRequests" in words else 60)
    if error.status_code >= 500:
        return Unclear(words)
    return NotNow(words, unreachable=True)


def never_connected(cause: requests.ConnectionError) -> bool:
    """Say whether no connection was made at all, so that nothing can have been handed over."""
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    return bool(re.search(r"NewConnectionError|NameResolutionError|Connection refused", repr(cause)))


def _words(error: HTTPError) -> str:
    message: Any = error.message
    if isinstance(message, list):
        return "; ".join(
            f"{one.get('error', '')} {one.get('message', '')}".strip() for one in message if isinstance(one, dict)
        )
    return str(message)


def _unsubscribe(envelope: Envelope) -> str | None:
    found = re.fullmatch(r"<(https?://[^>]+)>", envelope.headers.get("List-Unsubscribe", ""))
    return found[1] if found else None
