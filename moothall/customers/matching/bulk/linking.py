"""Linking many records at once: Splink's scores over DuckDB, then the household rules, then groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from moothall.customers.matching.bulk.pairs import make_pairs
from moothall.customers.matching.bulk.settings import gamma
from moothall.customers.matching.bulk.tables import ID, connect, put_people
from moothall.customers.matching.bulk.training import score_pairs
from moothall.customers.matching.rules.comparing import BORN, FIELD, GIVEN, compare
from moothall.customers.matching.rules.deciding import APART, HELD, Rule
from moothall.customers.matching.rules.grouping import Groups, group
from moothall.customers.matching.rules.person import LISTS, Person
from moothall.customers.matching.rules.scoring import Model

Say = Callable[[str], None]
_TOGETHER = ("given", "given_roots", "given_sound", "middles", "family", "dob")


@dataclass(slots=True)
class Linked:
    """What came of linking. `people`: ids in the order of their numbers. `pairs`: a, b (numbers), weight, decision, reason.

    `groups` are those the machine joined; everything else waits for an officer or stays apart.
    """

    con: duckdb.DuckDBPyConnection
    count: int
    compared: int
    groups: Groups

    def ids(self) -> list[str]:
        """Return the records' own ids by number."""
        return [row[0] for row in self.con.execute(f"SELECT {ID} FROM people ORDER BY unique_id").fetchall()]

    def counts(self) -> dict[str, int]:
        """Return how many pairs were decided which way."""
        rows = self.con.execute("SELECT decision, count(*) FROM decided GROUP BY 1").fetchall()
        return {"auto": 0, "review": 0, "apart": 0, **dict(rows)}

    def pairs(self) -> pa.Table:
        """Return the pairs: a, b, weight, probability, decision, reason."""
        return self.con.sql(
            f"SELECT p.{ID} AS a, q.{ID} AS b, weight, probability, decision, reason FROM decided "
            "JOIN people p ON p.unique_id = l JOIN people q ON q.unique_id = r ORDER BY weight DESC"
        ).to_arrow_table()

    def close(self) -> None:
        """Let go of what was read."""
        self.con.close()


def link(people: pa.Table, model: Model, *, between: bool = False) -> pa.Table:
    """Return the pairs worth an officer's or the machine's attention: a, b, weight, probability, decision, reason.

    `people`: as `people_table` makes it. `between`: only pairs of two sources.
    """
    linked = link_all(people, model, between=between)
    try:
        return linked.pairs()
    finally:
        linked.close()


def link_all(
    people: pa.Table | pa.RecordBatchReader,
    model: Model,
    *,
    between: bool = False,
    at_least: float | None = None,
    engine: str = "duckdb",
    say: Say = lambda text: None,
) -> Linked:
    """Link records and keep the tables at hand. `at_least`: the weight from which pairs are kept (the model's `review_at`).

    `engine`: `duckdb`, or `spark` (then `between` is not regarded and `compared` not counted)."""
    con = connect()
    count = put_people(con, people)
    del people
    say(f"{count:,} records")
    least = model.review_at if at_least is None else at_least
    compared = 0
    if engine == "spark":
        from moothall.customers.matching.bulk.on_spark import score_on_spark

        scored = score_on_spark(con, model, least)
    else:
        compared = make_pairs(con, count, between=between)
        say(f"{compared:,} pairs share a key")
        scored = score_pairs(con, model, least)
        con.execute("DROP TABLE pairs").fetchall()
    _decide(con, scored, model)
    con.execute(f"DROP TABLE {scored}").fetchall()
    linked = Linked(con, count, compared, Groups(0))
    linked.groups = machine_groups(con, count)
    return linked


