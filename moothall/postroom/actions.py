"""The only writers of the post room: scans in, letters made of their pages, filed once, papers of value accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.ids import new_id
from moothall.core.rows import add_rows
from moothall.documents import storage
from moothall.documents.queries import paths_held
from moothall.documents.rules import safe_name
from moothall.documents.scanning import scan as look_for_harm
from moothall.postroom import events
from moothall.postroom.models import (
    Letter,
    LetterState,
    Original,
    OriginalKind,
    OriginalState,
    PrintedForm,
    Scan,
    ScanState,
    Sheet,
)

PERMISSION = "post.file"
MONEY = frozenset({OriginalKind.CHEQUE, OriginalKind.CASH})
LARGEST_SCAN = 100 * 1024 * 1024
MOST_PENCE = 100_000_000


class NoSuchLetter(LookupError):
    """There is no such letter."""


class FiledBefore(ValueError):
    """The letter was filed or set aside before; nothing was changed."""


class CannotTake(ValueError):
    """The file or the paper cannot be taken as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One page as it was read. ``picture`` is a JPEG of it upright; ``opens`` means a new letter begins here."""

    picture: bytes
    text: str = ""
    sure: float = 0.0
    language: str = ""
    turned: float = 0.0
    codes: tuple[Mapping[str, Any], ...] = ()
    filled: Mapping[str, Any] = field(default_factory=dict)
    blank: bool = False
    separator: bool = False
    opens: bool = False


def take_scan(
    *, name: str, content: bytes, channel: str, source: str, received_at: datetime, by: Actor, at: datetime
) -> tuple[Scan, bool]:
    """Keep a scan to be read; return it and whether it is new. The same file on the same channel is kept once.

    Raises:
        CannotTake: it is empty, too large. FileRefused: harmful. Refused: the actor may not.
    """
    require(by, PERMISSION)
    if not content:
        raise CannotTake(f"“{safe_name(name)}” is empty. Scan it again.")
    if len(content) > LARGEST_SCAN:
        raise CannotTake(f"“{safe_name(name)}” is larger than 100 MB. Scan it in parts.")
    digest = storage.digest_of(content)
    known = Scan.objects.filter(channel=channel, sha256=digest).first()
    if known is not None:
        return known, False
    look_for_harm(name, content)
    scan = Scan(
        id=new_id(), channel=channel, name=safe_name(name)[:200], sha256=digest, path=storage.put(content), source=source,
        received_at=min(received_at, at), arrived_at=at, staff_id=by.id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            add_rows(scan)
    except IntegrityError:
        return Scan.objects.get(channel=channel, sha256=digest), False
    return scan, True


def keep_pages(scan_id: UUID, pages: Sequence[ReadSheet], *, by: Actor, at: datetime) -> list[UUID]:
    """Keep the pages of a scan as they were read, and make letters of them; return the letters. Read before: none.

    A separator sheet ends a letter and is thrown away, a blank side belongs to none; a page of a form that says it is the
    first begins one.
    """
    with transaction.atomic(), together():
        scan = Scan.objects.select_for_update().get(id=scan_id)
        if scan.state != ScanState.WAITING:
            return []
        letters: list[Letter] = []
        sheets: list[Sheet] = []
        current: Letter | None = None
        place = 0
        for number, page in enumerate(pages, 1):
            sheet = Sheet(
                id=new_id(), scan=scan, number=number, path=storage.put(page.picture), text=page.text, sure=page.sure,
                language=page.language, turned=page.turned, codes=[dict(one) for one in page.codes], blank=page.blank,
                filled=dict(page.filled),
            )  # fmt: skip
            sheets.append(sheet)
            if page.separator:
                current = None
                continue
            if page.blank:
                continue
            if current is None or page.opens:
                current = Letter(
                    id=new_id(), channel=scan.channel, received_at=scan.received_at, made_at=at,
                    language=page.language or "en",
                )  # fmt: skip
                letters.append(current)
                place = 0
            place += 1
            sheet.letter, sheet.place = current, place
        add_rows(*letters, *sheets)
        scan.state, scan.read_at, scan.error = ScanState.READ, at, ""
        scan.save(update_fields=["state", "read_at", "error"])
        record([_of_scan(events.SCAN_READ, scan, at, pages=len(pages), letters=len(letters))], by=by)
        return [letter.id for letter in letters]


def cannot_read(scan_id: UUID, *, why: str, by: Actor, at: datetime) -> None:
    """Put a scan that cannot be read where a person sees it; it blocks nothing else."""
    with transaction.atomic(), together():
        scan = Scan.objects.select_for_update().get(id=scan_id)
        if scan.state == ScanState.WAITING:
            scan.state, scan.error, scan.read_at = ScanState.FAILED, why[:300], at
            scan.save(update_fields=["state", "error", "read_at"])
            record([_of_scan(events.SCAN_FAILED, scan, at)], by=by)


def read_again(scan_id: UUID, *, by: Actor, at: datetime) -> None:
    """Have a scan that failed read once more."""
    require(by, PERMISSION)
    Scan.objects.filter(id=scan_id, state=ScanState.FAILED).update(state=ScanState.WAITING, error="", arrived_at=at)


def drop_scan(scan_id: UUID, *, by: Actor, at: datetime) -> None:
    """Throw away a scan that could not be read, once the paper has been scanned anew. Gone already is fine."""
    require(by, PERMISSION)
    with transaction.atomic():
        scan = Scan.objects.select_for_update().filter(id=scan_id, state=ScanState.FAILED).first()
        if scan is not None:
            path = scan.path
            scan.delete()
            transaction.on_commit(partial(storage.remove, path))


def propose(letter_id: UUID, proposal: Mapping[str, Any], *, sure: bool) -> None:
    """Keep whose letter it probably is. A letter that is done keeps what it had."""
    Letter.objects.filter(id=letter_id, state=LetterState.WAITING).update(proposal=dict(proposal), sure=sure)


def take(letter_id: UUID, *, by: Actor) -> Letter:
    """Lock a letter that waits, for a change in the caller's transaction.

    Raises:
        NoSuchLetter, FiledBefore, Refused.
    """
    require(by, PERMISSION)
    letter = Letter.objects.select_for_update().filter(id=letter_id).first()
    if letter is None:
        raise NoSuchLetter("We could not find that letter.")
    if letter.state != LetterState.WAITING:
        raise FiledBefore("This letter was dealt with before.")
    return letter


def filed(
    letter: Letter, *, writing_id: UUID | None, contact_id: UUID | None, customer_id: UUID | None, case_id: UUID | None,
    by: Actor, at: datetime, seconds: int | None = None,
) -> None:  # fmt: skip
    """Say where a letter went; for a row locked by `take`. Its pages go from here: they are with the writing now."""
    letter.state, letter.writing_id, letter.done_at, letter.done_by = LetterState.FILED, writing_id, at, by.id
    letter.save(update_fields=["state", "writing_id", "done_at", "done_by"])
    Original.objects.filter(letter=letter).update(customer_id=customer_id, case_id=case_id)
    waited = round((at - letter.made_at).total_seconds())
    record(
        [
            Happening(
                name=events.FILED, subject_kind="letter", subject_id=letter.id, occurred_at=at, channel=letter.channel,
                customer_id=customer_id, case_id=case_id, contact_id=contact_id,
                data={"sure": letter.sure, "by_machine": by.id is None, "waited": waited},
            )
        ],
        by=by,
    )  # fmt: skip
    _let_go(letter)


WHYS: Mapping[str, str] = {
    "not_ours": "For somebody else: sent on",
    "junk": "Advertising",
    "empty": "Nothing on it",
    "twice": "Scanned twice",
}


def set_aside(letter_id: UUID, *, why: str, by: Actor, at: datetime) -> None:
    """Take a letter out of the post room that is not for us.

    Raises:
        CannotTake: no reason was chosen, or something of value came with it. NoSuchLetter, FiledBefore.
    """
    if why not in WHYS:
        raise CannotTake("Choose why it is set aside.")
    with transaction.atomic(), together():
        letter = take(letter_id, by=by)
        if Original.objects.filter(letter=letter).exists():
            raise CannotTake("A cheque or an original came with it. File the letter, so that it can be given back.")
        letter.state, letter.why, letter.done_at, letter.done_by = LetterState.SET_ASIDE, why, at, by.id
        letter.save(update_fields=["state", "why", "done_at", "done_by"])
        record(
            [
                Happening(
                    name=events.SET_ASIDE, subject_kind="letter", subject_id=letter.id, occurred_at=at,
                    channel=letter.channel, data={"why": why},
                )
            ],
            by=by,
        )  # fmt: skip
        _let_go(letter)


def split(letter_id: UUID, *, before: int, by: Actor, at: datetime) -> UUID:
    """Make a letter of its own from page ``before`` on; return it.

    Raises:
        CannotTake: there is nothing before or after. NoSuchLetter, FiledBefore.
    """
    with transaction.atomic():
        letter = take(letter_id, by=by)
        moving = list(letter.sheets.filter(place__gte=before).order_by("place"))
        if before < 2 or not moving:
            raise CannotTake("Choose the page with which the next letter begins.")
        new = Letter(
            id=new_id(), channel=letter.channel, received_at=letter.received_at, made_at=letter.made_at,
            language=moving[0].language or letter.language,
        )  # fmt: skip
        add_rows(new)
        for place, sheet in enumerate(moving, 1):
            sheet.letter, sheet.place = new, place
        Sheet.objects.bulk_update(moving, ["letter", "place"])
        return new.id


def merge(letter_id: UUID, other_id: UUID, *, by: Actor, at: datetime) -> None:
    """Put the pages of another waiting letter behind this one's; the other is gone.

    Raises:
        CannotTake: they are one, or came by different channels. NoSuchLetter, FiledBefore.
    """
    with transaction.atomic():
        if letter_id == other_id:
            raise CannotTake("Choose another letter to join.")
        first, second = sorted((letter_id, other_id))
        held = {one: take(one, by=by) for one in (first, second)}
        letter, other = held[letter_id], held[other_id]
        if letter.channel != other.channel:
            raise CannotTake("These came by different ways and stay apart.")
        last = letter.sheets.aggregate(last=Max("place"))["last"] or 0
        moving = list(other.sheets.order_by("place"))
        for place, sheet in enumerate(moving, last + 1):
            sheet.letter, sheet.place = letter, place
        Sheet.objects.bulk_update(moving, ["letter", "place"])
        Original.objects.filter(letter=other).update(letter=letter)
        if other.received_at < letter.received_at:
            letter.received_at = other.received_at
            letter.save(update_fields=["received_at"])
        other.delete()


def record_original(
    letter_id: UUID, *, kind: str, description: str, pence: int | None, by: Actor, at: datetime
) -> Original:
    """Write down something of value that lay with a letter: it is in the safe from now on.

    Raises:
        CannotTake: no kind, or no amount for money. NoSuchLetter, FiledBefore.
    """
    if kind not in OriginalKind.values:
        raise CannotTake("Choose what came with it.")
    if kind in MONEY and not (pence and 0 < pence <= MOST_PENCE):
        raise CannotTake("Enter the amount, like 14.50.")
    with transaction.atomic(), together():
        letter = take(letter_id, by=by)
        original = Original(
            id=new_id(), letter=letter, kind=kind, description=description.strip()[:200],
            pence=pence if kind in MONEY else None, recorded_at=at, recorded_by=by.id,
        )  # fmt: skip
        add_rows(original)
        record([_of_original(events.ORIGINAL_HELD, original, at)], by=by)
        return original


def settle_original(original_id: UUID, *, state: str, how: str, by: Actor, at: datetime) -> Original:
    """Say where a paper of value went: banked, sent back, given to the service. Said before: that stands.

    Raises:
        CannotTake: no such end, or money that is not banked or sent back. NoSuchLetter.
    """
    require(by, PERMISSION)
    with transaction.atomic(), together():
        original = Original.objects.select_for_update().filter(id=original_id).first()
        if original is None:
            raise NoSuchLetter("We could not find that paper.")
        if original.state != OriginalState.HELD:
            return original
        ends = {OriginalState.RETURNED, OriginalState.BANKED if original.kind in MONEY else OriginalState.PASSED_ON}
        if state not in ends:
            raise CannotTake("Choose where it went.")
        original.state, original.how = state, how.strip()[:120]
        original.settled_at, original.settled_by = at, by.id
        original.save(update_fields=["state", "how", "settled_at", "settled_by"])
        record([_of_original(events.ORIGINAL_SETTLED, original, at)], by=by)
        return original


def keep_form(printed: PrintedForm) -> None:
    """Keep how a form is printed, once for its mark, so that it can be read when it comes back. Kept before: that stands."""
    PrintedForm.objects.bulk_create([printed], ignore_conflicts=True)


def erase_originals(customer_ids: Iterable[UUID], *, by: Actor) -> int:
    """Take the words out of what is written of a person's papers; that they came and went stays. How many."""
    require(by, "customer.erase")
    rows = Original.objects.filter(customer_id__in=list(customer_ids)).exclude(state=OriginalState.HELD)
    return rows.update(description="", how="", customer_id=None)


