"""A booking's pages in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse

from moothall.bookings.links import token_of
from moothall.bookings.paying import more_to_move
from moothall.bookings.queries import BookingView, Found, FreeSlot, bookings_of_case
from moothall.bookings.rules import MayChange, say_until
from moothall.core.money import pounds
from moothall.core.zone import LONDON
from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui.deposits import deposit_words
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import FactRow
from moothall.payments.queries import BookingMoney
from moothall.payments.queries.deposits import DepositLine
from moothall.payments.queries.terms import BackForFewer
from moothall.promises.rules import say_day, say_moment, say_time

TITLES: Final = {
    "held": "We’re keeping this for you", "confirmed": "You’re booked", "attended": "You came", "missed": "You missed this",
    "cancelled": "This is cancelled", "expired": "We couldn’t keep this", "released": "This was let go",
}  # fmt: skip
DONE: Final = {
    "cancelled": NoticeView("We’ve cancelled it", "Somebody else can have the time now. Thank you for telling us.", "kept"),
    "following": NoticeView("We’ve cancelled it and all that follow", "Somebody else can have the times now.", "kept"),
    "fewer": NoticeView("We’ve changed it", "Somebody else can have what you gave up. Thank you for telling us.", "kept"),
    "moved": NoticeView("We’ve moved it", "The new time is yours. The old one is not needed any more.", "kept"),
}  # fmt: skip
NEEDS: Final = {
    "interpreter": "An interpreter", "step_free": "A room without steps", "hearing_loop": "A hearing loop",
    "quiet_room": "A quiet room",
}  # fmt: skip
MOST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One booking: title, facts, what to bring, and what can be done about it (empty addresses: not any more)."""

    title: str
    what: str
    reference: str
    when: str
    rows: tuple[FactRow, ...]
    before: tuple[str, ...]
    before_words: str
    cancel_title: str
    notices: tuple[NoticeView, ...]
    move_link: str
    cancel_action: str
    calendar_link: str
    change_words: str
    again_link: str = ""
    pay_link: str = ""
    pay_words: str = ""
    cancel_words: str = ""
    join_link: str = ""
    series: tuple[SeriesLine, ...] = ()
    following: int = 0
    fewer: FewerForm | None = None


@dataclass(frozen=True, slots=True)
class FewerForm:
    """Part of a party does not come: how many places to keep, with what goes back for the rest and why."""

    action: str
    field: FieldView
    because: str


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One of a series: when, where it stands, and its own page (empty: the one that is shown)."""

    when: str
    state: str
    link: str


@dataclass(frozen=True, slots=True)
class MovePage:
    """Other times for a booking. Without options `nothing` says so."""

    what: str
    now: str
    field: FieldView
    back: str
    nothing: bool
    dearer: bool = False
    cheaper: bool = False


@dataclass(frozen=True, slots=True)
class OfferPage:
    """A time that came free, kept for somebody until `until`."""

    what: str
    when: str
    where: str
    until: str
    action: str = ""


def notices_of_case(case_id: UUID) -> tuple[NoticeView, ...]:
    """Return what was booked for a case, each leading to where it is moved or cancelled. One query."""
    return tuple(
        NoticeView(TITLES[view.state], f"{view.what_for}\n{view.when}{_and_more(view)}\n{view.where}",
                   "kept" if view.is_live else "", _path(view), "See, move or cancel it" if view.is_live else "See it")
        for view in bookings_of_case(case_id)
        if view.state in {"held", "confirmed", "cancelled"} and view.lead == view.id
    )  # fmt: skip


def _and_more(view: BookingView) -> str:
    return ", and the same time in the weeks after" if view.is_weekly else ""


def _path(view: BookingView) -> str:
    return reverse("site:booking", args=[view.id, token_of("booking", view.id)])


def booking(
    view: BookingView, token: str, change: MayChange, money: BookingMoney | None = None, *, said: str = "",
    deposit: DepositLine | None = None, series: Sequence[BookingView] = (), free: str = "", reference: str = "",
    fewer: FewerForm | None = None,
) -> BookingPage:  # fmt: skip
    """Return one booking's page. ``free``: why it costs nothing, where its service asks for money; ``reference``: the one
    to quote, where it is not the booking's own."""

    def link(name: str) -> str:
        return reverse(f"site:{name}", args=[view.id, token])

    stands, quoted = view.state == "confirmed", reference or view.reference
    rows = [FactRow("When", view.when), FactRow("Where", view.where), FactRow("Your reference", quoted)]
    if view.by_places:
        given = f"\nYou gave up {_places(view.places_given_up)}." if view.places_given_up else ""
        rows.insert(0, FactRow("For", f"{view.party}{given}"))
    if view.needs or view.language:
        rows.append(FactRow("We have also booked", _needs(view)))
    if money and money.paid:
        rows.append(FactRow("Paid", pounds(money.paid)))
    if money and money.to_pay:
        rows.append(FactRow("To pay", pounds(money.to_pay)))
    if free:
        rows.append(FactRow("To pay", f"Nothing\n{free}"))
    if deposit is not None:
        rows.append(FactRow("Deposit", deposit_words(deposit)))
    if view.card_name:
        rows.append(FactRow("Your card", view.card_name))
    until = say_moment(change.until.astimezone(LONDON))
    words = f"You can move or cancel it{', or give up some of the places,' if fewer else ''} yourself until {until}."
    if stands and not change.allowed:
        words = "It starts too soon to move or cancel it here. Ring us: we may be able to help."
    if view.state == "held" and view.expires_at is not None:
        why = "so that you can pay for it" if view.owes_pence else "while you finish your request"
        words = f"We’re keeping it until {say_until(view.expires_at)}, {why}."
    return BookingPage(
        title=TITLES[view.state], what=view.what, reference=quoted, when=view.when, rows=tuple(rows),
        before=view.before if stands else (),
        before_words="Before we come" if view.we_come else "Before you come",
        cancel_title="This day does not suit me" if view.we_come else "I can’t come",
        notices=(DONE[said],) if said in DONE else (),
        move_link=link("booking-move") if stands and change.allowed else "",
        cancel_action=link("booking-cancel") if stands and change.allowed else "",
        join_link=view.join,
        calendar_link=link("booking-calendar") if stands else "", change_words=words if view.is_live else "",
        again_link=reverse("site:service", args=[view.service]) if view.service and not view.is_live else "",
        pay_link=money.pay_path if money and money.to_pay and view.state == "held" else "",
        pay_words=f"Pay {pounds(money.to_pay)}" if money else "",
        series=_series(view, series), following=sum(one.starts_at > view.starts_at and one.is_live for one in series),
        fewer=fewer if stands else None,
        cancel_words=f"{pounds(money.back)} goes back to you. {money.because}" if money and money.paid else "",
    )  # fmt: skip


