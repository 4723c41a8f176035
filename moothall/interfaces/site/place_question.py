"""Where is it? One question, answered by name, from a list, by the device, by a photo or on a map: each way is whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import reverse

from moothall.core.packs import current_pack
from moothall.documents.pictures import position_in
from moothall.documents.rules import check_size
from moothall.intake import actions
from moothall.intake.queries import DialoguePage
from moothall.intake.whose import whose_area
from moothall.interfaces.policy import Request
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.places.finding import MOST_LISTED, find_spots, street_letters, streets_of_letter, surroundings
from moothall.places.geometry import on_earth

MOST: Final = 60
LONGEST_EXACTLY: Final = 300
MORE: Final = f"These are the first {MOST}. If it is none of them, go back and add the house number."
MORE_STREETS: Final = f"These are the first {MOST_LISTED} streets. If it is none of them, go back and type its name."
NOT_HERE: Final = "If that is right, go on: we send your report to them and tell you what they say."
ELSEWHERE: Final = (
    "We know the places in our own area. If it is not in it, use the map or describe it, and we send it on."
)
FROM_LIST: Final = "Choose a place from the list."
NO_POSITION = "That photo does not say where it was taken. Find the place by name, or describe it."


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where the question stands: ``ask``, ``choose`` (found by name), ``list`` (a letter of the street list), ``point``.

    ``exactly`` is what was typed of where exactly before the place was looked for: it comes along. ``another`` says that the
    point is in another council's area, ``another_web`` is where that council can be told.
    """

    stage: str
    here: str
    typed: str = ""
    says: str = ""
    latitude: str = ""
    longitude: str = ""
    letters: tuple[str, ...] = ()
    letter: str = ""
    exactly: str = ""
    another: str = ""
    another_web: str = ""
    service: str = ""


def place_view(request: Request, page: DialoguePage) -> PlaceView | None:
    """Return where the place question stands; None for any other question."""
    if page.question.type != "place":
        return None
    found = _stage(request, page)
    return replace(
        found,
        service=page.service.code,
        exactly=request.GET.get("exactly", "").replace("\x00", "").strip()[:LONGEST_EXACTLY],
    )


def _stage(request: Request, page: DialoguePage) -> PlaceView:
    here = reverse("site:question", args=[page.id, page.question.id])
    typed = request.GET.get("find", "").replace("\x00", "").strip()[:120]
    letter = request.GET.get("letter", "")[:1].upper()
    point = point_of(request.GET.get("lat", ""), request.GET.get("lon", ""))
    held = page.value if isinstance(page.value, dict) else {}
    if letter or "list" in request.GET:
        return PlaceView("list", here, letters=tuple(street_letters()), letter=letter)
    if typed:
        return PlaceView("choose", here, typed=typed)
    if point is None and held.get("latitude") and "afresh" not in request.GET:
        point = (float(held["latitude"]), float(held["longitude"]))
    if point is not None:
        found = surroundings(*point)
        another = whose_area(page.service, *point, found, current_pack())
        return PlaceView(
            "point", here, says=found.text, latitude=str(point[0]), longitude=str(point[1]),
            another=f"{another.says} {NOT_HERE}" if another else "", another_web=(another and another.partner.web) or "",
        )  # fmt: skip
    return PlaceView("ask", here)


def point_of(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Return a point from two texts, or None."""
    try:
        point = float(latitude[:20]), float(longitude[:20])
    except ValueError:
        return None
    return point if on_earth(*point) else None


def place_field(view: FieldView, place: PlaceView) -> FieldView:
    """Return the question's field for where it stands."""
    typed = view.part_value("describe")
    kept = typed if view.error else place.exactly or typed  # what is typed now goes before what was kept
    exactly = FieldView(
        f"{view.id}-describe", "text", "Exactly where? (optional)", value=kept,
        hint="Outside number 14, by the bus stop, the kerb on the park side",
    )  # fmt: skip
    if place.stage in {"choose", "list"}:
        found = streets_of_letter(place.letter) if place.stage == "list" else find_spots(place.typed, limit=MOST)
        options = tuple(OptionView(one.pick, one.text) for one in found)
        if place.stage == "choose":
            options = (*options, OptionView("other", "None of these", exclusive=bool(options)))
        error = FROM_LIST if view.error and view.error_part == "search" and found else view.error
        error = error or ("" if found or place.stage == "list" else f"We found nothing called “{place.typed}”.")
        hint = MORE if place.stage == "choose" and len(found) == MOST else ""
        hint = hint or (ELSEWHERE if place.stage == "choose" and not found else "")
        if place.stage == "list" and len(found) == MOST_LISTED:
            hint = MORE_STREETS
        return replace(view, options=options, parts=(exactly,), error=error, hint=hint)
    if place.stage == "point":
        return replace(view, parts=(exactly,))
    search = FieldView(
        f"{view.id}-search", "text", "Street, postcode or somewhere near it", value=view.part_value("search"),
        hint="Mill Lane, LS1 1UR, or near the library",
    )  # fmt: skip
    return replace(view, parts=(search, exactly))


def looks_for_place(request: Request, page: DialoguePage, token: str, *, at: Any) -> str:
    """Return where to go when the form asked to find a place rather than gave one; else empty."""
    from moothall.interfaces.ui.jinja import with_query

    if page.question.type != "place":
        return ""
    name, here = page.question.id, reverse("site:question", args=[page.id, page.question.id])
    change = "1" if request.GET.get("change") else ""
    exactly = request.POST.get(f"{name}-describe", request.GET.get("exactly", ""))
    exactly = " ".join(exactly.split())[:LONGEST_EXACTLY]
    if request.POST.get(name) == "other":
        return with_query(here, afresh="1", exactly=exactly, change=change)
    if "find" in request.POST:
        words = request.POST.get(f"{name}-search", "").strip()[:120] or " "
        return with_query(here, find=words, exactly=exactly, change=change)
    sent = request.FILES.get(f"{name}-photo")
    if sent is not None:
        check_size(sent.name or "", sent.size or 0)
        content = sent.read()
        point = position_in(content)
        photos = next((q.id for q in page.service.questions if q.type == "photo"), "")
        if photos:
            try:
                actions.add_file(
                    page.id, token, question=photos, name=sent.name or "", content=content, by=request.actor, at=at
                )
            except KeyError:
                pass  # the photo question is not asked yet: the photo was for its position
        if point is None:
            return with_query(here, afresh="1", photo="none", exactly=exactly, change=change)
        return with_query(here, lat=str(point[0]), lon=str(point[1]), exactly=exactly, change=change)
    return ""
