"""Help with bins that stands in another system's list: on the crew's sheet, at the desk, and “not out” never said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.clock import now
from moothall.core.packs import current_pack
from moothall.customers.privacy.actions.keeping import continue_run
from moothall.rounds.actions import ListedHome, bring_list, flag_door
from moothall.rounds.models import Flag, FlagKind
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import crew_sheet, has_help, help_at
from moothall.rounds.rules import Help, beside_list

from ..interfaces.api.conftest import machine_with  # noqa: F401 - a fixture
from .conftest import HOME, MONDAY, NEIGHBOUR

TODAY = date(2026, 3, 10)
JAN, FEB, LAST_WEEK, YESTERDAY, JUNE = (
    date(2026, 1, 5), date(2026, 2, 1), date(2026, 3, 3), date(2026, 3, 9), date(2026, 6, 1),
)  # fmt: skip
GATE = "By the gate"


def brought(*homes: ListedHome, ends: bool = False, source: str = "waste") -> Any:
    return bring_list(
        homes, source=source, may_end=lambda: ends, say=lambda row, uprn, kept, why: None, by=SYSTEM, at=now()
    )


@pytest.mark.parametrize(
    ("told", "held", "what", "written"),
    [
        (Help(None, None), None, "new", Help(TODAY, None)),
        (Help(JUNE, None, GATE), None, "new", Help(JUNE, None, GATE)),
        (Help(None, LAST_WEEK), None, "new", Help(LAST_WEEK, LAST_WEEK)),
        (Help(JAN, FEB), None, "over", None),
        (Help(None, None), Help(JAN, None), "same", None),
        (Help(FEB, None), Help(JAN, None), "changed", Help(FEB, None)),
        (Help(None, YESTERDAY), Help(JAN, None, GATE), "changed", Help(JAN, YESTERDAY)),
        (Help(JAN, None), Help(JAN, YESTERDAY), "changed", Help(JAN, None)),
        (Help(None, None), Help(JAN, YESTERDAY), "new", Help(TODAY, None)),
        (Help(JUNE, None), Help(JAN, YESTERDAY), "new", Help(JUNE, None)),
        (Help(JAN, FEB), Help(JAN, FEB), "same", None),
        (Help(None, None), Help(JAN, YESTERDAY, "", True), "ended_here", None),
        (Help(JAN, JUNE), Help(JAN, TODAY, "", True), "ended_here", None),
        (Help(JAN, LAST_WEEK), Help(JAN, YESTERDAY, "", True), "same", None),
        (Help(TODAY, None), Help(JAN, YESTERDAY, "", True), "new", Help(TODAY, None)),
    ],
)
def test_what_a_row_is_beside_what_is_held(told: Help, held: Help | None, what: str, written: Help | None) -> None:
    assert beside_list(told, held, after=None, today=TODAY) == (what, written)


DAYS = st.none() | st.dates(date(2025, 12, 1), date(2026, 6, 30))


@given(begins=DAYS, ends=DAYS, was=st.dates(date(2025, 12, 1), date(2026, 3, 10)), until=DAYS, here=st.booleans())
def test_a_list_brought_twice_is_a_list_brought_once(
    begins: date | None, ends: date | None, was: date, until: date | None, here: bool
) -> None:
    told = Help(begins, ends, GATE)
    for held in (None, Help(was, until, "", here and until is not None)):
        what, written = beside_list(told, held, after=None, today=TODAY)
        assert (written is None) == (what in {"same", "over", "ended_here"})
        then = written or held
        assert then is None or beside_list(told, then, after=None, today=TODAY)[1] is None
        in_force = ends is None or ends >= TODAY
        if what in {"new", "changed"} and in_force and written:
            assert written.ends == ends


@pytest.mark.django_db
def test_it_stands_on_the_crews_sheet_once_with_where_the_bins_are(
    council: Any, clock: Any, round_: Any, machine_with: Callable[..., Any]  # noqa: F811
) -> None:  # fmt: skip
    brought(ListedHome(2, HOME, ends=JUNE, note=GATE), ListedHome(3, NEIGHBOUR, begins=date(2026, 3, 9)))
    flag_door(HOME, FlagKind.ASSISTED, begins=MONDAY, ends=None, case_id=None, by=SYSTEM, at=now())
    sheet = crew_sheet("r1", MONDAY, rounds=council.one(ROUNDS), visible_to=SYSTEM)
    assert [(one.uprn, one.note, one.ends) for one in sheet[0].flags] == [(HOME, GATE, None)]
    Flag.objects.filter(source="").delete()
    door = machine_with("api.rounds.read").get("/rounds/r1/2026-03-16").json()["streets"][0]["flags"]
    assert door == [
        {"uprn": HOME, "kind": "assisted", "note": GATE, "ends": "2026-06-01"},
        {"uprn": NEIGHBOUR, "kind": "assisted", "note": "", "ends": None},
    ]


@pytest.mark.django_db
def test_not_out_is_never_said_on_the_bin_days_of_a_home_whose_bins_are_fetched(
    council: Any, clock: Any, round_: Any, client: Client
) -> None:
    brought(ListedHome(2, HOME, ends=MONDAY, note=GATE))
    clock.set("2026-03-02T10:00")
    for uprn in (HOME, NEIGHBOUR):
        round_("not_out", "09:12", uprn=uprn)
    current_pack()
    with CaptureQueriesContext(connection) as asked:
        hers = client.get(f"/bin-day/{HOME}").content.decode()
    assert len(asked) == 4
    assert "The crew came at 9.12am and did not take it. Tell us, and we look at it." in hers
    for word in ("not out when they came", "help", "fetch", GATE.lower()):
        assert word not in hers.partition("<main")[2].partition("</main>")[0].lower()
    assert "not out when they came" in client.get(f"/bin-day/{NEIGHBOUR}").content.decode()


@pytest.mark.django_db
def test_only_an_officer_who_may_see_customers_is_told_of_the_help(council: Any, clock: Any, round_: Any) -> None:
    brought(ListedHome(2, HOME, ends=JUNE, note=GATE), ListedHome(3, NEIGHBOUR, ends=MONDAY))
    shown = help_at(HOME, on=MONDAY, visible_to=SYSTEM)
    assert shown is not None
    assert (shown.note, shown.ends) == (GATE, JUNE)
    assert help_at(NEIGHBOUR, on=MONDAY + timedelta(days=1), visible_to=SYSTEM) is None
    with pytest.raises(Refused):
        help_at(HOME, on=MONDAY, visible_to=ANONYMOUS)
    with pytest.raises(Refused):
        bring_list([], source="waste", may_end=lambda: True, say=print, by=ANONYMOUS, at=now())


@pytest.mark.django_db
def test_it_goes_with_the_night_the_packs_months_after_it_ended(council: Any, clock: Any, round_: Any) -> None:
    brought(ListedHome(2, HOME, ends=JUNE), ListedHome(3, NEIGHBOUR))
    clock.set("2026-11-30T03:00")
    while continue_run(at=now()):
        pass
    assert Flag.objects.count() == 2, "the last day of its months"
    clock.set("2026-12-01T03:00")
    while continue_run(at=now()):
        pass
    assert [flag.uprn for flag in Flag.objects.all()] == [NEIGHBOUR]
    assert has_help(NEIGHBOUR, on=date(2026, 12, 1))
