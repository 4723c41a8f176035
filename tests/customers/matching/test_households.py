"""People who live together are never joined by the machine; one person known twice is."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.customers.matching.bulk import link, people_table
from moothall.customers.matching.rules import Kind, Model, decision, score, signs_of, standardise, starting_model
from moothall.customers.matching.rules.comparing import FIELDS
from moothall.customers.matching.rules.deciding import contradiction
from moothall.customers.matching.rules.grouping import group
from moothall.customers.matching.rules.scoring import RARE, Frequency
from tests.customers.matching.households import HOUSEHOLDS, ONE_PERSON, SHARED, Said
from tests.drawing import examples

_COMMON = (
    "ella elsa jan jane jayden kayden paul paula francis frances alex alexander alexandra john mary jamie jamil"
    " amina jean joan"
)
COMMON = frozenset(_COMMON.split())


def _frequency(column: str, value: str) -> float | None:
    """Names of the corpus are names that others bear too; what else is said is as rare as can be."""
    return 0.001 if column == "given" and value in COMMON else 1e-7


def _unheard_of(column: str, value: str) -> float | None:
    """Nobody had any of these names when the weights were learnt."""
    return None if column == "given" else 1e-7


def _decide(one: Said, other: Said, model: Model, frequency: Frequency = _frequency) -> Kind:
    a, b = standardise(one), standardise(other)
    return decision(score(a, b, model, frequency), signs_of(a, b, model, frequency), model).kind


def reckless() -> Model:
    """Weights that find a reason to join in everything that is the same, and none to doubt in what is not."""
    fields = {
        field.name: {level.name: (0.9, 1e-6) if level.name != "differs" else (0.5, 0.5) for level in field.levels}
        for field in FIELDS
    }
    return Model(0.01, fields, auto_at=1.0, review_at=-50.0)


@pytest.mark.parametrize("kind", HOUSEHOLDS)
def test_the_machine_never_joins_a_household(kind: str) -> None:
    one, other = HOUSEHOLDS[kind]
    assert _decide(one, other, starting_model()) is not Kind.AUTO
    assert _decide(other, one, starting_model()) is not Kind.AUTO
    for frequency in (_frequency, _unheard_of):
        assert _decide(one, other, starting_model(rare=RARE), frequency) is not Kind.AUTO
        assert _decide(one, other, reckless(), frequency) is not Kind.AUTO


@pytest.mark.parametrize("kind", ONE_PERSON)
def test_the_machine_joins_one_person(kind: str) -> None:
    assert _decide(*ONE_PERSON[kind], starting_model(rare=RARE)) is Kind.AUTO


def test_bulk_linking_joins_no_household_either() -> None:
    people = [
        (f"{kind}/{at}", "tax", standardise(said))
        for kind, pair in HOUSEHOLDS.items()
        for at, said in enumerate(pair)
        if not kind.startswith(("only", "nothing"))
    ]
    pairs = link(people_table(people), reckless()).to_pylist()
    within = [pair for pair in pairs if pair["a"].partition("/")[0] == pair["b"].partition("/")[0]]
    assert len(within) > 20
    assert [pair for pair in within if pair["decision"] == "auto"] == []


def test_a_record_that_fits_both_twins_joins_neither_to_the_other() -> None:
    boy, girl, either = (
        standardise({**SHARED, "given_name": name, "date_of_birth": "2011-05-06"})
        for name in ("Christopher", "Christine", "Chris")
    )
    people = [boy, girl, either]
    groups = group(3, [(0, 2), (1, 2)], lambda a, b: not contradiction(people[a], people[b]))
    assert groups.of(0) != groups.of(1)


_NAMES = ["John", "Jon", "Mary", "Ella", "Elsa", "Robert", "Bob", "J", "Mohammed"]


@settings(max_examples=examples(200), deadline=None)
@given(
    names=st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES)),
    years=st.tuples(st.integers(1930, 2015), st.integers(1930, 2015)),
    seed=st.integers(0, 2**16),
)
def test_whatever_was_learnt_parent_and_child_are_not_joined(
    names: tuple[str, str], years: tuple[int, int], seed: int
) -> None:
    if abs(years[0] - years[1]) < 1:
        return
    chance = random.Random(seed)
    fields = {
        field.name: {level.name: (chance.random() + 1e-3, chance.random() ** 8 + 1e-9) for level in field.levels}
        for field in FIELDS
    }
    one, other = (
        {**SHARED, "given_name": name, "date_of_birth": f"{year}-02-07"}
        for name, year in zip(names, years, strict=True)
    )
    assert _decide(one, other, Model(0.5, fields, auto_at=-100.0, review_at=-1000.0)) is not Kind.AUTO
