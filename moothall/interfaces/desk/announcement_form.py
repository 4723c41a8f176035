"""The form of an announcement: what was typed, what it means, and the first thing to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from uuid import UUID, uuid4

from django.http import QueryDict

from moothall.announcements.actions import NewAnnouncement, NotSo
from moothall.announcements.models import Scope
from moothall.announcements.queries import news_standards
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.places.finding import Spot, find_spots, spot
from moothall.places.queries import area_names
from moothall.promises.rules import say_amount
from moothall.rounds.pack import BINS
from moothall.rounds.queries import round_in_words, rounds_on
from moothall.services.pack import AREAS, PAUSES

TEXTS = (
    "title", "doing", "reach", "area", "street", "street_pick", "round", "since_day", "since_time", "next_news", "reason",
    "not_today", "new_day", "key",
)  # fmt: skip


@dataclass
class Typed:
    """The form as it was filled in; `streets` are those that what was typed may mean."""

    services: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    streets: list[Spot] = field(default_factory=list)

    @classmethod
    def fresh(cls, at: datetime) -> Typed:
        """An empty form: since now, with a key of its own so that sending it twice announces once."""
        here = at.astimezone(LONDON)
        now = {"since_day": here.date().isoformat(), "since_time": f"{here:%H:%M}", "key": str(uuid4())}
        return cls(texts=dict.fromkeys(TEXTS, "") | now | {"reach": "borough"})

    @classmethod
    def read(cls, posted: QueryDict) -> Typed:
        """As it was sent."""
        texts = {name: posted.get(name, "").replace("\x00", "").strip()[:2_000] for name in TEXTS}
        return cls(tuple(dict.fromkeys(posted.getlist("service")))[:100], texts)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Everything, to be carried to the next step."""
        yield from self.texts.items()
        yield from (("service", code) for code in self.services)

    def key(self) -> str:
        """What makes this form one, however often it is sent."""
        try:
            return str(UUID(self["key"]))
        except ValueError:
            return str(uuid4())


def meant(typed: Typed, pack: Pack, at: datetime) -> NewAnnouncement:
    """Return what the form announces.

    Raises:
        NotSo: with the field to mend.
    """
    reach, area, usrn, schedule, place = typed["reach"], "", None, "", ""
    today = council_date(at)
    if reach == Scope.BOROUGH:
        place = pack.council.short_name or pack.council.name
    elif reach == Scope.AREA:
        area = typed["area"]
        place = dict(area_choices()).get(area, "")
    elif reach == Scope.STREET:
        street = _street(typed)
        usrn, place, area = street.usrn, street.text, street.area
    elif reach == Scope.ROUND:
        schedule = typed["round"]
        place = round_in_words(schedule, today, pack=pack) if schedule in dict(rounds_on(today)) else ""
    stops = bool(typed["new_day"])
    return NewAnnouncement(
        title=typed["title"], doing=typed["doing"], services=typed.services, reach=reach, area=area, usrn=usrn,
        schedule=schedule, place=place, since=_since(typed), next_news=typed["next_news"],
        reason=typed["reason"] if stops else "", not_today=_day(typed, "not_today", today) if stops else None,
        new_day=_day(typed, "new_day", today) if stops else None,
    )  # fmt: skip


def _street(typed: Typed) -> Spot:
    picked = spot(typed["street_pick"])
    if picked is not None and picked.kind == "street":
        return picked
    found = [one for one in find_spots(typed["street"]) if one.kind == "street"]
    if not found:
        raise NotSo("street", "We find no street of this name. Try fewer letters.")
    exact = [one for one in found if one.text.casefold() == typed["street"].casefold()]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    typed.streets = found
    raise NotSo("street", "Choose which street you mean.")


def _since(typed: Typed) -> datetime:
    try:
        day, hour = date.fromisoformat(typed["since_day"]), time.fromisoformat(typed["since_time"])
    except ValueError:
        raise NotSo("since", "Enter when it began: the day, and the time like 14:30.") from None
    return datetime.combine(day, hour.replace(tzinfo=None), LONDON)


def _day(typed: Typed, name: str, today: date) -> date | None:
    if not typed[name] and name == "not_today":
        return today
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        raise NotSo(name, "Enter the day.") from None


def area_choices() -> list[tuple[str, str]]:
    """Return the areas by name. One query."""
    return list(area_names().items())


def round_choices(pack: Pack, day: date) -> list[tuple[str, str]]:
    """Return the rounds that go on a day, with their bins. One query."""
    bins = pack.of(BINS)
    return [
        (code, f"Round {code}: {', '.join(bins[one].name.lower() for one in codes if one in bins)}")
        for code, codes in rounds_on(day)
    ]


def choices(pack: Pack, at: datetime) -> dict[str, object]:
    """Return what the form offers: areas, rounds, services by area of work, reasons, when there is news. Two queries."""
    shown = [one for one in pack.services.values() if not one.restricted]
    shown.sort(key=lambda one: (list(pack.of(AREAS)).index(one.area), one.name))
    return {
        "areas": area_choices(),
        "rounds": round_choices(pack, council_date(at)),
        "service_groups": [
            (pack.of(AREAS)[area].name, [(one.code, one.name) for one in some])
            for area, some in groupby(shown, key=lambda one: one.area)
        ],
        "reasons": [(code, one.says) for code, one in pack.of(PAUSES).items()],
        "standards": [(one.code, f"Within {say_amount(one.amount, one.unit)}") for one in news_standards(pack, at)],
    }
