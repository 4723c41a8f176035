"""A record that comes in is compared with those kept, by the weights in use; what is kept follows the records."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.ids import new_id
from moothall.customers.matching import actions, queries
from moothall.customers.matching.bulk.linking import link_all
from moothall.customers.matching.bulk.training import TooLittle
from moothall.customers.matching.models import PersonKey, TermShare
from moothall.customers.matching.rules import Kind, Person, standardise
from tests.customers.matching.inventing import invent_people

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AMINA = {
    "given_name": "Amina", "family_name": "Dunn", "date_of_birth": "1984-04-03", "phone": "07700 900123",
    "email": "amina@example.com", "address": "12 Mill Lane, Leeds LS6 2AB",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    queries.forget_read_models()
    yield
    queries.forget_read_models()


def _keep(said: dict[str, str], customer: UUID | None = None) -> UUID:
    record = new_id()
    actions.keep_person(record, customer, standardise(said), source="tax")
    return record


def test_a_new_record_finds_the_person_and_says_why() -> None:
    customer = new_id()
    hers = _keep(AMINA, customer)
    _keep({**AMINA, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    _keep({"given_name": "Somebody", "family_name": "Else", "date_of_birth": "1971-01-09"})
    found = queries.candidates(standardise({**AMINA, "family_name": "Dunne", "email": "other@example.org"}))
    assert [each.record_id for each in found] == [hers]
    assert found[0].customer_id == customer
    assert found[0].score.level("family") == "slip"
    assert "Family name: a slip apart" in [part.words for part in found[0].score.parts]
    assert found[0].score.weight == pytest.approx(
        queries.model_in_use().model.prior_weight + sum(part.weight for part in found[0].score.parts)
    )


def test_an_officer_who_searches_also_sees_the_household() -> None:
    hers = _keep(AMINA)
    his = _keep({**AMINA, "given_name": "Peter", "date_of_birth": "1982-11-19"})
    found = queries.candidates(standardise(AMINA), apart=True)
    assert {each.record_id: each.decision.kind for each in found} == {hers: Kind.AUTO, his: Kind.APART}
    assert [each.record_id for each in queries.candidates(standardise(AMINA), but=[hers], apart=True)] == [his]


def test_what_is_kept_follows_the_record() -> None:
    record, customer = _keep(AMINA), new_id()
    actions.keep_person(record, None, standardise({**AMINA, "given_name": "Aminah"}), source="tax")
    assert queries.people_of([record])[record].given == "aminah"
    assert actions.move_people([record], customer) == 1
    assert queries.candidates(standardise(AMINA))[0].customer_id == customer
    actions.forget_person(record)
    assert queries.candidates(standardise(AMINA)) == []
    actions.forget_person(record)


def test_of_nobody_nobody_is_found() -> None:
    _keep(AMINA)
    assert queries.candidates(Person()) == []


def test_a_lookup_costs_three_statements_however_many_share_a_key() -> None:
    actions.keep_people(
        (new_id(), None, "tax", standardise({**AMINA, "given_name": f"Amina{at}"})) for at in range(150)
    )
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = queries.candidates(standardise(AMINA))
    assert len(seen) <= 3
    assert len(found) == 50


def _kept_people(count: int) -> dict[str, Person]:
    people = {str(new_id()): person for _, _, person in invent_people(count, 7)}
    actions.keep_people((UUID(record), None, "tax", person) for record, person in people.items())
    return people


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_trained_weights_score_in_real_time_as_in_bulk() -> None:
    people = _kept_people(400)
    version = actions.train(by=SYSTEM, at=NOW)
    trained = queries.model_in_use()
    assert (trained.version, trained.records) == (version, 400)
    assert TermShare.objects.filter(model_id=version, field="given").exists()
    table = queries.people_arrow()
    assert table.num_rows == 400
    linked = link_all(table, trained.model)
    try:
        bulk = {frozenset((pair["a"], pair["b"])): pair for pair in linked.pairs().to_pylist()}
    finally:
        linked.close()
    compared = 0
    for record, person in list(people.items())[:40]:
        for each in queries.candidates(person, but=[UUID(record)], limit=500, apart=True):
            pair = bulk.get(frozenset((record, str(each.record_id))))
            if pair is None:
                assert each.score.weight < trained.model.review_at + 1e-9
                continue
            assert each.score.weight == pytest.approx(pair["weight"], abs=1e-9)
            assert (each.decision.kind.value, each.decision.reason) == (pair["decision"], pair["reason"])
            compared += 1
    assert compared > 40


def test_import_and_keeping_write_the_same() -> None:
    person = standardise({**AMINA, "given_name": 'Am"ina\\', "family_name": "O'Dunn-Smith, Jr"})
    one, other = new_id(), new_id()
    actions.keep_person(one, None, person)
    assert actions.import_people([(other, None, "", person)]) == 1
    rows = [{**row, "record_id": None} for row in PersonKey.objects.values()]
    assert rows[0] == rows[1]
    assert queries.people_of([one, other]) == {one: person, other: person}


def test_an_earlier_version_can_be_used_again() -> None:
    with pytest.raises(actions.NoSuchModel, match="There are: none"):
        actions.use_model(1, by=SYSTEM, at=NOW)


def test_training_is_not_for_everybody() -> None:
    with pytest.raises(Refused):
        actions.train(by=ANONYMOUS, at=NOW)


def test_too_few_records_teach_nothing() -> None:
    with pytest.raises(TooLittle, match="at least 50"):
        actions.train(by=SYSTEM, at=NOW)
