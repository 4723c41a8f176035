"""A record that comes to speak of somebody else: parted from whom it was linked to, nothing lost, a person is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from moothall.core.models import Event
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import decide_pair, link_record, merge, unlink_record
from moothall.customers.linking.actions.placing import take_pairs
from moothall.customers.linking.matched import Matched
from moothall.customers.linking.models import Link, Pair, PairState, SourceRecord
from moothall.customers.linking.queries import decided_lately, pair_page
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import queries as matching
from moothall.customers.models import Customer
from tests.customers.linking.conftest import COLLEAGUE, OFFICER, deliver
from tests.customers.linking.files import file_of
from tests.customers.matching.households import SHARED, Said

pytestmark = pytest.mark.django_db
AMINA = {**SHARED, "given_name": "Amina", "date_of_birth": "1984-04-03"}
FATHER = {**SHARED, "given_name": "John", "date_of_birth": "1956-02-07"}
SON = {**SHARED, "given_name": "John", "date_of_birth": "1984-09-12"}
NO_DATE = {**SHARED, "given_name": "John"}


@pytest.fixture(autouse=True)
def _really_weighed(council: Any) -> Iterator[None]:
    before = weighing.use(Matched())
    matching.forget_read_models()
    yield
    weighing.use(before)


@pytest.fixture
def said(clock: Any) -> Any:
    """Let a system say something of a record."""

    def say(system: str, key: str, one: Said) -> SourceRecord:
        clock.advance(minutes=1)
        assert deliver(system, file_of(system, {key: one}), clock.now()).state == "done"
        return SourceRecord.objects.get(system=system, key=key)

    return say


def _whose(record: SourceRecord) -> Customer:
    customer = Link.objects.get(record=record, undone_at=None).customer
    return customer if customer.joined_to is None else customer.joined_to


def _open() -> Pair:
    return Pair.objects.get(state=PairState.OPEN)


def test_what_the_machine_links_is_an_event_and_is_shown(said: Any) -> None:
    tax = said("council-tax", "1", AMINA)
    library = said("library", "2", AMINA)
    assert _whose(library) == _whose(tax)
    event = Event.objects.get(name="record.linked")
    assert (event.customer_id, event.data["record"], event.data["how"]) == (_whose(tax).id, str(library.id), "machine")
    assert event.data["weight"] > 14
    [line] = decided_lately(OFFICER)
    assert (line.one, line.other, line.state, line.record_id) == (
        "Libraries: Amina Dunn",
        "Amina Dunn",
        "joined",
        library.id,
    )


@pytest.mark.parametrize("between", ["nothing", "somebody else"])
def test_a_record_that_an_officer_said_is_not_hers_is_never_hers_again_by_machine(
    said: Any, clock: Any, between: str
) -> None:
    """Not by what it says next, not by a round trip over another name, and not at night under its new customer."""
    tax = said("council-tax", "1", AMINA)
    library = said("library", "2", AMINA)
    hers = _whose(tax)
    unlink_record(library.id, why="Her niece’s card", by=OFFICER, at=clock.advance(minutes=1))
    assert _whose(library) != hers
    if between == "somebody else":
        said("library", "2", {**SHARED, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    said("library", "2", {**AMINA, "email": "amina@example.org"})
    assert _whose(library) != hers
    found = Likely(hers.id, 30.0, [], "auto")
    assert take_pairs([(_whose(library).id, hers.id, found)], at=clock.advance(days=1))[0] == 0
    assert _whose(library) != hers
    assert _whose(library).given_name == "Amina"


def test_a_reused_account_is_parted_and_a_person_is_asked(said: Any) -> None:
    tax = said("council-tax", "1", AMINA)
    library = said("library", "2", AMINA)
    hers = _whose(tax)
    said("library", "2", {**SHARED, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    library.refresh_from_db()
    his = _whose(library)
    assert _whose(tax) == hers
    assert (his.given_name, his.date_of_birth.isoformat()) == ("Peter", "1982-11-19")
    hers.refresh_from_db()
    assert hers.given_name == "Amina"
    page = pair_page(_open().id, OFFICER)
    assert page is not None
    words = "A record that said Amina Dunn, born 3 April 1984 now says Peter Dunn, born 19 November 1982. Given names differ."
    assert page.reason == words
    assert Link.objects.get(record=library, undone_at__isnull=False).undone_why == words
    assert Event.objects.filter(name="record.unlinked", customer_id=hers.id, actor_kind="system").count() == 1
    # Her own word decides: she is called so now. All comes together again.
    decide_pair(page.id, decision="joined", by=COLLEAGUE, at=library.changed_at)
    assert _whose(library) == _whose(tax)


def test_who_was_made_of_an_account_keeps_her_history_when_another_has_it(said: Any) -> None:
    tax = said("council-tax", "1", AMINA)
    hers = _whose(tax)
    said("council-tax", "1", {**SHARED, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    his = _whose(tax)
    assert his != hers
    hers.refresh_from_db()
    assert (hers.given_name, his.given_name) == ("Amina", "Peter")
    assert {_open().one_id, _open().other_id} == {hers.id, his.id}
    library = said("library", "2", AMINA)  # she is still known by what the account said of her
    assert _whose(library) == hers


def test_a_date_that_arrives_later_parts_the_son(said: Any) -> None:
    """An officer took the dateless record for the father's; then it says when he was born."""
    tax = said("council-tax", "1", FATHER)
    library = said("library", "2", NO_DATE)
    merge(_whose(library).id, _whose(tax).id, by=OFFICER, at=library.changed_at)
    father = _whose(tax)
    said("library", "2", SON)
    assert _whose(tax) == father
    assert _whose(library) != father
    assert _open().reason.endswith("now says John Dunn, born 12 September 1984. Dates of birth differ.")
    assert _open().by_hand


