"""A letter is given to its person and case: it becomes a writing of the inbox, with its promise, is acknowledged; once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from PIL import Image

from moothall.cases import actions as cases
from moothall.cases.models import Case
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import together
from moothall.core.packs import current_pack
from moothall.customers.models import Customer
from moothall.customers.pack import LANGUAGES
from moothall.customers.queries import survivor_of
from moothall.documents.actions import give_received
from moothall.documents.models import Document
from moothall.inbox.models import Writing
from moothall.intake.posted.matching import Proposal, proposal_for
from moothall.intake.written import ArrivedFile, ArrivedWriting, Taken, take_written
from moothall.intake.written.taking import acknowledge
from moothall.postroom import actions as postroom
from moothall.postroom.queries import letter as letter_view
from moothall.postroom.queries import pictures_of
from moothall.promises.queries import open_dues

WAYS = {"post": "Letter", "fax": "Fax"}


class NotHers(ValueError):
    """The case is somebody else's; nothing was filed."""


def file_letter(
    letter_id: UUID, *, customer_id: UUID | None, case_id: UUID | None, by: Actor, at: datetime
) -> Taken:  # fmt: skip
    """File a letter: it becomes a contact and a writing of the inbox, of this person, about this case, where known.

    Promises count from the day it came. The customer is told by letter that we have it, if her address is known. Filed
    before by anybody: nothing happens twice.

    Raises:
        NotHers: the case belongs to somebody else. NoSuchLetter, FiledBefore, Refused.
    """
    with transaction.atomic(), together():
        letter = postroom.take(letter_id, by=by)
        view = letter_view(letter_id, visible_to=by)
        if view is None:
            raise postroom.NoSuchLetter
        case = Case.objects.select_for_update().filter(id=case_id).first() if case_id else None
        person = _person(customer_id or (case.customer_id if case else None))
        if (
            case is not None
            and person is not None
            and case.customer_id is not None
            and survivor_of(case.customer_id) != person.id
        ):
            raise NotHers("That case is somebody else’s. Choose one of theirs, or none.")
        taken = take_written(
            ArrivedWriting(
                channel=letter.channel, external_id=str(letter.id), received_at=letter.received_at,
                sender_name=_name(person), subject=_subject(letter.channel, view.text), text=view.text,
                whole=view.text, files=_files(pictures_of(letter_id)), quiet=True,
                answer_to=(person.address_text if person else "")[:254], remarks=_remarks(view.language),
                language=view.language, references=(case.reference,) if case else (),
            ),
            by=by, at=at,
        )  # fmt: skip
        _settle(taken, person, case, by=by, at=at)
        postroom.filed(
            letter, writing_id=taken.writing_id, contact_id=taken.contact_id, customer_id=person.id if person else None,
            case_id=case.id if case else None, by=by, at=at,
        )  # fmt: skip
        return taken


def _settle(taken: Taken, person: Customer | None, case: Case | None, *, by: Actor, at: datetime) -> None:
    """Say whose it is and which case, and acknowledge it: what the inbox could not know by itself."""
    writing = Writing.objects.select_for_update().get(id=taken.writing_id)
    if case is not None and writing.case_id is None:
        writing.case_id, writing.team = case.id, writing.team if writing.restricted else case.team
        writing.save(update_fields=["case_id", "team"])
        if taken.contact_id is not None:
            cases.join_contact(case.id, contact_id=taken.contact_id, role="added", by=SYSTEM, at=at)
    if taken.contact_id is None:
        return
    if person is not None:
        contacts.identify_contact(taken.contact_id, customer_id=person.id, by=by, at=at)
        Document.objects.filter(writing_id=writing.id).update(customer_id=person.id)
    if case is not None:
        give_received(writing.id, case_id=case.id, customer_id=person.id if person else None)
    contact = Contact.objects.get(id=taken.contact_id)
    acknowledge(writing, contact, current_pack(), open_dues(contact.id), at=at)


def file_sure(letter_id: UUID, *, at: datetime) -> Proposal | None:
    """Judge a letter that was just read; file it if nothing is in doubt, else leave its proposal for a person.

    Returns the proposal, or ``None`` when the letter was dealt with meanwhile.
    """
    view = letter_view(letter_id, visible_to=SYSTEM)
    if view is None or view.state != "waiting":
        return None
    proposal = propose_anew(letter_id, at=at)
    judged = proposal.judgement
    if proposal.files_itself and judged.best is not None:
        try:
            file_letter(letter_id, customer_id=judged.best.person.id, case_id=judged.case_id, by=SYSTEM, at=at)
        except postroom.FiledBefore:
            return None
    return proposal


def propose_anew(letter_id: UUID, *, at: datetime) -> Proposal:
    """Judge a letter that waits, as its pages stand now, and keep what came of it."""
    view = letter_view(letter_id, visible_to=SYSTEM)
    coded = [str(code["reference"]) for code in view.codes if code.get("kind") == "letter"] if view else []
    proposal = proposal_for(view.text if view else "", coded=coded, at=at)
    postroom.propose(letter_id, proposal.kept(), sure=proposal.files_itself)
    return proposal


MOST_SHOWN = 30


def _files(pictures: Sequence[bytes]) -> tuple[ArrivedFile, ...]:
    """The letter as one PDF to keep, and its pages as pictures to look at beside the words."""
    pages = [ArrivedFile(f"page {n}.jpg", picture, part="page") for n, picture in enumerate(pictures[:MOST_SHOWN], 1)]
    return (ArrivedFile("letter.pdf", as_pdf(pictures)), *pages)


def as_pdf(pictures: Sequence[bytes]) -> bytes:
    """Return page pictures as one PDF, a page each."""
    pages = [Image.open(io.BytesIO(one)).convert("L") for one in pictures]
    if not pages:
        pages = [Image.new("L", (1654, 2339), 255)]
    held = io.BytesIO()
    pages[0].save(held, "PDF", resolution=200, save_all=True, append_images=pages[1:], quality=70)
    return held.getvalue()


def _person(customer_id: UUID | None) -> Customer | None:
    found = survivor_of(customer_id) if customer_id else None
    return Customer.objects.filter(id=found).first() if found else None


def _name(person: Customer | None) -> str:
    return (person.organisation_name or f"{person.given_name} {person.family_name}".strip())[:200] if person else ""


def _subject(channel: str, text: str) -> str:
    """`Letter: Street light outside number 14`: the line that says what it is about, or its first long line."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    marked = next((line for line in lines if line.lower().startswith(("re:", "re ", "subject:", "ref:"))), "")
    said = marked.partition(":")[2].strip() or marked or next((line for line in lines if len(line) > 25), "")
    return f"{WAYS.get(channel, 'Letter')}: {said}"[:120] if said else WAYS.get(channel, "Letter")


def _remarks(language: str) -> tuple[str, ...]:
    pack = current_pack()
    spoken = pack.of(LANGUAGES).get(language)
    return (f"It is written in {spoken.name}.",) if spoken is not None and language != pack.council.languages[0] else ()
