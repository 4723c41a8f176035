"""Money: payments and refunds, what waits for a second person, statements and what does not fit in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notes
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.bookings.queries import booking
from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.money import read_pence, to_the_penny
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.references import NotAReference, read_reference
from moothall.core.sheets import csv_line
from moothall.core.staff import staff_names
from moothall.core.zone import LONDON, council_date
from moothall.interfaces.console.money_shapes import bill_rows
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.payments.actions import (
    CannotRefund,
    agree_refund,
    ask_refund,
    refuse_refund,
    settle_refund_by_hand,
)
from moothall.payments.actions.bringing import take_statement
from moothall.payments.actions.deposits import CannotKeep, agree_to_keep, keep, refuse_to_keep
from moothall.payments.actions.refunding import REASONS
from moothall.payments.actions.settling import settle_difference
from moothall.payments.actions.statements import CannotRead
from moothall.payments.queries import account_totals, bill, export_lines, refund_lines
from moothall.payments.queries.bills import bill_by_reference
from moothall.payments.queries.books import LedgerLine, account_name
from moothall.payments.queries.deposits import deposit_named, deposit_of, deposits_to_agree
from moothall.payments.queries.desk import payments_of_intent, refunds_of, refusals
from moothall.payments.queries.statements import newest_statements, open_differences

PURPOSE = "service"
LONGEST = 200
SOURCES = (("govuk_pay", "GOV.UK Pay"), ("stripe", "Stripe"), ("bank", "The council’s bank account"))
ASKED_FOR = ("mistake", "goodwill", "deposit", "cancelled", "we-cancelled")


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def refunds(request: Request) -> HttpResponse:
    """Refunds that need somebody; with `all`, every refund."""
    every = "all" in request.GET
    try:
        page = refund_lines(visible_to=request.actor, after=request.GET.get("after", ""), all_=every)
    except BadCursor as wrong:
        raise Http404 from wrong
    people = {one for line in page.rows for one in (line.asked_by, line.agreed_by) if one}
    refused = refusals(visible_to=request.actor, limit=10)
    deposits = deposits_to_agree(visible_to=request.actor)
    people |= {one.asked_by for one in deposits if one.asked_by}
    return draw(
        request, "refunds", here="refunds", page=page, every=every, names=staff_names(people), refused=refused,
        deposits=deposits,
    )  # fmt: skip


@policy("staff", needs=("console.view", "payment.agree"), purpose=PURPOSE)
@require_POST
def refund_act(request: Request, refund_id: UUID) -> HttpResponse:
    """Agree to a refund, refuse it, or say how it was paid by hand."""
    how, at = " ".join(request.POST.get("how", "").split())[:LONGEST], clock.now()
    try:
        match request.POST.get("do", ""):
            case "agree":
                agree_refund(refund_id, by=request.actor, at=at)
                notes.success(request, "Agreed. It goes back by the way it came.")
            case "refuse":
                refuse_refund(refund_id, why=how, by=request.actor, at=at)
                notes.success(request, "Refused. Whoever asked sees why.")
            case "by_hand":
                settle_refund_by_hand(refund_id, how=how, by=request.actor, at=at)
                notes.success(request, "Booked as paid by hand.")
    except (CannotRefund, Refused) as no:
        notes.error(request, str(no))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:refunds"))


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def find(request: Request) -> HttpResponse:
    """Find a payment by its reference."""
    try:
        found = bill_by_reference(read_reference(request.GET.get("reference", "")[:60]), visible_to=request.actor)
    except NotAReference as wrong:
        notes.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:refunds"))
    if found is None:
        notes.error(request, "There is no payment of that reference.")
        return HttpResponseRedirect(reverse("console:refunds"))
    return HttpResponseRedirect(reverse("console:payment", args=[found.id]))


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def payment(request: Request, intent_id: UUID) -> HttpResponse:
    """One payment: what for, what came, what went back."""
    found = bill(intent_id, visible_to=request.actor)
    if found is None:
        raise Http404
    came = payments_of_intent(intent_id, visible_to=request.actor)
    reasons = [(code, REASONS[code]) for code in ASKED_FOR]
    back = refunds_of(intent_id, visible_to=request.actor)
    people = {one for line in back for one in (line.asked_by, line.agreed_by) if one}
    deposit = deposit_of(intent_id) if found.deposit else None
    people |= {one for one in (deposit.asked_by, deposit.agreed_by) if one} if deposit else set()
    held = booking(found.booking_id) if deposit is not None and found.booking_id is not None else None
    return draw(
        request, "payment", here="refunds", about=found, came=came, reasons=reasons, back=back, names=staff_names(people),
        rows=bill_rows(found), deposit=deposit, unsettled=open_differences(visible_to=request.actor, intent_id=intent_id),
        used_from=held.starts_at if held is not None and held.starts_at > clock.now() else None,
    )  # fmt: skip


@policy("staff", needs=("console.view", "payment.refund"), purpose=PURPOSE)
@require_POST
def deposit_keep(request: Request, deposit_id: UUID) -> HttpResponse:
    """Keep some of a deposit, for a reason that the customer reads."""
    back = HttpResponseRedirect(reverse("console:refunds"))
    try:
        kept = keep(
            deposit_id, pence=_amount(request), why=request.POST.get("why", ""), by=request.actor,
            at=clock.now(),
        )  # fmt: skip
        waits = kept.state == "asked"
        done = "Kept. The customer is told why, and the rest goes back."
        notes.success(request, "Somebody else has to agree to it now. Nothing goes back until then." if waits else done)
        back = HttpResponseRedirect(reverse("console:payment", args=[kept.intent_id]))
    except (CannotKeep, ValueError) as no:
        notes.error(request, str(no) if isinstance(no, CannotKeep) else "Enter an amount of money, like 12 or 12.50.")
        held = deposit_named(deposit_id, visible_to=request.actor)
        if held is not None:
            back = HttpResponseRedirect(reverse("console:payment", args=[held.intent_id]))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return back


@policy("staff", needs=("console.view", "payment.agree"), purpose=PURPOSE)
@require_POST
def deposit_act(request: Request, deposit_id: UUID) -> HttpResponse:
    """Agree that so much of a deposit is kept, or give all of it back."""
    try:
        if request.POST.get("do") == "agree":
            agree_to_keep(deposit_id, by=request.actor, at=clock.now())
            notes.success(request, "Agreed. The customer is told why, and the rest goes back.")
        elif request.POST.get("do") == "refuse":
            refuse_to_keep(deposit_id, by=request.actor, at=clock.now())
            notes.success(request, "Nothing is kept. All of it goes back now.")
    except (CannotKeep, Refused) as no:
        notes.error(request, str(no))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:refunds"))


@policy("staff", needs=("console.view", "payment.refund"), purpose=PURPOSE)
@require_POST
def ask(request: Request, intent_id: UUID) -> HttpResponse:
    """Ask for money to go back. The same form sent twice asks once."""
    try:
        refund = ask_refund(
            UUID(request.POST.get("attempt", "")), pence=_amount(request), by=request.actor,
            reason=request.POST.get("reason", ""), note=request.POST.get("note", "")[:300], at=clock.now(),
            key=f"asked:{request.actor.id}:{request.POST.get('key', '')[:40]}", of=intent_id,
        )  # fmt: skip
        waits = refund.state == "asked"
        notes.success(request, "Somebody else has to agree to it now." if waits else "It goes back by the way it came.")
    except (CannotRefund, ValueError) as no:
        notes.error(request, str(no) if isinstance(no, CannotRefund) else "Enter an amount of money, like 12 or 12.50.")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:payment", args=[intent_id]))


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def reconciliation(request: Request) -> HttpResponse:
    """What does not fit (with `payment`, of that one alone), the statements brought in, and how the accounts stand."""
    try:
        only = UUID(request.GET["payment"]) if request.GET.get("payment") else None
        page = open_differences(visible_to=request.actor, after=request.GET.get("after", ""), intent_id=only)
    except (BadCursor, ValueError) as wrong:
        raise Http404 from wrong
    totals = account_totals(visible_to=request.actor)
    statements = newest_statements(visible_to=request.actor)
    today, pack = council_date(clock.now()), current_pack()
    accounts = [(account_name(code, pack), code, to_the_penny(pence)) for code, pence in totals.items() if pence]
    return draw(
        request, "reconciliation", here="reconciliation", page=page, accounts=accounts, statements=statements,
        sources=SOURCES, demo=settings.MODE != "production", until=today, together=sum(totals.values()), only=only,
    )  # fmt: skip


@policy("staff", needs=("console.view", "payment.reconcile"), purpose=PURPOSE)
@require_POST
def statement(request: Request) -> HttpResponse:
    """Bring a statement in and match it with what we took."""
    sent, source, at = request.FILES.get("file"), request.POST.get("source", ""), clock.now()
    if sent is None or source not in dict(SOURCES):
        notes.error(request, "Choose whose statement it is, and the file.")
        return HttpResponseRedirect(reverse("console:reconciliation"))
    try:
        done = take_statement(source, sent.read(), name=sent.name or "", by=request.actor, at=at)
    except CannotRead as wrong:
        notes.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:reconciliation"))
    bank = f"{done.booked} booked into the bank account, {done.left} of the bank’s lines fit nothing yet."
    if not done.new:
        notes.error(request, f"This file was brought in before, as {done.name}. Nothing was counted twice.")
    elif source == "bank":
        notes.success(request, bank)
    else:
        more = f" {bank}" if done.booked or done.left else ""
        said = f"{done.matched} matched, {done.found} that do not fit, {done.waiting} still to come.{more}"
        notes.success(request, said)
    return HttpResponseRedirect(reverse("console:reconciliation"))


@policy("staff", needs=("console.view", "payment.reconcile"), purpose=PURPOSE)
@require_POST
def difference(request: Request, difference_id: UUID) -> HttpResponse:
    """Say that a difference was looked into and how it was settled."""
    how = " ".join(request.POST.get("how", "").split())[:LONGEST]
    try:
        settle_difference(difference_id, how=how, by=request.actor, at=clock.now())
        notes.success(request, "Settled. It is kept with what you wrote.")
    except ValueError as no:
        notes.error(request, str(no))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:reconciliation"))


@policy("staff", needs=("console.view", "payment.view"), purpose=PURPOSE)
@require_safe
def ledger_csv(request: Request) -> StreamingHttpResponse:
    """The ledger's lines of a month for the finance system: `?month=2026-11`, else the present one."""
    today = council_date(clock.now())
    try:
        first = date.fromisoformat(f"{request.GET.get('month', today.isoformat()[:7])[:7]}-01")
    except ValueError:
        raise Http404 from None
    after = (first + timedelta(days=32)).replace(day=1)
    rows = export_lines(_moment(first), _moment(after), visible_to=request.actor)
    answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ledger-{first:%Y-%m}.csv"'
    return answer


def _csv(rows: Iterator[LedgerLine]) -> Iterator[str]:
    yield csv_line(["moment", "entry", "kind", "account", "ledger code", "pounds", "payment"])
    for row in rows:
        pence = row.pence
        pounds = f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"
        yield csv_line([row.at.isoformat(), row.entry, row.kind, row.account, row.ledger_code, pounds, row.reference])


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _amount(request: Request) -> int:
    found = read_pence(request.POST.get("amount", ""))
    if found is None:
        raise ValueError("Enter an amount of money, like 12 or 12.50.")
    return found