@pytest.mark.parametrize(
    "now",
    [
        {"family_name": "Oyelaran"}, {"given_name": "Aminah"}, {"date_of_birth": "1984-04-30"}, {"given_name": "Amina Ruth"},
        {"phone": "0113 496 0999"},
    ],
)  # fmt: skip
def test_who_marries_or_is_spelt_right_stays(said: Any, now: Said) -> None:
    said("council-tax", "1", AMINA)
    library = said("library", "2", AMINA)
    hers = _whose(library)
    said("library", "2", {**AMINA, **now})
    assert _whose(library) == hers
    assert not Pair.objects.filter(state=PairState.OPEN).exists()


def test_a_second_name_that_arrives_later_parts_the_twins(said: Any) -> None:
    one = {**SHARED, "date_of_birth": "2011-05-06"}
    library = said("library", "1", {**one, "given_name": "Mohammed Ali"})
    tax = said("council-tax", "2", {**one, "given_name": "Mohammed"})
    assert _whose(tax) == _whose(library)
    said("council-tax", "2", {**one, "given_name": "Mohammed Hassan"})
    assert _whose(tax) != _whose(library)
    assert _open().reason.endswith("Different middle names.")


def test_a_name_she_told_us_herself_is_hers(said: Any, clock: Any) -> None:
    from moothall.customers.actions import change_customer

    tax = said("council-tax", "1", AMINA)
    hers = _whose(tax)
    change_customer(customer_id=hers.id, changes={"given_name": "Leila"}, by=COLLEAGUE, at=clock.now())
    said("council-tax", "1", {**AMINA, "given_name": "Leila"})
    assert _whose(tax) == hers
    assert not Pair.objects.exists()


def test_what_was_put_right_as_another_system_says_it_stays(said: Any) -> None:
    tax = said("council-tax", "1", AMINA)
    library = said("library", "2", {**AMINA, "date_of_birth": "1948-04-03"})
    link_record(library.id, _whose(tax).id, by=OFFICER, at=library.changed_at)
    said("library", "2", AMINA)
    assert _whose(library) == _whose(tax)


def test_of_a_restricted_record_nobody_is_told_what_it_says(said: Any, clock: Any) -> None:
    import json

    def care(given: str) -> None:
        clock.advance(minutes=1)
        row = {"id": "C1", "forename": given, "surname": "Dunn", "dob": "1984-04-03"}
        deliver("social-care", json.dumps([row]).encode(), clock.now())

    care("Amina")
    care("Peter")
    assert _open().reason == "What a record says has changed, and it may no longer be hers."
    assert Link.objects.get(undone_at__isnull=False).undone_why == _open().reason


def test_the_same_delivery_again_parts_nobody_twice(said: Any, clock: Any) -> None:
    said("council-tax", "1", AMINA)
    library = said("library", "2", AMINA)
    for _ in range(2):
        said("library", "2", {**SHARED, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    assert Link.objects.filter(record=library).count() == 2
    assert Customer.objects.count() == 2
    assert Pair.objects.count() == 1
