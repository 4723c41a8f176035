"""Payment machines over the wire: what is owed, the machine's journal, and how its payments stand. One token a machine."""

from datetime import datetime
from typing import Any

from django.http import Http404, JsonResponse
from ninja import Router, Schema
from pydantic import Field

from moothall.core import clock
from moothall.interfaces.api import shapes
from moothall.interfaces.api.wire import ERRORS
from moothall.interfaces.policy import Request, policy
from moothall.payments.actions.tills import MOST_LINES, BadJournal, Line, last_line, take_journal
from moothall.payments.queries.tills import payable_at, sales_of_machine

machines = Router(tags=["machines"])


class JournalLineIn(shapes.Wire):
    """One thing the machine did. It writes it down before it does the next, and sends it again until we have it."""

    seq: int = Field(ge=1, le=9_000_000_000_000, description="The machine's own numbering, from 1 without gaps.")
    kind: str = Field(
        max_length=10,
        description="open, begin, cash, change, card, done, cancel, power (it is back) or count (till closed).",
    )
    at: datetime
    pence: int = Field(0, ge=0, le=50_000_000, description="Float, coin or note, change, card amount, or count.")
    sale: str = Field("", max_length=40, description="The machine's own name for the payment this belongs to.")
    reference: str = Field("", max_length=20, description="With begin: the payment reference that was typed.")


class JournalIn(shapes.Wire):
    """The next lines, in order; lines we have already change nothing."""

    lines: list[JournalLineIn] = Field(max_length=MOST_LINES)


class SaleOut(Schema):
    """How one payment stands: paid (print the receipt), back (it came too late, so say that it goes back), held (somebody
    will give the money back), ended or open."""

    sale: str
    state: str
    reference: str
    what: str
    pence: int
    cash_pence: int
    card_pence: int


class JournalOut(Schema):
    """Up to which line we have the journal, and the payments of the lines just sent."""

    have: int
    sales: list[SaleOut]


class BrokenJournal(Schema):
    """The line that cannot be taken and why. Everything before it was; ``have`` is the last of those."""

    have: int
    seq: int
    message: str


class BillOut(Schema):
    """What is to be paid under a reference. No name and no address."""

    reference: str
    what: str
    pence: int


@machines.get("/bills/{reference}", response={200: BillOut, **ERRORS}, summary="What is owed under a reference")
@policy("token", needs="api.machine", purpose="integration")
def get_bill(request: Request, reference: str) -> Any:
    """What somebody has typed at a machine."""
    found = payable_at(reference[:40], visible_to=request.actor)
    if found is None:
        raise Http404
    return {"reference": found.reference, "what": found.what, "pence": found.pence}


@machines.get("/journal", response={200: JournalOut, **ERRORS}, summary="Where to go on after a power cut")
@policy("token", needs="api.machine", purpose="integration")
def get_journal(request: Request) -> Any:
    """The last line we have: send what comes after it, and a `power` line first of the new ones."""
    return {"have": last_line(request.actor.id) if request.actor.id else 0, "sales": []}


@machines.post("/journal", response={200: JournalOut, 409: BrokenJournal, **ERRORS}, summary="Send the journal")
@policy("token", needs="api.machine", purpose="integration")
def post_journal(request: Request, body: JournalIn) -> Any:
    """Take the next lines. The same again is answered as the first time."""
    lines = [Line(one.seq, one.kind, one.at, one.pence, one.sale, one.reference) for one in body.lines]
    try:
        have = take_journal(lines, by=request.actor, at=clock.now())
    except BadJournal as bad:
        have = last_line(request.actor.id) if request.actor.id else 0
        return JsonResponse({"have": have, "seq": bad.seq, "message": str(bad)}, status=409)
    sales = sales_of_machine([one.sale for one in body.lines if one.sale], visible_to=request.actor)
    return {"have": have, "sales": [_sale(one) for one in sales]}


@machines.get("/sales/{sale}", response={200: SaleOut, **ERRORS}, summary="How one payment stands")
@policy("token", needs="api.machine", purpose="integration")
def get_sale(request: Request, sale: str) -> Any:
    """After a power cut: paid, so print the receipt; held, so say who gives the money back."""
    found = sales_of_machine([sale[:40]], visible_to=request.actor)
    if not found:
        raise Http404
    return _sale(found[-1])


def _sale(one: Any) -> dict[str, Any]:
    return {
        "sale": one.code, "state": one.state, "reference": one.reference, "what": one.what, "pence": one.owed,
        "cash_pence": one.cash, "card_pence": one.card,
    }  # fmt: skip
