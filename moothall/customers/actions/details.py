"""What we must know before we speak, and what someone agreed to: needs, warnings, consents. Codes are the pack's."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.actions.record import locked, say
from moothall.customers.models import Consent, Customer, Need, Warning
from moothall.customers.pack import CONSENTS, NEEDS, WARNINGS
from moothall.customers.queries import ids_of
from moothall.customers.rules.access import require_change

LONGEST_NOTE = 300


class NotInPack(ValueError):
    """The council's pack has no such need, warning or consent."""


def add_need(*, customer_id: UUID, code: str, note: str = "", by: Actor, at: datetime) -> Need:
    """Write down a need; one that stands already is kept, with the new note if there is one.

    Raises:
        NotInPack, NoSuchCustomer, Refused.
    """
    require_change(by, customer_id)
    if code not in current_pack().of(NEEDS):
        raise NotInPack(f"“{code}” is not a need this council knows.")
    note = _note(note)
    with transaction.atomic():
        person = locked(customer_id)
        need = Need.objects.filter(customer=person, code=code, until__isnull=True).first()
        if need is None:
            need = Need.objects.create(customer=person, code=code, note=note, since=at)
        elif note and note != need.note:
            need.note = note
            need.save(update_fields=["note"])
        else:
            return need
        say("customer.changed", person, ["needs"], by=by, at=at)
    return need


def end_need(*, need_id: UUID, customer_id: UUID, by: Actor, at: datetime) -> None:
    """Write down that a need of this person is over, whichever of her records it stands on. Over already is fine.

    Raises:
        LookupError: she has no such need. Refused.
    """
    with transaction.atomic():
        need = Need.objects.select_for_update().filter(pk=need_id).first()
        if need is None or need.customer_id not in ids_of(customer_id):
            raise LookupError("They have no such need.")
        require_change(by, need.customer_id)
        if need.until is None:
            need.until = at
            need.save(update_fields=["until"])
            say("customer.changed", locked(need.customer_id), ["needs"], by=by, at=at)


def add_warning(
    *, customer_id: UUID, code: str, note: str = "", review_on: date | None = None, by: Actor, at: datetime
) -> Warning:
    """Add a safe-contact warning, seen by the roles the pack names, to be reviewed by its date (default: the pack's months).

    Raises:
        NotInPack, NoSuchCustomer, Refused; ValueError when the review is not ahead.
    """
    require(by, "warning.manage")
    kinds = current_pack().of(WARNINGS)
    if code not in kinds:
        raise NotInPack(f"“{code}” is not a warning this council knows.")
    kind = kinds[code]
    review = _review(review_on, kind.review_months, at)
    with transaction.atomic():
        person = locked(customer_id)
        warning = Warning.objects.create(
            customer=person, code=code, note=_note(note), visible_to_roles=list(kind.visible_to), since=at,
            review_on=review,
        )  # fmt: skip
        say("customer.changed", person, ["warnings"], by=by, at=at)
    return warning


def review_warning(*, warning_id: UUID, review_on: date | None = None, by: Actor, at: datetime) -> Warning:
    """Keep a warning that was looked at again, until its next review.

    Raises:
        LookupError: there is no such warning standing. Refused. ValueError when the review is not ahead.
    """
    require(by, "warning.manage")
    with transaction.atomic():
        warning = _standing(warning_id, by)
        kind = current_pack().of(WARNINGS).get(warning.code)
        warning.review_on = _review(review_on, kind.review_months if kind else 6, at)
        warning.save(update_fields=["review_on"])
        say("customer.changed", locked(warning.customer_id), ["warnings"], by=by, at=at)
    return warning


def end_warning(*, warning_id: UUID, by: Actor, at: datetime) -> None:
    """Take a warning away. Raises LookupError when none is standing, Refused."""
    require(by, "warning.manage")
    with transaction.atomic():
        warning = _standing(warning_id, by)
        warning.ended_at = at
        warning.save(update_fields=["ended_at"])
        say("customer.changed", locked(warning.customer_id), ["warnings"], by=by, at=at)


def give_consent(*, customer_id: UUID, code: str, channel: str, by: Actor, at: datetime) -> Consent:
    """Write down that someone agreed, to which words, when and on which channel; a consent that stands is kept as it is.

    Raises:
        NotInPack, NoSuchCustomer, Refused.
    """
    require_change(by, customer_id)
    kind = current_pack().of(CONSENTS).get(code)
    if kind is None:
        raise NotInPack(f"“{code}” is not something this council asks consent for.")
    with transaction.atomic():
        person = locked(customer_id)
        consent = Consent.objects.filter(_hers(person), code=code, withdrawn_at__isnull=True).first()
        if consent is None:
            consent = Consent.objects.create(
                customer=person, code=code, channel=channel, asked=str(kind.asks)[:400], why=str(kind.why)[:400],
                given_at=at,
            )  # fmt: skip
            say("customer.changed", person, ["consents"], by=by, at=at)
    return consent


def withdraw_consent(*, customer_id: UUID, code: str, channel: str = "", by: Actor, at: datetime) -> None:
    """Write down that she took it back, whichever of her records it stands on. Not given, or taken back, is fine."""
    require_change(by, customer_id)
    with transaction.atomic():
        person = locked(customer_id)
        standing = Consent.objects.filter(_hers(person), code=code, withdrawn_at__isnull=True)
        ended = standing.update(withdrawn_at=at, withdrawn_channel=channel)
        if ended:
            say("customer.changed", person, ["consents"], by=by, at=at)


def _hers(person: Customer) -> Q:
    """What stands on her record, or on one that was joined to it."""
    return Q(customer=person) | Q(customer__joined_to=person)


def _standing(warning_id: UUID, by: Actor) -> Warning:
    warning = Warning.objects.select_for_update().filter(pk=warning_id, ended_at__isnull=True).first()
    if warning is None or (warning.visible_to_roles and not by.roles & set(warning.visible_to_roles)):
        raise LookupError("There is no such warning.")
    return warning


def _note(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"Enter a note of {LONGEST_NOTE} characters or fewer.")
    return note


def _review(asked: date | None, months: int, at: datetime) -> date:
    if asked is None:
        ahead = at.year * 12 + at.month - 1 + months
        year, month = divmod(ahead, 12)
        return date(year, month + 1, min(at.day, calendar.monthrange(year, month + 1)[1]))
    if asked <= at.date():
        raise ValueError("Choose a review date that is still to come.")
    return asked
