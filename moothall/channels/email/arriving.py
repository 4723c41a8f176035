"""An e-mail arrived: it is taken in, or a report is put to the message it is about, or it goes to quarantine with the reason.

Whatever brings it (a mailbox, a mail server, a file) calls `take_mail`, which never raises for what the mail holds: one
that cannot be read, or that our own reading stumbles over, is kept for a person and blocks nothing. What is only in our own
way just now (the database, the disk) is no reason to put it aside: it stays where it is.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError

from moothall.channels.email.machines import Report
from moothall.channels.email.parsing import Mail, NotMail, read_mail
from moothall.channels.email.wire import LARGEST
from moothall.core import clock
from moothall.core.packs import Pack, current_pack
from moothall.inbox.rules import messages_answered
from moothall.intake.written import ArrivedWriting, Taken, take_written
from moothall.intake.written.ways import own_addresses
from moothall.notifications.actions import quarantine, take_receipt
from moothall.notifications.actions.receipts import UnknownMessage
from moothall.notifications.queries import sent_messages
from moothall.notifications.rules import reference_of

log = logging.getLogger("moothall.mail")
SOURCE = "email"
KEPT_OF_TOO_LARGE = 200_000
STATUSES = {"failed": "permanent-failure", "delivered": "delivered"}


class CannotKeep(Exception):
    """What came cannot be kept just now: the disk is full, or away. Whoever brings it keeps it and tries again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: taken in (``taken``), or in quarantine for ``reason``."""

    taken: Taken | None = None
    quarantined: UUID | None = None
    reason: str = ""


def take_mail(raw: bytes, *, received_at: datetime, envelope_to: tuple[str, ...] = ()) -> Outcome:
    """Take an e-mail in as it came. ``envelope_to`` is where the mail server delivered it, where that is known.

    Raises:
        OperationalError, InterfaceError, InternalError, CannotKeep: nothing can be kept just now; whoever brings it keeps it
        and tries again. What the database refuses of this one mail (DataError) is no reason to: it would be refused for ever.
    """
    try:
        if len(raw) > _largest():
            return too_large(raw, len(raw), received_at=received_at)
        return Outcome(taken=take_again(raw, received_at=received_at, envelope_to=envelope_to))
    except NotMail as strange:
        return _put_aside(raw, str(strange), received_at, envelope_to)
    except (OperationalError, InterfaceError, InternalError, CannotKeep):
        raise
    except Exception as error:  # a mail that we cannot read is kept aside, whatever is wrong
        log.exception("A mail was put into quarantine: our reading of it failed")
        return _put_aside(raw, f"Our reading of it failed: {type(error).__name__}.", received_at, envelope_to)


def take_again(raw: bytes, *, received_at: datetime, envelope_to: tuple[str, ...] = ()) -> Taken:
    """Take in an e-mail, or raise what is wrong with it: nothing is put aside. What we promise counts from ``received_at``.

    Raises:
        NotMail: it cannot be read, or is larger than we take. CannotKeep and the database's own errors: not just now.
    """
    if len(raw) > _largest():
        raise NotMail(_too_large(len(raw)))
    pack, at = current_pack(), clock.now()
    mail = read_mail(raw, believed=settings.EMAIL_BELIEVED, own=own_addresses(pack))
    for report in mail.reports:
        _told_of(report, at)
    try:
        return take_written(_arrived(mail, raw, received_at, envelope_to, pack), at=at)
    except OSError as error:  # its files lie on a disk
        raise CannotKeep(error.strerror or type(error).__name__) from error


def too_large(head: bytes, size: int, *, received_at: datetime) -> Outcome:
    """Keep the head of an e-mail that was not fetched, because it is larger than we take."""
    kept = quarantine(
        source=SOURCE, reason=_too_large(size), raw=head[:KEPT_OF_TOO_LARGE], details={"bytes": size}, at=received_at
    )
    return Outcome(quarantined=kept.id, reason=kept.reason)


def _largest() -> int:
    return int(min(settings.EMAIL_LARGEST, LARGEST))


def _too_large(size: int) -> str:
    return f"It has {size // 1_000_000} MB; we take {settings.EMAIL_LARGEST // 1_000_000}."


def _arrived(mail: Mail, raw: bytes, received_at: datetime, envelope_to: tuple[str, ...], pack: Pack) -> ArrivedWriting:
    about = tuple(report.message_id for report in mail.reports)
    own = own_addresses(pack)
    to = tuple(dict.fromkeys((*envelope_to, *mail.sent_to)))
    return ArrivedWriting(
        channel="email", external_id=mail.digest, received_at=received_at, sender=mail.sender, sender_name=mail.sender_name,
        answer_to=mail.answer_to, sent_to=tuple(sorted(to, key=lambda one: one not in own)), subject=mail.subject,
        text=mail.text, whole=mail.whole, message_id=mail.message_id, answers=(*mail.answers, *about),
        files=mail.files, machine=mail.machine,
        quiet=mail.quiet, verdicts=mail.verdicts, remarks=mail.remarks, original=raw,
    )  # fmt: skip


def _told_of(report: Report, at: datetime) -> None:
    """A delivery report about a message of ours, known by the message's own id, which only its receiver has seen.

    One that is only delayed, or could not be delivered for now, changes nothing: mail servers go on trying.
    """
    status = STATUSES.get(report.what, "") if report.for_good else ""
    for sent in sent_messages(messages_answered((report.message_id,))) if status else ():
        try:
            take_receipt(
                provider="", provider_id="", reference=reference_of(str(sent.id), sent.attempts), status=status, at=at
            )
        except UnknownMessage:
            log.info("A delivery report is about no message of ours")


def _put_aside(raw: bytes, reason: str, received_at: datetime, envelope_to: tuple[str, ...]) -> Outcome:
    """Keep it whole, with where it was delivered: once our reading is mended it is read again."""
    details = {"bytes": len(raw), "to": list(envelope_to)}
    kept = quarantine(source=SOURCE, reason=reason, raw=raw, details=details, at=received_at, most=LARGEST)
    return Outcome(quarantined=kept.id, reason=reason)