def _places(many: int) -> str:
    return "1 place" if many == 1 else f"{many} places"


def fewer(
    view: BookingView, token: str, back: Sequence[BackForFewer], because: str, *, error: str = ""
) -> FewerForm:  # fmt: skip
    """Return the form on which part of a party is given up, with what goes back for each number that is kept."""
    known = {one.keep: one.back for one in back}
    options = tuple(
        OptionView(
            str(keep), f"Keep {_places(keep)}",
            f"{pounds(known[keep]) if known[keep] else 'Nothing'} goes back to you." if keep in known else "",
        )
        for keep in range(view.places - 1, 0, -1)
    )  # fmt: skip
    field = FieldView("keep", "choice", f"You have {view.party}. How many do you keep?", options=options, error=error)
    return FewerForm(reverse("site:booking-fewer", args=[view.id, token]), field, because)


def _series(view: BookingView, series: Sequence[BookingView]) -> tuple[SeriesLine, ...]:
    if len(series) < 2:
        return ()
    stands = {"held": "kept for you", "confirmed": "booked", "attended": "you came", "missed": "missed"}
    return tuple(
        SeriesLine(one.when, stands.get(one.state, "cancelled"), "" if one.id == view.id else _path(one))
        for one in series
    )


def _needs(view: BookingView) -> str:
    """One a line: `An interpreter, Arabic`."""
    said = {need: NEEDS.get(need, need.replace("_", " ").capitalize()) for need in view.needs}
    if view.language:
        said["interpreter"] = f"{NEEDS['interpreter']}, {view.language}"
    return "\n".join(said.values())


def moving(view: BookingView, token: str, found: Found, *, error: str = "") -> MovePage:
    """Return the page that offers other times for a booking, with what each costs beside the one she has."""
    shown = [one for one in found.slots[:MOST_SHOWN] if (one.site, one.starts_at) != (view.site, view.starts_at)]
    costs = more_to_move(view, [one.starts_at for one in shown])
    options = tuple(
        OptionView(slot.key, f"{_label(slot, view)}{_beside(more)}", group=_group(slot, view))
        for slot, more in zip(shown, costs, strict=True)
    )
    field = FieldView("slot", "slot", "Choose another time", options=options, error=error)
    return MovePage(
        view.what, f"{view.when}, {view.where}", field, reverse("site:booking", args=[view.id, token]), not options,
        any(more > 0 for more in costs), any(more < 0 for more in costs),
    )  # fmt: skip


def _beside(more: int) -> str:
    return f", {pounds(abs(more))} {'more' if more > 0 else 'less'}" if more else ""


def _label(slot: FreeSlot, view: BookingView) -> str:
    start = slot.starts_at.astimezone(LONDON)
    if view.way == "home" and view.bookable.endswith("collection"):
        return say_day(start.date())
    return ", ".join(filter(None, (say_time(start), slot.left_words)))


def _group(slot: FreeSlot, view: BookingView) -> str:
    day = say_day(slot.day)
    if view.way == "home" and view.bookable.endswith("collection"):
        return ""
    return f"{day} · {slot.site_name}" if slot.site_name and view.way == "in_person" else day


def offer(view: BookingView, *, away: str = "") -> OfferPage:
    """Return the page of an offer; ``away`` is how far it is."""
    where = f"{view.where}, {away}" if away else view.where
    return OfferPage(view.what_for, view.when, where, say_until(view.expires_at) if view.expires_at else "")
