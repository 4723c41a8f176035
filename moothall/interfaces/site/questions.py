"""One question of a request as the site draws it, with the address search that works without a script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import reverse

from moothall.intake.dialogue import AnswerError, answer_words
from moothall.intake.queries import DialoguePage
from moothall.interfaces.policy import Request
from moothall.interfaces.site.place_question import NO_POSITION, place_field, place_view
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView
from moothall.interfaces.ui.questions import field_of, weekly_field
from moothall.places.queries import AddressLine, addresses_at, are_there_addresses

MOST_LISTED = 60
FROM_LIST: Final = "Choose the address from the list."
FREE: Final = "There is nothing to pay"


@dataclass(frozen=True, slots=True)
class AddressSearch:
    """Where an address question stands: ``find`` (ask the postcode), ``choose`` (a list) or ``write`` (by hand)."""

    stage: str
    postcode: str = ""
    number: str = ""
    found: tuple[AddressLine, ...] = ()


def addresses_for(request: Request, page: DialoguePage) -> AddressSearch | None:
    """Return where the address question stands; None for any other question, or when there is no list of addresses."""
    if page.question.type != "address":
        return None
    postcode = request.GET.get("postcode", "").replace("\x00", "")[:20]
    number = request.GET.get("number", "").replace("\x00", "")[:60]
    if request.GET.get("by") == "hand" or not are_there_addresses():
        return AddressSearch("write", postcode)
    if postcode:
        found = tuple(addresses_at(postcode, number=number, limit=MOST_LISTED))
        return AddressSearch("choose" if found else "none", postcode, number, found)
    held = page.value if isinstance(page.value, dict) else {}
    if held and not held.get("uprn"):
        return AddressSearch("write")
    return AddressSearch("find", str(held.get("postcode", "")))


def looks_for_address(request: Request, page: DialoguePage) -> str:
    """Return where to go when the form asked for the list of addresses, or for writing it by hand; else empty."""
    if page.question.type != "address":
        return ""
    here = reverse("site:question", args=[page.id, page.question.id])
    name = page.question.id
    change = "1" if request.GET.get("change") else ""
    if request.POST.get(name) == "other":
        return _with(here, by="hand", postcode=request.GET.get("postcode", ""), change=change)
    if "find" in request.POST:
        postcode, number = (
            request.POST.get(f"{name}-postcode", "").strip(),
            request.POST.get(f"{name}-number", "").strip(),
        )
        return _with(here, postcode=postcode or " ", number=number, change=change)
    return ""


def _with(path: str, **values: str) -> str:
    from moothall.interfaces.ui.jinja import with_query

    return with_query(path, **values)


def draw(request: Request, page: DialoguePage, *, typed: Any = None, error: AnswerError | None = None) -> FieldView:
    """Return the question's field: filled with what was typed, what is kept, or what we know already."""
    one = page.question
    value = page.value if page.value is not None else page.offered
    known = ""
    if page.value is None and page.offered is not None and typed is None:
        earlier = answer_words(one, page.offered).replace("\n", ", ")
        known = f"From your earlier answer: {earlier}. Change it if it is not right."
    search, place = addresses_for(request, page), place_view(request, page)
    if error is None and place is not None and request.GET.get("photo") == "none":
        error = AnswerError(NO_POSITION, "search")
    if error is not None:
        error = AnswerError(said_alone(error.message, one.label_on(page.channel)), error.part)
        if search is not None and search.stage == "choose" and error.part == "line1":
            error = AnswerError(FROM_LIST)  # she was shown a list to choose from, with no box to write in
    price, why, ways = price_said(page)
    view = field_of(
        one, service=page.service, channel=page.channel, today=page.today, value=value, typed=typed, error=error, known=known,
        price=price, why=why, ways=ways,
        addresses=[(line.uprn, line.text) for line in search.found] if search and search.stage == "choose" else (),
        slots=_slots(page),
    )  # fmt: skip
    if place is not None:
        return place_field(view, place)
    if page.price is not None and page.price.free:
        return replace(view, label=FREE)
    if page.slots is not None:
        return weekly_field(view, page.slots.bookable.weeks_most, value if typed is None else typed)
    return _address(view, search) if search else view


def _slots(page: DialoguePage) -> list[tuple[str, str, str]] | None:
    """The free times; the one that is held for this request already comes first, for it is no longer free to a search."""
    if page.slots is None:
        return None
    offered = [(one.key, one.label, one.group) for one in page.slots.choices]
    held = page.value if isinstance(page.value, dict) else {}
    if held.get("slot") and held["slot"] not in {key for key, _, _ in offered}:
        offered.insert(0, (held["slot"], answer_words(page.question, held).replace("\n", ", "), "Kept for you"))
    return offered


def price_said(page: DialoguePage) -> tuple[str, str, tuple[str, ...]]:
    """Return the price, how it comes about line by line, and the ways to pay it; for a payment question."""
    if page.price is None:
        return (
            (page.no_price or "We will tell you the price first"),
            "",
            tuple(way for way in page.ways if way != "card"),
        )
    if page.price.free:
        return "No charge", page.price.because, ()
    lines = page.price.lines
    if len(lines) == 1:
        return words.pence(page.price.pence), page.price.because, page.ways
    said = [
        f"{line.says}: {words.pence(line.pence) if line.pence >= 0 else '−' + words.pence(-line.pence)}. {line.why}".strip()
        for line in lines
    ]
    return words.pence(page.price.pence), "\n".join(said), page.ways


def said_alone(message: str, label: str) -> str:
    """Return an error without the question's name: alone on its page, the question is its heading."""
    for joint in (" for ", " to "):
        message = message.replace(f"{joint}“{label.strip()}”", "")
    return message


def _address(view: FieldView, search: AddressSearch) -> FieldView:
    if search.stage in {"find", "none"}:
        error = view.error
        if search.stage == "none":
            wanted = search.postcode.strip().upper()
            error = (
                f"We found no address at {wanted}. Check the postcode, or write the address."
                if wanted
                else "Enter a postcode, like LS1 1UR."
            )
        finding = (
            FieldView(
                id=f"{view.id}-postcode", type="text", label="Postcode", value=search.postcode.strip(), error=error,
                width="10", autocomplete="postal-code",
            ),
            FieldView(
                id=f"{view.id}-number", type="text", label="House number or name (optional)", value=search.number, width="10"
            ),
        )  # fmt: skip
        return replace(view, parts=finding, options=(), error=error, error_part="postcode")
    if search.stage == "write" and search.postcode and not view.part_value("postcode"):
        parts = tuple(
            replace(part, value=search.postcode) if part.id.endswith("-postcode") else part for part in view.parts
        )
        return replace(view, parts=parts)
    return view
