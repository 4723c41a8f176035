"""Any sequence of deliveries of several systems, decisions and looks through all, really weighed.

The machine never joins two people, nothing is lost, and the same sequence again ends in the same place. Every record names
somebody of one household, who share all that people of a household share; whom it names is known here and nowhere else. Steps
are plain values, kept as they are drawn, so that the whole sequence can be played again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from moothall.cases.actions import NewCase, open_case
from moothall.cases.models import Case
from moothall.contacts.actions import record_contact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import keep_apart, merge, search_all, take_found, unlink_record, unmerge
from moothall.customers.linking.actions.joining import AlreadyOne, NeverTogether
from moothall.customers.linking.actions.searching import NothingToCompare
from moothall.customers.linking.matched import Matched
from moothall.customers.linking.models import (
    Apart,
    Link,
    Merge,
    Pair,
    PairState,
    RecordVersion,
    SourceRecord,
    Unsettled,
)
from moothall.customers.matching import queries as matching
from moothall.customers.matching.bulk.tables import people_table
from moothall.customers.matching.models import PersonKey
from moothall.customers.models import Customer
from tests.customers.linking.conftest import OFFICER, deliver
from tests.customers.linking.files import file_of
from tests.customers.matching.households import LIBRARY, PARKING, RENTS, SHARED, Said

pytestmark = [pytest.mark.django_db, pytest.mark.long]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SYSTEMS = (LIBRARY, RENTS, PARKING)
PEOPLE: dict[str, Said] = {  # parking has no dates of birth: whom it names, nobody can tell for certain
    "amina": {"given_name": "Amina", "date_of_birth": "1984-04-03"},
    "peter": {"given_name": "Peter", "date_of_birth": "1982-11-19"},
    "the elder": {"given_name": "John", "date_of_birth": "1956-02-07"},
    "the younger": {"given_name": "John", "date_of_birth": "1984-09-12"},
    "ali": {"given_name": "Mohammed Ali", "date_of_birth": "2011-05-06"},
    "hassan": {"given_name": "Mohammed Hassan", "date_of_birth": "2011-05-06"},
}
PLACES = st.tuples(st.sampled_from(SYSTEMS), st.sampled_from("AB"))
Place = tuple[str, str]


def _here() -> Any:
    """What is kept, as a bulk run reads it, out of this transaction."""
    import pyarrow as pa

    rows = list(PersonKey.objects.order_by("record_id").values_list("record_id", "source", "customer_id"))
    people = matching.people_of(row[0] for row in rows)
    table = people_table((str(record), source, people[record]) for record, source, _ in rows)
    return table.append_column("customer", pa.array([str(row[2]) for row in rows], pa.string()))


class Household(RuleBasedStateMachine):
    """The index, with what is true beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, tuple[Any, ...]]] = []
        self.begin()

    def begin(self) -> None:
        """With nothing, in a savepoint of its own."""
        self.point = transaction.atomic()
        self.point.__enter__()
        self.at = START
        self.named: dict[Place, str] = {}
        self.by_hand: set[UUID] = set()  # whoever an officer put together: what stands there is her word
        self.most = {"customers": 0, "versions": 0, "links": 0, "merges": 0, "apart": 0}
        self.contacts = self.cases = 0

    def end(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def do(self, step: str, *given: Any) -> None:
        self.log.append((step, given))
        getattr(self, f"_{step}")(*given)

    # What may be done

    @rule(place=PLACES, who=st.sampled_from(sorted(PEOPLE)))
    def a_record_comes_or_changes(self, place: Place, who: str) -> None:
        self.do("deliver", place, who)

    @rule(one=PLACES, other=PLACES)
    def an_officer_joins(self, one: Place, other: Place) -> None:
        self.do("merge", one, other)

    @rule(number=st.integers(0, 20), apart=st.booleans())
    def an_officer_parts(self, number: int, apart: bool) -> None:
        self.do("unmerge", number, apart)

    @rule(one=PLACES, other=PLACES)
    def an_officer_says_never(self, one: Place, other: Place) -> None:
        self.do("keep_apart", one, other)

    @rule(place=PLACES)
    def an_officer_says_not_theirs(self, place: Place) -> None:
        self.do("unlink", place)

    @rule(place=PLACES, names=st.booleans())
    def somebody_is_in_touch(self, place: Place, names: bool) -> None:
        self.do("in_touch", place, names)

    @rule()
    def all_are_looked_through(self) -> None:
        self.do("look")

    # What it does

    def _deliver(self, place: Place, who: str) -> None:
        system, key = place
        self.named[place] = who
        content = file_of(system, {key: {**SHARED, **PEOPLE[who]}})
        at = self.tick()
        for _ in range(2):  # a file may come twice
            assert deliver(system, content, at, as_of=at).state == "done"

    def _merge(self, one: Place, other: Place) -> None:
        left, right = self.whose(one), self.whose(other)
        if left is None or right is None:
            return
        try:
            made = merge(left, right, by=OFFICER, at=self.tick())
        except AlreadyOne:
            assert left == right
        except NeverTogether:
            assert any(True for _ in self.nevers(left, right))
        else:
            self.by_hand |= {made.joined_id, made.into_id}

    def _unmerge(self, number: int, apart: bool) -> None:
        standing = list(Merge.objects.filter(undone_at=None).order_by("at", "id"))
        if not standing:
            return
        found = standing[number % len(standing)]
        done = unmerge(found.id, apart=apart, by=OFFICER, at=self.tick())
        self.by_hand |= {found.joined_id, found.into_id}
        heads = {self.top(done.stays), self.top(done.parted)}
        assert len(heads) == 2
        drained(found)
        for contact in Contact.objects.filter(received_at__gte=found.at, source_record_id__isnull=False):
            owner = Link.objects.get(record=contact.source_record_id, undone_at=None).customer_id
            if {self.top(owner), self.top(contact.customer_id)} == heads:
                # hers, made before they were one or after; or somebody must say
                assert Unsettled.objects.filter(thing_id=contact.id).exists() or contact.received_at < found.at

    def _keep_apart(self, one: Place, other: Place) -> None:
        left, right = self.whose(one), self.whose(other)
        if left is None or right is None:
            return
        try:
            keep_apart(left, right, by=OFFICER, at=self.tick())
        except AlreadyOne:
            assert left == right

    def _unlink(self, place: Place) -> None:
        record = self.record(place)
        if record is None:
            return
        try:
            unlink_record(record.id, by=OFFICER, at=self.tick())
        except AlreadyOne:
            return

    def _in_touch(self, place: Place, names: bool) -> None:
        record, who = self.record(place), self.whose(place)
        if record is None:
            return
        contact = record_contact(
            channel="phone", customer_id=who, received_at=self.tick(), by=SYSTEM, at=self.at,
            source_record_id=record.id if names else None,
        )  # fmt: skip
        self.contacts += 1
        open_case(
            NewCase(
                service="missed-bin", channel="phone", team="waste", customer_id=who,
                contact_id=contact.id if names else None,
            ),
            by=SYSTEM, at=self.at,
        )  # fmt: skip
        self.cases += 1

    def _look(self) -> None:
        try:
            search_all(by=SYSTEM, at=self.tick())
        except NothingToCompare:
            return
        take_found()

    # What is asked of it

    def record(self, place: Place) -> SourceRecord | None:
        return SourceRecord.objects.filter(system=place[0], key=place[1]).first()

    def whose(self, place: Place) -> UUID | None:
        link = Link.objects.filter(record__system=place[0], record__key=place[1], undone_at=None).first()
        return None if link is None else self.top(link.customer_id)

    def top(self, one: UUID | None) -> UUID:
        row = Customer.objects.get(pk=one)
        return row.joined_to_id or row.id

    def nevers(self, left: UUID, right: UUID) -> Iterator[Apart]:
        for one in Apart.objects.all():
            if {self.top(one.one_id), self.top(one.other_id)} == {left, right}:
                yield one

    def sets(self) -> dict[UUID, list[Place]]:
        found: dict[UUID, list[Place]] = {}
        for link in Link.objects.filter(undone_at=None).select_related("record", "customer"):
            top = link.customer.joined_to_id or link.customer_id
            found.setdefault(top, []).append((link.record.system, link.record.key))
        return found

    # What always holds

    @invariant()
    def the_machine_joined_no_two_people(self) -> None:
        for top, places in self.sets().items():
            ids = {top, *Customer.objects.filter(joined_to=top).values_list("id", flat=True)}
            if ids & self.by_hand:
                continue
            people = {self.named[one] if one[0] != PARKING else one for one in places}
            assert len(people) == 1, f"{places} are {people}"

    @invariant()
    def never_is_never(self) -> None:
        for one in Apart.objects.all():
            assert self.top(one.one_id) != self.top(one.other_id)

    @invariant()
    def every_record_is_somebodys_and_says_what_came_last(self) -> None:
        assert Link.objects.filter(undone_at=None).count() == len(self.named) == SourceRecord.objects.count()
        known = dict(PersonKey.objects.values_list("record_id", "customer_id"))
        for link in Link.objects.filter(undone_at=None).select_related("record"):
            said = PEOPLE[self.named[(link.record.system, link.record.key)]]
            assert link.record.fields["given_name"] == said["given_name"]
            assert known[link.record_id] == self.top(link.customer_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        now = {
            "customers": Customer.objects.count(), "versions": RecordVersion.objects.count(), "links": Link.objects.count(),
            "merges": Merge.objects.count(), "apart": Apart.objects.count(),
        }  # fmt: skip
        assert all(now[kind] >= self.most[kind] for kind in now)
        self.most = now
        assert Contact.objects.exclude(customer_id=None).count() == self.contacts
        assert Case.objects.exclude(customer_id=None).count() == self.cases

    def state(self) -> dict[str, Any]:
        """Where it all ended, told by records alone: ids are new each time."""
        sets = self.sets()
        names = {top: tuple(sorted(places)) for top, places in sets.items()}

        def called(one: UUID | None) -> tuple[Any, ...]:
            row = Customer.objects.get(pk=one)
            return names.get(self.top(one), ()), row.given_name, str(row.date_of_birth)

        return {
            "sets": sorted(names.values()),
            "pairs": sorted(
                (*sorted((called(one.one_id), called(one.other_id))), one.state, one.by_hand)
                for one in Pair.objects.all()
            ),
            "apart": sorted(sorted((called(one.one_id), called(one.other_id))) for one in Apart.objects.all()),
            "contacts": [called(one.customer_id) for one in Contact.objects.order_by("received_at")],
            "cases": [called(one.customer_id) for one in Case.objects.order_by("opened_at")],
            "waiting": Unsettled.objects.filter(settled_at=None).count(),
            "open": Pair.objects.filter(state=PairState.OPEN).count(),
        }

    def teardown(self) -> None:
        """Play all of it again, from nothing, and compare."""
        ended = self.state()
        self.end()
        steps, self.log = self.log, []
        self.begin()
        for step, given in steps:
            getattr(self, f"_{step}")(*given)
        again = self.state()
        self.end()
        assert again == ended


def drained(merged: Merge) -> None:
    """Let cases go with the contacts that opened them, as the worker does."""
    from moothall.cases.handlers import go_with_the_contact
    from moothall.core.models import Event

    for event in Event.objects.filter(name="contact.given", occurred_at__gte=merged.at).order_by("occurred_at", "id"):
        fields = {name: getattr(event, name) for name in Recorded.__dataclass_fields__ if hasattr(event, name)}
        go_with_the_contact(Recorded(**fields))


@pytest.fixture
def _really_weighed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = weighing.use(Matched())
    matching.forget_read_models()
    reads: Callable[[], Any] = _here
    monkeypatch.setattr(matching, "people_arrow", reads)
    yield
    weighing.use(before)


# Ids are new in every run, so a failure cannot be shrunk: what is printed is the sequence as it was drawn.
ONCE: Any = {"deadline": None, "phases": [Phase.generate], "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.usefixtures("_really_weighed")
def test_any_sequence_really_weighed(council: Any) -> None:
    run_state_machine_as_test(
        Household, settings=settings(max_examples=12, stateful_step_count=18, derandomize=True, **ONCE)
    )
