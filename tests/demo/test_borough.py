"""The invented borough: plausible, the same for a seed, brought in once, and nobody is written to."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.db.models import Sum
from django.test import Client

from moothall.bookings.models import Booking, Claim
from moothall.cases.models import Case, CaseContact
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import SYSTEM
from moothall.core.models import Event, Job
from moothall.core.packs import Pack
from moothall.core.tokens import signed_id
from moothall.customers.linking.models import HouseholdTie
from moothall.customers.models import ContactPoint, Customer, Need
from moothall.customers.privacy.models import RetentionRun
from moothall.customers.representation.models import Representation
from moothall.feedback.models import Rating
from moothall.insight.models import Explanation, MonthlyFigure
from moothall.insight.pack import DEMAND
from moothall.insight.publishing import help_record
from moothall.interfaces.cli.demo import stories
from moothall.interfaces.cli.demo.arrivals import Calendar
from moothall.interfaces.cli.demo.borough import Place, people_of
from moothall.interfaces.cli.demo.loading import Loader
from moothall.interfaces.cli.main import root
from moothall.interfaces.published.views import published_services
from moothall.notifications.models import Message, Quarantined
from moothall.partners.models import PersonReferral
from moothall.partners.queries import answering
from moothall.partners.shared import USE
from moothall.payments.models import (
    Attempt,
    Deposit,
    Difference,
    Instalment,
    Intent,
    Mandate,
    Posting,
    Refund,
    Till,
)
from moothall.places.models import Area, Property, Street
from moothall.promises.models import ClockFact, Promise
from moothall.promises.sweep import sweep
from tests.conftest import MovableClock

ROOMS = (Area, Street, Property, Customer, Need, Contact, Matter, Case, CaseContact, Promise, ClockFact, Rating, Event)
LONDON = ZoneInfo("Europe/London")
DRAMA = re.compile(
    r"\+44(7700900\d{3}|11[3-8]4960\d{3}|1[2-6]14960\d{3}|2079460\d{3}|1914980\d{3}|1632960\d{3}|2920180\d{3})"
)


def counts() -> dict[str, int]:
    return {room.__name__: room.objects.count() for room in ROOMS}


def nothing(_: int) -> None:
    """A progress bar that nobody looks at."""


@pytest.fixture
def borough(clock: MovableClock, council: Pack) -> Loader:
    """A borough of 1,500 on a Wednesday morning."""
    clock.set("2026-11-18T10:30")
    loader = Loader.begin("leeds", residents=1_500, seed=7)
    loader.go(history=True, done=nothing)
    return loader


@pytest.mark.long
def test_it_is_plausible_and_nobody_is_written_to(borough: Loader, clock: MovableClock) -> None:
    now = clock.now()
    figures = borough.figures()
    assert figures["people"] == 1_500 + len(stories.PEOPLE)
    assert 1_500 * 2.8 * 0.8 < figures["contacts"] * 365 / 413 < 1_500 * 2.8 * 1.2

    # Numbers and addresses that can be nobody's.
    values = list(ContactPoint.objects.values_list("kind", "value"))
    assert all(DRAMA.fullmatch(value) for kind, value in values if kind == "phone")
    assert all(re.fullmatch(r".+@example\.(com|org|net)", value) for kind, value in values if kind == "email")
    assert all(uprn >= 990_000_000_000 for uprn in Property.objects.values_list("uprn", flat=True))

    # History: none of it from the future; telephones ring in opening hours.
    assert not Event.objects.filter(imported=True, occurred_at__gt=now).exists()
    for at in Contact.objects.filter(channel="phone", imported=True, service__gt="").values_list(
        "received_at", flat=True
    ):
        wall = at.astimezone(LONDON)
        assert wall.weekday() < 5 or wall > now - timedelta(days=120)  # the stories keep their own hours
    avoidable = Contact.objects.exclude(cause__in=["new", ""]).count() / Contact.objects.count()
    assert 0.15 < avoidable < 0.4

    # Promises: most are kept; open ones are the council's own, and the sweep has nothing to catch up with.
    ended = Counter(Promise.objects.filter(kind="complete").exclude(ended_at=None).values_list("state", flat=True))
    assert 0.87 < ended["met"] / ended.total() < 0.97
    assert not Promise.objects.filter(imported=True, state__in=["running", "paused"]).exists()
    ours = Promise.objects.filter(imported=False).exclude(kind__in=["news", "appointment"])  # told, visited
    assert not ours.exclude(state__in=["running", "paused"]).exists()
    assert sweep(now) == {"at_risk": 0, "broken": 0, "broken_again": 0}
    letters, others = Message.objects.filter(channel="post"), Message.objects.exclude(channel="post")
    assert letters.count() == 2, "hers who chose them, for the post room"
    assert others.exclude(template="help-asked").count() <= 2
    partners = others.filter(template="help-asked").values_list("to", flat=True)
    assert len(partners) == 2, "charities that were asked to help"
    assert all(to.endswith(".example.org") for to in partners)
    assert Job.objects.count() <= 105  # of this morning’s repairs, announcements, firms and referrals, none of history

    # This morning: on track, at risk, late, a call back, a text to read and something that cannot be read.
    live = Case.objects.filter(closed_at=None)
    assert live.filter(late=True).exists()
    assert live.filter(late=False, due_at__gt=now).exists()
    assert Promise.objects.filter(state="running", warned_at__lte=now, due_at__gt=now).exists()
    assert Promise.objects.filter(kind="call_back", state="running").count() == 1
    assert Contact.objects.filter(channel="sms", state="open").count() == 1
    assert Quarantined.objects.count() == 1
    assert not live.exclude(state="waiting").filter(pack_version_id=None).exists()
    money_to_look_after(now)
    who_belongs_to_whom()
    who_was_put_in_touch()


def who_was_put_in_touch() -> None:
    """One whom a charity has taken on, one it has not answered for: their links show who it is, the figures count both."""
    taken, sent = PersonReferral.objects.order_by("made_at")
    assert (taken.state, sent.state) == ("accepted", "sent")
    for row, name in ((taken, "Kwabena Osei"), (sent, "Gwen Jones")):
        page = Client().get(f"/referrals/{signed_id(USE, row.id)}").content.decode()
        assert name in page
        assert row.about in page
    rows = {
        one.organization: one.counts for one in answering(since=taken.made_at, until=sent.due_at, visible_to=SYSTEM)
    }
    assert rows[taken.organization]["accepted"] == 1
    assert (rows[sent.organization]["referred"], rows[sent.organization]["accepted"]) == (1, 0)


def who_belongs_to_whom() -> None:
    """Organisations with two people each, households, and a night that let warnings go and kept one."""
    roles = Representation.objects.filter(customer__kind="organisation")
    firms = Customer.objects.filter(id__in=roles.values("customer"))
    assert firms.count() == 3
    assert Customer.objects.filter(kind="organisation").count() > 3  # the others are known by their rates only
    assert {Representation.objects.filter(customer=one).count() for one in firms} == {2}
    assert HouseholdTie.objects.filter(ended_at=None).count() > 500
    assert set(HouseholdTie.objects.values_list("relation", flat=True)) >= {"name", "generation"}
    night = RetentionRun.objects.exclude(forgot={}).get()
    assert (night.forgot, night.left) == ({"warning": 2}, {"warning": {"On hold": 1}})
    assert (night.ahead["warning"]["due"], night.ahead["warning"]["soon"]) == (0, 2)


def hired() -> None:
    """A hall that was used and one that is to come, each with its deposit; a court every week; parts by card."""
    deposits = Deposit.objects.filter(state="held", pence=5000)
    halls = Booking.objects.filter(id__in=deposits.values("intent__booking_id"))
    assert sorted(halls.values_list("state", flat=True)) == ["attended", "confirmed"]
    series = Booking.objects.exclude(series_id=None).order_by("starts_at")
    assert (len(series), set(series.values_list("state", flat=True))) == (5, {"confirmed"})
    assert Claim.objects.filter(booking__in=series, live=True).count() == 5
    assert Intent.objects.get(booking_id=series[0].id).amount_pence == sum(one.owes_pence for one in series)
    by_card = Mandate.objects.filter(scheme="card")
    assert sorted(by_card.values_list("state", flat=True)) == ["active", "active", "done"]
    parts = Instalment.objects.filter(mandate__in=by_card)
    assert Counter(parts.values_list("state", flat=True)) == {"taken": 8, "planned": 4}


def money_to_look_after(now: datetime) -> None:
    """Six weeks of it, what does not fit, a refund that waits for the second person, agreements, and a till that is open."""
    sides = Posting.objects.aggregate(together=Sum("pence"))["together"]
    assert (sides, Posting.objects.exists()) == (0, True)
    kinds = set(Difference.objects.filter(settled_at=None).values_list("kind", flat=True))
    assert {"missing", "duplicate", "wrong_amount", "reversed", "wrong_reference"} <= kinds
    assert Difference.objects.count() <= 8
    assert Attempt.objects.filter(provider="govuk_pay", matched_at=None, taken_at__lt=now).count() > 5
    assert Refund.objects.get().state == "asked"
    assert Mandate.objects.filter(scheme="bacs").count() == 12
    hired()
    assert Till.objects.filter(closed_at=None).count() == 1
    assert not Intent.objects.filter(imported=True, created_at__gt=now).exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_figures_are_there_and_the_dip_is_explained(borough: Loader) -> None:
    told = Explanation.objects.get()
    cell = {"measure": "promise", "key": "complete", "channel": "*", "area": "*"}
    dip = MonthlyFigure.objects.get(service=told.service, month=told.month, **cell)
    rest = MonthlyFigure.objects.filter(service=told.service, **cell).exclude(month=told.month)
    assert dip.count / dip.of < sum(one.count for one in rest) / sum(one.of for one in rest) - 0.1
    months = MonthlyFigure.objects.filter(service="*", **cell, month__lt="2026-11-01").order_by("month")
    assert [one.month for one in months] == [date(2025, 10 + n, 1) for n in range(3)] + [
        date(2026, n, 1) for n in range(1, 11)
    ]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_who_was_helped_and_met_elsewhere_is_there_to_look_at(borough: Loader, client: Client) -> None:
    told = help_record(at=borough.at, services=published_services())
    assert told.assisted.per_cent is not None
    assert 1 < told.assisted.per_cent < 25
    assert len(told.because) >= 4
    assert {"phone", "counter"} <= set(told.by_channel)
    assert sum(count or 0 for count in told.outreach.values()) >= 5
    shared = Contact.objects.filter(channel="web", imported=True).exclude(helped_because="")
    assert shared.exists()
    assert not shared.filter(helped_by=None).exists(), "an officer began what they sent"
    assert "made with our help" in client.get("/performance/helped").content.decode()


@pytest.mark.long
def test_twice_is_once(borough: Loader, clock: MovableClock) -> None:
    before = counts()
    clock.advance(days=3)
    again = Loader.begin("leeds", residents=900, seed=8)
    again.go(history=True, done=nothing)
    sent = Event.objects.filter(name="crew_day.published", recorded_at__gte=clock.now()).count()
    assert counts() == before | {
        "Event": before["Event"] + sent
    }  # crews have the jobs of the new day; nothing else is new
    assert again.figures() == borough.figures()


@pytest.mark.long
def test_what_a_second_process_takes_over_is_not_done_again(clock: MovableClock, council: Pack) -> None:
    clock.set("2026-11-18T10:30")
    begun: list[str] = []

    def beside() -> Callable[[], None]:
        begun.append("begun")
        return lambda: Loader.begin("leeds", residents=400, seed=3).go_beside()

    loader = Loader.begin("leeds", residents=400, seed=3)
    loader.go(history=True, done=nothing, beside=beside)
    before = counts()
    assert loader.figures()["records"] > 0
    Loader.begin("leeds", residents=400, seed=3).go(history=True, done=nothing, beside=beside)
    assert counts() == before
    assert begun == ["begun"]  # a run that finds everything there starts no process for it


@pytest.mark.long
def test_stopped_in_the_middle_it_goes_on(clock: MovableClock, council: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set("2026-11-18T10:30")
    loader = Loader.begin("leeds", residents=400, seed=3)
    whole, taken = Loader._bring_month, []

    def stop(self: Loader, first: date) -> dict[str, int]:
        made = whole(self, first)
        if len(taken) == 4:
            raise KeyboardInterrupt  # in the middle of a step: all of it was written, none of it kept
        taken.append(first)
        return made

    monkeypatch.setattr(Loader, "_bring_month", stop)
    with pytest.raises(KeyboardInterrupt):
        loader.go(history=True, done=nothing)
    halfway = counts()
    monkeypatch.setattr(Loader, "_bring_month", whole)
    clock.advance(hours=5)
    rest = Loader.begin("leeds", residents=400, seed=3)
    rest.go(history=True, done=nothing)
    figures = rest.figures()
    assert halfway["Case"] < Case.objects.count()
    assert Case.objects.count() == figures["cases"] + len(stories.SCENES)
    assert not Event.objects.filter(occurred_at__gt=datetime(2026, 11, 18, 10, 30, tzinfo=UTC), imported=True).exists()


def test_a_seed_always_gives_the_same_borough(council: Pack) -> None:
    demand, today = council.one(DEMAND), date(2026, 11, 18)

    def grown(seed: int) -> list[object]:
        place = Place(demand.borough, 300, seed)
        return [place.premises, people_of(place, demand.contacts, demand.borough.dialling, 300, seed, today)]

    assert grown(1) == grown(1)
    assert grown(1) != grown(2)
    assert len(grown(1)[1]) == 300


def test_arrivals_follow_the_pack(council: Pack) -> None:
    from random import Random

    demand = council.one(DEMAND)
    christmas = date(2025, 12, 25)
    calendar = Calendar(demand, 20_000, frozenset({christmas}))
    rng = Random(1)
    monday = Counter(one.channel for n in range(8) for one in calendar.on(date(2026, 10, 5) + timedelta(weeks=n), rng))
    friday = Counter(one.channel for n in range(8) for one in calendar.on(date(2026, 10, 9) + timedelta(weeks=n), rng))
    sunday = Counter(one.channel for n in range(8) for one in calendar.on(date(2026, 10, 11) + timedelta(weeks=n), rng))
    assert monday["phone"] > friday["phone"]
    assert sunday["phone"] == sunday["counter"] == 0
    assert 0.3 < sunday["web"] / monday["web"] < 0.75
    closed = Counter(one.channel for one in calendar.on(christmas, rng))
    assert closed["phone"] == 0 < closed["web"]
    march = sum(one.line.code == "council-tax" for n in range(8, 28) for one in calendar.on(date(2026, 3, n), rng))
    august = sum(one.line.code == "council-tax" for n in range(8, 28) for one in calendar.on(date(2026, 8, n), rng))
    assert march > 1.5 * august


def test_another_council_in_the_database_is_refused(council: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)
    monkeypatch.setenv("MOOTHALL_COUNCIL", "leeds")
    monkeypatch.setattr("django.conf.settings.COUNCIL", "common")
    refused = CliRunner().invoke(root, ["demo", "load"])
    assert refused.exit_code == 1
    assert refused.stderr.strip() == "This database holds the council leeds, not common."


@pytest.mark.parametrize(("scale", "residents"), [("0.01", 200), ("1", 20_000), ("20000", 20_000)])
def test_scale_is_residents_or_times_the_ordinary_borough(scale: str, residents: int) -> None:
    from click import Context, Option

    from moothall.interfaces.cli.demo import _residents, load

    assert _residents(Context(load), Option(["--scale"]), float(scale)) == residents


def test_a_borough_of_nobody_is_refused() -> None:
    refused = CliRunner().invoke(root, ["demo", "load", "--scale", "0"])
    assert refused.exit_code == 2
    assert "between 100 and 5,000,000" in refused.stderr


def test_the_command_answers_with_figures(clock: MovableClock, council: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)
    done = CliRunner().invoke(root, ["demo", "prepare", "--scale", "0.01", "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["residents"], figures["people"]) == (200, 206)
