"""Learning the weights from the records themselves, without anybody's answers: Splink's expectation maximisation."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import SplinkException

from moothall.customers.matching.bulk.pairs import make_pairs
from moothall.customers.matching.bulk.settings import settings_for
from moothall.customers.matching.bulk.tables import connect, put_people
from moothall.customers.matching.rules.comparing import FIELDS
from moothall.customers.matching.rules.levels import Field
from moothall.customers.matching.rules.scoring import RARE, Model, starting_model

Say = Callable[[str], None]
_SESSIONS: Final = (
    ("dob",),
    ("given", "family"),
    ("id_number",),
)  # the same in these, two records are often of one person
_ELSE: Final = (
    ("email_name",),
    ("street", "number"),
    ("family", "outward"),
    ("postcode",),
)  # here they are often of one household
SAMPLE: Final = 150_000
SEEN_ENOUGH: Final = 0.01  # a field that fewer records have teaches nothing
TRUST: Final = 0.97  # of what was learnt; the rest is what we think ourselves, so that no level is ever impossible
LEAST_U: Final = 1e-9
RANDOM_PAIRS: Final = 2e6


class TooLittle(ValueError):
    """There are too few records, or too little in them, to learn weights from."""


@dataclass(frozen=True, slots=True)
class Training:
    """What came of training: the model, how many records it was learnt from, and what was learnt where (for the report)."""

    model: Model
    records: int
    sessions: tuple[str, ...]
    known: dict[str, float]


def train(people: pa.Table, *, between: bool = False, say: Say = lambda text: None) -> Training:
    """Learn a model from standardised people. At most `SAMPLE` of them are looked at, the same ones every time.

    Raises:
        TooLittle: fewer than fifty records, or nothing in them to compare.
    """
    con = connect()
    try:
        count = put_people(con, people)
        if count < 50:
            raise TooLittle(f"There are {count} records. Training needs at least 50.")
        return _train(con, count, between, say)
    finally:
        con.close()


def _train(con: duckdb.DuckDBPyConnection, count: int, between: bool, say: Say) -> Training:
    known = _known(con, count)
    fields = tuple(
        field for field in FIELDS if max(known[need] for need in field.needs) >= SEEN_ENOUGH and _varies(con, field)
    )
    if len(fields) < 2:
        raise TooLittle("Fewer than two fields are filled in. Training needs names and something beside them.")
    if count > SAMPLE:
        con.execute(
            f"CREATE OR REPLACE TABLE people AS SELECT * FROM people ORDER BY hash(record_id) LIMIT {SAMPLE}"
        ).fetchall()
    seen = min(count, SAMPLE)
    model = starting_model(fields, prior=min(0.01, 1 / seen), rare=RARE)
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    api = DuckDBAPI(con)
    people = api.register("people", dataset_display_name="people")
    linker = Linker(people, settings_for(model), log_level=None)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=1, min_count_per_level=None, num_chunks=1
    )
    sessions = []
    learnt: dict[str, list[dict[str, float]]] = {}
    for columns in (*_SESSIONS, *_ELSE):
        if not all(known[column] > SEEN_ENOUGH for column in columns):
            continue
        if columns in _ELSE and set(learnt) >= set(model.fields):
            break
        pairs = _pairs_of(con, columns)
        if pairs < 200:
            continue
        say(f"learning from records with the same {' and '.join(columns)}: {pairs:,} pairs")
        rule = " AND ".join(f"l.{column} = r.{column}" for column in columns)
        try:
            session = linker.training.estimate_parameters_using_expectation_maximisation(
                rule,
                estimate_without_term_frequencies=True,
                max_pairs=1_500_000 if pairs > 1_500_000 else None,
                record_sample_proportion=0.3,
            )
        except (ValueError, SplinkException) as nothing:
            say(f"nothing learnt from those: {str(nothing).splitlines()[0]}")  # all matches, or none at all
            continue
        sessions.append(" and ".join(columns))
        for comparison in session.core_model_settings.comparisons:
            levels = {
                level.label_for_charts: float(level.m_probability)
                for level in comparison.comparison_levels
                if not level.is_null_level and isinstance(level.m_probability, float)
            }
            learnt.setdefault(comparison.output_column_name, []).append(levels)
    us = _us(linker)
    model = _settled(model, us, learnt, seen)
    model = replace(model, prior=_prior(con, model, seen, between))
    return Training(model, count, tuple(sessions), known)


def _known(con: duckdb.DuckDBPyConnection, count: int) -> dict[str, float]:
    names = [row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE people)").fetchall()]
    (counts,) = con.execute(f"SELECT {', '.join(f'count({name})' for name in names)} FROM people").fetchall()
    return {name: found / count for name, found in zip(names, counts, strict=True)}


def _varies(con: duckdb.DuckDBPyConnection, field: Field) -> bool:
    counts = ", ".join(f"approx_count_distinct({need})" for need in field.needs)
    return bool(max(con.execute(f"SELECT {counts} FROM people").fetchall()[0]) > 1)


def _pairs_of(con: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> int:
    (pairs,) = con.execute(
        f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM people "
        f"WHERE {' AND '.join(f'{column} IS NOT NULL' for column in columns)} GROUP BY {', '.join(columns)})"
    ).fetchall()[0]
    return int(pairs)


def _us(linker: Linker) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for comparison in linker._settings_obj.comparisons:
        found[comparison.output_column_name] = {
            level.label_for_charts: value
            for level in comparison.comparison_levels
            if not level.is_null_level and isinstance(value := level._trained_u_median, float)
        }
    return found


def _settled(
    model: Model, us: dict[str, dict[str, float]], learnt: dict[str, list[dict[str, float]]], seen: int
) -> Model:
    """Bring what was learnt together: the middle of the sessions, a little of our own view, never nought, in a sensible order."""
    fields: dict[str, dict[str, tuple[float, float]]] = {}
    for name, ours in model.fields.items():
        us_here = us.get(name, {})
        ms: dict[str, float] = {}
        for level, (m, _) in ours.items():
            values = [session[level] for session in learnt.get(name, []) if level in session]
            ms[level] = TRUST * median(values) + (1 - TRUST) * m if values else m
        whole = sum(ms.values())
        levels: dict[str, tuple[float, float]] = {}
        for level, (_, u) in ours.items():
            chance = us_here.get(level, 0.0)
            levels[level] = (
                ms[level] / whole,
                max(chance or min(u, 1 / RANDOM_PAIRS), LEAST_U),
            )
        fields[name] = _ordered(levels)
    return replace(model, fields=fields)


def _ordered(levels: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """No level may speak more for one person than the same value does, nor less than a difference does."""
    names = list(levels)
    best = levels[names[0]][0] / levels[names[0]][1]
    worst = levels[names[-1]][0] / levels[names[-1]][1]
    kept = dict(levels)
    for name in names[1:-1]:
        m, u = kept[name]
        ratio = m / u
        if ratio > best:
            kept[name] = (m, m / best)
        elif ratio < worst:
            kept[name] = (u * worst, u)
    return kept


def _prior(con: duckdb.DuckDBPyConnection, model: Model, seen: int, between: bool) -> float:
    """How likely two records at random are of one person: what the weights themselves expect of all pairs with a key in common."""
    make_pairs(con, seen, between=between)
    weights = score_pairs(con, model)
    start = model.prior_weight
    all_pairs = seen * (seen - 1) / 2
    if between:
        (all_pairs,) = con.execute(
            f"SELECT ({seen}::DOUBLE * {seen} - sum(n * n)) / 2 FROM (SELECT count(*)::DOUBLE AS n FROM people GROUP BY source)"
        ).fetchall()[0]
    prior = model.prior
    one_person = (
        "gamma_given <> 0" if "given" in model.fields else "true"
    )  # weights alone take a household for one person
    for _ in range(30):
        shift = _log2_odds(prior) - start
        (expected,) = con.execute(
            f"SELECT sum(1 / (1 + pow(2, least(900, -(match_weight + {shift}))))) FROM {weights} WHERE {one_person}"
        ).fetchall()[0]
        new = min(0.3, max((expected or 0.0), 0.5) / all_pairs)
        if abs(new - prior) < 1e-4 * prior:
            break
        prior = new
    con.execute("DROP TABLE IF EXISTS pairs").fetchall()
    return prior


def _log2_odds(share: float) -> float:
    return math.log2(share / (1 - share))


def score_pairs(con: duckdb.DuckDBPyConnection, model: Model, at_least: float | None = None) -> str:
    """Score the table `pairs` over the table `people`; return the name of the table with Splink's answer."""
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    api = DuckDBAPI(con)
    people = api.register("people", dataset_display_name="people")
    linker = Linker(people, settings_for(model, blocking=("l.unique_id = r.unique_id",)), log_level=None)
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs"))
    answer = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
    return str(answer.physical_name)
