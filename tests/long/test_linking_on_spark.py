"""Spark says what DuckDB says, pair by pair: a real session of Spark on this machine's Java."""

import importlib.util
import shutil

import pytest

from moothall.customers.matching.bulk import link_all, people_table
from moothall.customers.matching.rules import starting_model
from tests.customers.matching.inventing import invent_people

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.filterwarnings("default")]


def test_spark_says_what_duckdb_says() -> None:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("needs pyspark (requirements/spark.txt) and Java")
    people = people_table(invent_people(200, 5))
    model = starting_model()
    found = {}
    for engine in ("duckdb", "spark"):
        linked = link_all(people, model, engine=engine)
        try:
            found[engine] = {frozenset((pair["a"], pair["b"])): pair for pair in linked.pairs().to_pylist()}
        finally:
            linked.close()
    assert len(found["spark"]) > 50
    for ids, pair in found["spark"].items():
        other = found["duckdb"][ids]
        assert pair["weight"] == pytest.approx(other["weight"], abs=1e-9)
        assert (pair["decision"], pair["reason"]) == (other["decision"], other["reason"])
    likely = {ids for ids, pair in found["duckdb"].items() if pair["decision"] == "auto"}
    assert len(likely & set(found["spark"])) >= 0.95 * len(likely)