def _decide(con: duckdb.DuckDBPyConnection, scored: str, model: Model) -> None:
    """Make the table `decided` (l, r, weight, probability, decision, reason) from Splink's answer."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE given_names AS SELECT given FROM people WHERE given IS NOT NULL GROUP BY given "
        f"HAVING count(*) >= {model.rare} * (SELECT count(given) FROM people)"
    ).fetchall()
    two_names = "p.given <> q.given AND p.given IN (FROM given_names) AND q.given IN (FROM given_names)"
    middles = (
        "p.middles IS NOT NULL AND q.middles IS NOT NULL AND NOT list_has_any("
        "list_transform(p.middles, lambda x: substr(x, 1, 1)), list_transform(q.middles, lambda x: substr(x, 1, 1)))"
    )
    generations = "coalesce(p.generation <> q.generation, false)"
    cases = [
        *(f"WHEN {_rule(rule, model)} THEN {at}" for at, rule in enumerate(APART, 100)),
        f"WHEN match_weight < {model.review_at} THEN 1",
        *(f"WHEN {_rule(rule, model)} THEN {at}" for at, rule in enumerate(HELD, 200)),
        f"WHEN match_weight < {model.auto_at} THEN 2",
    ]
    reasons = {
        **{at: rule.reason for at, rule in enumerate(APART, 100)},
        1: "Too little speaks for one person",
        **{at: rule.reason for at, rule in enumerate(HELD, 200)},
        2: "Not sure enough for the machine",
        3: "Name, date of birth and more agree",
    }
    con.register("reasons", pa.table({"why": list(reasons), "reason": list(reasons.values())}))
    con.execute(
        "CREATE OR REPLACE TABLE decided AS WITH signed AS ("
        f"SELECT s.*, coalesce({two_names}, false) AS two_names, coalesce({middles}, false) AS middles_differ, "
        f"{generations} AS generations_differ FROM {scored} s "
        "JOIN people p ON p.unique_id = s.unique_id_l JOIN people q ON q.unique_id = s.unique_id_r), "
        f"judged AS (SELECT unique_id_l AS l, unique_id_r AS r, match_weight AS weight, match_probability AS probability, CASE {' '.join(cases)} ELSE 3 END AS why FROM signed) "
        "SELECT l, r, weight, probability, CASE WHEN why = 3 THEN 'auto' WHEN why = 2 OR why >= 200 THEN 'review' ELSE 'apart' END AS decision, reason "
        "FROM judged JOIN reasons USING (why)"
    ).fetchall()
    con.unregister("reasons")


def _rule(rule: Rule, model: Model) -> str:
    terms = sorted(rule.signs)
    for field, levels in rule.levels.items():
        if field not in model.fields:
            terms.append("true" if "missing" in levels else "false")
            continue
        numbers = sorted(gamma(FIELD[field], level) for level in levels)
        terms.append(f"gamma_{field} IN ({', '.join(map(str, numbers))})")
    return f"({' AND '.join(terms)})"


def machine_groups(con: duckdb.DuckDBPyConnection, count: int) -> Groups:
    """Return the groups the machine's own links make, the surest first; none holds two people the rules keep apart."""
    edges = con.execute(
        "SELECT l - 1, r - 1 FROM decided WHERE decision = 'auto' ORDER BY weight DESC, l, r"
    ).fetchall()
    columns = ", ".join(_TOGETHER)
    rows = con.execute(
        f"SELECT unique_id - 1, {columns} FROM people WHERE unique_id IN (SELECT l FROM decided WHERE decision = 'auto' "
        "UNION SELECT r FROM decided WHERE decision = 'auto')"
    ).fetchall()
    persons: dict[int, Person] = {}
    for number, *values in rows:
        said: dict[str, Any] = dict(zip(_TOGETHER, values, strict=True))
        made: dict[str, Any] = {name: tuple(v) if v and name in LISTS else v for name, v in said.items()}
        persons[number] = Person(**made)
    return group(count, edges, lambda a, b: may_be_one(persons[a], persons[b]))


def may_be_one(a: Person, b: Person) -> bool:
    """Say whether two records may be in one group: given name and date of birth, where both are known, do not clash."""
    given = compare(a, b, GIVEN)
    if given is not None and given.name in {"differs", "near"}:
        return False
    born = compare(a, b, BORN)
    return born is None or born.name in {"same", "swapped", "slip"}


def guess_groups(con: duckdb.DuckDBPyConnection, count: int, unknown: float = -3.0, most: float = 12.0) -> Groups:
    """Return the best guess at who is who, taken over all weights: groups join while, on average, more speaks for it than against.

    For measuring and for research, not for the machine: no rule holds it back. Pairs that were not compared count `unknown` bits.
    """
    rows = con.execute("SELECT l - 1, r - 1, weight FROM decided ORDER BY weight DESC, l, r").fetchall()
    weights = {(one, other): weight for one, other, weight in rows}
    groups = Groups(count)
    for one, other, weight in rows:
        if weight < 0:
            break
        if groups.of(one) == groups.of(other):
            continue
        mine, theirs = groups.members(one), groups.members(other)
        total = sum(
            max(-most, min(most, weights.get((a, b) if a < b else (b, a), unknown))) for a in mine for b in theirs
        )
        if total >= 0:
            groups.join(one, other)
    return groups
