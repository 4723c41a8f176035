"""E-mail by SMTP: the council's own mail server."""

import smtplib
import socket
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from moothall.bookings.calendar_files import method_of
from moothall.core import clock
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Refused, Unclear

TIMEOUT = 20.0


class SmtpSender:
    """Speaks to the server of ``MOOTHALL_SMTP_URL``: ``smtp://user:password@host:587?tls=starttls``.

    ``tls`` is ``starttls`` (the default for a user and password) or ``none``; ``smtps://`` means TLS from the first byte.
    One connection a message: simple, and a connection that dies says which message it took with it.
    """

    name = "smtp"
    can_ask = False

    def __init__(self, url: str = "") -> None:
        parts = urlsplit(url or settings.SMTP_URL)
        self.host = parts.hostname or "localhost"
        self.wrapped = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.wrapped else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        asked = parse_qs(parts.query).get("tls", [""])[0]
        self.starttls = not self.wrapped and (asked == "starttls" or (bool(self.user) and asked != "none"))

    def send(self, envelope: Envelope) -> Accepted:
        """Hand one e-mail over; the id is the server's answer, in which most name their queue id."""
        message = compose(envelope).as_bytes(policy=WIRE)
        server = self._connect()
        handed_over = False
        try:
            _accept(server.mail(parseaddr(envelope.sender)[1]))
            _accept(server.rcpt(envelope.to))
            handed_over = True  # from DATA on, a dead line leaves us in doubt
            code, answer = server.data(message)
            _accept((code, answer))
            return Accepted(provider_id=_say(answer))
        except smtplib.SMTPDataError as error:
            raise _verdict(error.smtp_code, _say(error.smtp_error)) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if handed_over:
                raise Unclear("The mail server's line went dead while it took the message.") from error
            raise NotNow("The mail server's line went dead before the message.", unreachable=True) from error
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def find(self, reference: str) -> Accepted | None:
        """Mail servers cannot be asked; never called."""
        raise NotNow("A mail server cannot say what became of a message.")

    def _connect(self) -> smtplib.SMTP:
        name = socket.gethostname()
        try:
            server = (
                smtplib.SMTP_SSL(self.host, self.port, name, timeout=TIMEOUT, context=_tls())
                if self.wrapped
                else smtplib.SMTP(self.host, self.port, name, timeout=TIMEOUT)
            )
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"The mail server cannot be reached: {_kind(error)}.", unreachable=True) from error
        try:
            server.ehlo_or_helo_if_needed()
            if self.starttls:
                server.starttls(context=_tls())
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            raise NotNow(f"The mail server does not let us in: {_kind(error)}.", unreachable=True) from error
        return server


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def compose(envelope: Envelope) -> EmailMessage:
    """Return the e-mail with both twins. Headers cannot be broken out of: line ends are taken out of them."""
    message = EmailMessage()
    name, address = parseaddr(envelope.sender)
    message["From"] = Address(display_name=_line(name), addr_spec=address)
    message["To"] = _line(envelope.to)
    message["Subject"] = _line(envelope.subject)
    message["Date"] = format_datetime(clock.now())
    if envelope.reply_to:
        message["Reply-To"] = _line(envelope.reply_to)
    for header, value in envelope.headers.items():
        message[header] = _line(value)
    message.set_content(envelope.text, cte="quoted-printable")
    message.add_alternative(envelope.html, subtype="html", cte="quoted-printable")
    if envelope.calendar:
        asks = {"method": method_of(envelope.calendar)}
        message.add_attachment(envelope.calendar.decode(), subtype="calendar", filename="booking.ics", params=asks)
    return message


def _accept(reply: tuple[int, bytes]) -> None:
    code, answer = reply
    if not 200 <= code < 300:
        raise _verdict(code, _say(answer))


def _verdict(code: int, answer: str) -> Exception:
    if 500 <= code < 600:
        return Refused(f"The mail server says {code}: {answer}"[:300])
    return NotNow(f"The mail server says {code}: {answer}"[:300], unreachable=code == 421)


def _say(answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _line(words)[:200]


def _kind(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "it refuses the connection"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it refuses our name or password"
    return type(error).__name__


def _line(words: str) -> str:
    return " ".join(words.split())