def erase_originals_of(writing_ids: Iterable[UUID], *, by: Actor) -> int:
    """Take the words out of what is written of the papers that came with these letters and are not held any more."""
    require(by, "customer.erase")
    rows = Original.objects.filter(letter__writing_id__in=list(writing_ids)).exclude(state=OriginalState.HELD)
    return rows.exclude(description="", how="", customer_id=None).update(description="", how="", customer_id=None)


def _let_go(letter: Letter) -> None:
    """Forget pictures and words of a letter that is done, and its scans once nothing of them waits."""
    scans = list(letter.sheets.values_list("scan_id", flat=True).distinct())
    paths = set(letter.sheets.exclude(path="").values_list("path", flat=True))
    letter.sheets.update(path="", text="", codes=[], filled={})
    for scan in Scan.objects.select_for_update().filter(id__in=scans).exclude(path=""):
        if not scan.sheets.filter(letter__state=LetterState.WAITING).exists():
            paths |= {scan.path, *scan.sheets.exclude(path="").values_list("path", flat=True)}
            scan.sheets.update(path="", text="", codes=[], filled={})
            scan.path, scan.name = "", ""
            scan.save(update_fields=["path", "name"])
    used = set(Sheet.objects.filter(path__in=paths).values_list("path", flat=True)) | paths_held(paths)
    for path in paths - used:
        if path:
            transaction.on_commit(partial(storage.remove, path))


def _of_scan(name: str, scan: Scan, at: datetime, **data: int) -> Happening:
    return Happening(
        name=name, subject_kind="scan", subject_id=scan.id, occurred_at=at, channel=scan.channel, data=data
    )  # fmt: skip


def _of_original(name: str, original: Original, at: datetime) -> Happening:
    return Happening(
        name=name, subject_kind="original", subject_id=original.id, occurred_at=at, case_id=original.case_id,
        customer_id=original.customer_id, data={"kind": original.kind, "state": original.state, "pence": original.pence or 0},
    )  # fmt: skip
