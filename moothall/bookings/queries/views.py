"""A booking as every screen, message and the rooms above see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.bookings.links import video_word
from moothall.bookings.models import Booking
from moothall.bookings.pack import BOOKABLES, CARDS, SITES, Bookable, Site, Unit, unit_named
from moothall.bookings.rules import SERIES, MayChange, may_change, say_slot
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference

MOST_IN_SERIES = 60
WAYS = {"phone": "By telephone: we call you", "video": "By video call", "home": "At your address"}


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking. ``when`` and ``where`` are words; ``words`` both in one line; ``what`` the thing booked.

    ``join`` is the address of its video call while it stands.
    """

    id: UUID
    reference: str
    state: str
    bookable: str
    what: str
    resource: str
    resource_name: str
    site: str
    service: str
    starts_at: datetime
    ends_at: datetime
    when: str
    where: str
    way: str
    places: int
    load: Mapping[str, int]
    needs: tuple[str, ...]
    language: str
    access: str
    card: str
    card_name: str
    customer_id: UUID | None
    case_id: UUID | None
    for_kind: str
    for_id: UUID
    series_id: UUID | None
    title: str
    expires_at: datetime | None
    owes_pence: int
    confirmed_at: datetime | None
    arrived_at: datetime | None
    minutes_late: int | None
    moved: int
    visits_failed: int
    ended_because: str
    before: tuple[str, ...]
    join: str = ""
    by_places: bool = False
    """Places are what is booked: it is a session that many come to."""
    places_given_up: int = 0
    indoor: bool | None = None
    is_promise: bool = False
    """Its day is what we promise of the request it belongs to."""

    @property
    def lead(self) -> UUID:
        """The booking it is paid and kept with: the first of a customer's series, else itself."""
        return self.for_id if self.for_kind == SERIES else self.id

    @property
    def is_weekly(self) -> bool:
        """Whether it is one of a customer's series, the same time every week."""
        return self.series_id is not None and self.for_kind != "staff"

    @property
    def words(self) -> str:
        """What, when and where in one line."""
        return f"{self.what_for}, {self.when}, {self.where}"

    @property
    def what_for(self) -> str:
        """What is booked, of a session with how many come: "Aqua fit (2 places)"."""
        return f"{self.what} ({self.party})" if self.by_places else self.what

    @property
    def party(self) -> str:
        """How many places it has, in words."""
        return "1 place" if self.places == 1 else f"{self.places} places"

    @property
    def we_come(self) -> bool:
        """Whether it is we who come: a crew, or an officer at her home."""
        return self.where == WAYS["home"]

    @property
    def is_live(self) -> bool:
        """Whether it is held or booked."""
        return self.state in {"held", "confirmed"}


def view_of(row: Booking, pack: Pack | None = None) -> BookingView:
    """Return a row as it is shown; what the pack no longer knows is said by its code."""
    pack = pack or current_pack()
    bookable = pack.of(BOOKABLES).get(row.bookable)
    site = pack.of(SITES).get(row.site)
    unit = unit_named(pack, row.resource)
    card = pack.of(CARDS).get(row.card)
    return BookingView(
        id=row.id, reference=show_reference(row.reference), state=row.state, bookable=row.bookable,
        what=bookable.name if bookable else row.bookable, resource=row.resource,
        resource_name=unit.name if unit else row.resource, site=row.site, service=row.service,
        starts_at=row.starts_at, ends_at=row.ends_at, when=when_of(bookable, row.starts_at, row.ends_at),
        where=where_of(site, row.way), way=row.way, places=row.places, load=dict(row.load), needs=tuple(row.needs),
        language=row.language, access=row.access, card=row.card, card_name=card.name if card else row.card,
        customer_id=row.customer_id, case_id=row.case_id, for_kind=row.for_kind, for_id=row.for_id,
        series_id=row.series_id, title=row.title, expires_at=row.expires_at, owes_pence=row.owes_pence,
        confirmed_at=row.confirmed_at, arrived_at=row.arrived_at, minutes_late=row.minutes_late, moved=row.moved,
        visits_failed=row.visits_failed,
        ended_because=row.ended_because, before=bookable.before if bookable else (),
        by_places=bookable is not None and bookable.kind == "session", places_given_up=row.places_given_up, indoor=row.indoor,
        join=_join(unit, row), is_promise=bookable.is_promise if bookable else False,
    )  # fmt: skip


def _join(unit: Unit | None, row: Booking) -> str:
    """Where a booking by video is met, while it stands."""
    video = unit.resource.video if unit is not None and row.way == "video" else None
    return video.replace("{booking}", video_word(row.id)) if video and row.state == "confirmed" else ""


def when_of(bookable: Bookable | None, starts_at: datetime, ends_at: datetime) -> str:
    """Return "Thursday 26 November 2026, 6pm to 6.40pm"."""
    from moothall.core.zone import LONDON
    from moothall.promises.rules import say_moment

    return say_slot(bookable, starts_at, ends_at) if bookable else say_moment(starts_at.astimezone(LONDON))


def where_of(site: Site | None, way: str) -> str:
    """Return the site with its address, or how else we meet."""
    if way in WAYS:
        return WAYS[way]
    return f"{site.name}, {site.where}" if site else WAYS["home"]


def booking(booking_id: UUID) -> BookingView | None:
    """Return one booking, or None. One query. Whoever asks has proved that it is theirs to see, or is a room above."""
    row = Booking.objects.filter(id=booking_id).first()
    return view_of(row) if row else None


def series_of(view: BookingView) -> list[BookingView]:
    """Return a customer's series that a booking is one of, in order, whatever became of each; itself alone where it is none.
    One query where there is one.
    """
    if not view.is_weekly:
        return [view]
    rows = Booking.objects.filter(series_id=view.series_id).order_by("starts_at", "id")
    return [view_of(row) for row in rows[:MOST_IN_SERIES]]


def bookings_of_case(case_id: UUID) -> list[BookingView]:
    """Return what was booked for a case, the newest first. One query."""
    return [view_of(row) for row in Booking.objects.filter(case_id=case_id).order_by("-starts_at", "-id")[:50]]


def bookings_of_cases(case_ids: Iterable[UUID]) -> dict[UUID, list[BookingView]]:
    """Return what was booked for each of several cases, the soonest first. One query."""
    found: dict[UUID, list[BookingView]] = {}
    for row in Booking.objects.filter(case_id__in=list(case_ids)).order_by("starts_at", "id")[:200]:
        found.setdefault(row.case_id, []).append(view_of(row))  # type: ignore[arg-type]
    return found


def bookings_for(for_ids: Iterable[UUID]) -> list[BookingView]:
    """Return the live bookings made for dialogues, contacts or cases by their ids. One query."""
    rows = Booking.objects.filter(for_id__in=list(for_ids), state__in=("held", "confirmed"))
    return [view_of(row) for row in rows.order_by("starts_at", "id")]


def change_of(view: BookingView, at: datetime) -> MayChange:
    """Return whether the customer may still move or cancel it herself."""
    bookable = current_pack().of(BOOKABLES).get(view.bookable)
    if bookable is None or view.state != "confirmed":
        return MayChange(False, view.starts_at)
    return may_change(bookable, view.starts_at, at, ours=view.visits_failed > 0)
