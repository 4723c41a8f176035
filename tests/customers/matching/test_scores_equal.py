"""The same pair gets the same score from Splink (in bulk, SQL) and from us (one at a time, Python), to 1e-9."""

import random
from typing import Any

import pytest

from moothall.customers.matching.bulk.linking import link_all
from moothall.customers.matching.bulk.tables import connect, people_table, put_people
from moothall.customers.matching.bulk.training import score_pairs
from moothall.customers.matching.rules import Model, Person, decision, score, signs_of, standardise, starting_model
from moothall.customers.matching.rules.comparing import FIELDS
from tests.customers.matching.inventing import invent_people

SEED = 20261122


def _random_model(seed: int) -> Model:
    chance = random.Random(seed)
    fields = {}
    for field in FIELDS:
        ms = [chance.random() + 0.01 for _ in field.levels]
        us = [chance.random() ** 6 + 1e-7 for _ in field.levels]
        fields[field.name] = {
            level.name: (m / sum(ms), u / sum(us)) for level, m, u in zip(field.levels, ms, us, strict=True)
        }
    return Model(10 ** -chance.uniform(1, 8), fields, auto_at=12.0, review_at=-3.0, rare=0.004)


MODELS = [starting_model(), _random_model(1)]


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS, ids=["starting", "random"])
def test_python_says_what_splink_says(model: Model) -> None:
    people = invent_people(160, SEED)
    con = connect(threads=1)
    try:
        put_people(con, people_table(people))
        numbers = dict(con.execute("SELECT record_id, unique_id FROM people").fetchall())
        by_number = {numbers[record]: person for record, _, person in people}
        con.execute(
            "CREATE TABLE pairs AS SELECT a.unique_id AS join_key_l, b.unique_id AS join_key_r, '0' AS match_key "
            "FROM people a JOIN people b ON a.unique_id < b.unique_id"
        ).fetchall()
        table = score_pairs(con, model)
        shares = _shares(con)
        rows = con.sql(f"SELECT * FROM {table}").to_arrow_table().to_pylist()
    finally:
        con.close()
    assert len(rows) == 160 * 159 // 2
    levels_seen: set[tuple[str, str]] = set()
    for row in rows:
        ours = score(by_number[row["unique_id_l"]], by_number[row["unique_id_r"]], model, shares)
        assert ours.weight == pytest.approx(row["match_weight"], abs=1e-9, rel=1e-12)
        assert ours.probability == pytest.approx(row["match_probability"], abs=1e-9)
        levels_seen |= {(part.field, part.level) for part in ours.parts}
    wanted = {(field.name, level) for field in FIELDS for level in ["missing", *(each.name for each in field.levels)]}
    assert wanted == levels_seen, "the people invented do not reach every level"


def _shares(con: Any) -> Any:
    known: dict[tuple[str, str], float] = {}
    for column in {column for field in FIELDS for column in field.frequency_columns}:
        for value, share in con.execute(
            f"SELECT {column}, count(*) / (SELECT count({column})::DOUBLE FROM people) FROM people "
            f"WHERE {column} IS NOT NULL GROUP BY 1"
        ).fetchall():
            known[column, value] = share
    return lambda column, value: known.get((column, value))


def test_the_rules_decide_alike_in_sql_and_in_python() -> None:
    people = invent_people(300, SEED + 1)
    model = _random_model(3)
    linked = link_all(people_table(people), model)
    try:
        by_id = {record: person for record, _, person in people}
        pairs = linked.pairs().to_pylist()
        shares = _shares(linked.con)
    finally:
        linked.close()
    assert len(pairs) > 300
    kinds = set()
    for pair in pairs:
        a, b = by_id[pair["a"]], by_id[pair["b"]]
        ours = decision(score(a, b, model, shares), signs_of(a, b, model, shares), model)
        assert (ours.kind.value, ours.reason) == (pair["decision"], pair["reason"])
        kinds.add(ours.reason)
    assert len(kinds) > 8


def test_a_score_does_not_care_which_record_comes_first() -> None:
    people = [person for _, _, person in invent_people(80, SEED + 2)]
    model = starting_model()
    for a in people[:40]:
        for b in people[40:]:
            assert score(a, b, model).weight == score(b, a, model).weight


def test_knowing_nothing_says_nothing() -> None:
    model = starting_model()
    assert score(Person(), Person(), model).weight == pytest.approx(model.prior_weight)
    assert score(Person(), standardise({"full_name": "Amina Dunn"}), model).weight == pytest.approx(model.prior_weight)
