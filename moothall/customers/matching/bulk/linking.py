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
from moothall.customers.matching.rules.comparing import FIELD
from moothall.customers.matching.rules.deciding import APART, HELD, Rule, contradiction
from moothall.customers.matching.rules.grouping import Groups, group
from moothall.customers.matching.rules.person import LISTS, Person
from moothall.customers.matching.rules.scoring import Model

Say = Callable[[str], None]
_TOGETHER = ("given", "given_roots", "given_sound", "middles", "family", "generation", "dob", "sex", "id_number")
_FITS_TWO = "Fits two people whom the rules keep apart"


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

    def found(self, most: int) -> pa.Table:
        """Return what is to be done between customers (linked with `owned`): a, b (records), weight, kind; joins come first.

        `auto` pairs each bring two customers together. `review` pairs are the surest between two who were not, at most
        `most` for each of them.
        """
        groups = pa.array([self.groups.of(at) for at in range(self.count)], pa.int32())
        self.con.register("grouped", pa.table({"n": pa.array(range(1, self.count + 1), pa.int32()), "g": groups}))
        found = self.con.sql(
            "WITH asked AS (SELECT l, r, weight, a.g AS one, b.g AS other FROM decided JOIN grouped a ON a.n = l "
            "JOIN grouped b ON b.n = r WHERE decision <> 'apart' AND a.g <> b.g QUALIFY row_number() OVER "
            "(PARTITION BY least(one, other), greatest(one, other) ORDER BY weight DESC, l, r) = 1), "
            "sides AS (SELECT l, r, weight, one AS side FROM asked UNION ALL SELECT l, r, weight, other FROM asked), "
            "likeliest AS (SELECT DISTINCT l, r, weight FROM (SELECT * FROM sides QUALIFY row_number() OVER "
            f"(PARTITION BY side ORDER BY weight DESC, l, r) <= {most})), "
            "both_kinds AS (SELECT l, r, weight, 'auto' AS kind FROM made JOIN decided USING (l, r) "
            "UNION ALL SELECT l, r, weight, 'review' FROM likeliest) "
            f"SELECT p.{ID} AS a, q.{ID} AS b, weight, kind FROM both_kinds JOIN people p ON p.unique_id = l "
            "JOIN people q ON q.unique_id = r ORDER BY kind, weight DESC, a, b"
        ).to_arrow_table()
        self.con.unregister("grouped")
        return found

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
    owned: bool = False,
    say: Say = lambda text: None,
) -> Linked:
    """Link records and keep the tables at hand. `at_least`: the weight from which pairs are kept (the model's `review_at`).

    `engine`: `duckdb`, or `spark` (then `between` is not regarded and `compared` not counted). `owned`: see `machine_groups`."""
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
    linked.groups = machine_groups(con, count, owned=owned)
    return linked


def _decide(con: duckdb.DuckDBPyConnection, scored: str, model: Model) -> None:
    """Make the table `decided` (l, r, weight, probability, decision, reason) from Splink's answer."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE given_names AS SELECT given FROM people WHERE given IS NOT NULL GROUP BY given "
        f"HAVING count(*) >= {model.rare} * (SELECT count(given) FROM people)"
    ).fetchall()
    two_names = "p.given <> q.given AND p.given IN (FROM given_names) AND q.given IN (FROM given_names)"
    middles = f"p.middles IS NOT NULL AND q.middles IS NOT NULL AND {_some_left('p', 'q')} AND {_some_left('q', 'p')}"
    generations = "coalesce(p.generation <> q.generation, false)"
    half = "coalesce(p.given = q.family, false) <> coalesce(p.family = q.given, false)"
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
        f"{generations} AS generations_differ, {half} AS half_swapped FROM {scored} s "
        "JOIN people p ON p.unique_id = s.unique_id_l JOIN people q ON q.unique_id = s.unique_id_r), "
        f"judged AS (SELECT unique_id_l AS l, unique_id_r AS r, match_weight AS weight, match_probability AS probability, CASE {' '.join(cases)} ELSE 3 END AS why FROM signed) "
        "SELECT l, r, weight, probability, CASE WHEN why = 3 THEN 'auto' WHEN why = 2 OR why >= 200 THEN 'review' ELSE 'apart' END AS decision, reason "
        "FROM judged JOIN reasons USING (why)"
    ).fetchall()
    con.unregister("reasons")


def _some_left(one: str, other: str) -> str:
    """SQL that says whether a middle name of one is not among the other's, not even by its initial."""
    firsts = f"list_transform({other}.middles, lambda y: substr(y, 1, 1))"
    said = f"list_contains({other}.middles, x) OR list_contains({other}.middles, substr(x, 1, 1))"
    return (
        f"len(list_filter({one}.middles, lambda x: NOT ({said} OR (length(x) = 1 AND list_contains({firsts}, x))))) > 0"
    )


def _rule(rule: Rule, model: Model) -> str:
    terms = sorted(rule.signs)
    for field, levels in rule.levels.items():
        if field not in model.fields:
            terms.append("true" if "missing" in levels else "false")
            continue
        numbers = sorted(gamma(FIELD[field], level) for level in levels)
        terms.append(f"gamma_{field} IN ({', '.join(map(str, numbers))})")
    return f"({' AND '.join(terms)})"


def machine_groups(con: duckdb.DuckDBPyConnection, count: int, *, owned: bool = False) -> Groups:
    """Return the groups the machine's own links make, the surest first; none holds two records that contradict each other.

    A record that fits two such is joined to neither. What was left out of `auto` pairs so is a `review` in `decided`.
    `owned`: `people` have a `customer` and those of one are one group to begin with; two records of one system (a source
    with a name) come into no group together. The pairs that brought groups together are the table `made` (l, r).
    """
    joined: list[tuple[int, int]] = []
    there = "SELECT l FROM decided WHERE decision = 'auto' UNION SELECT r FROM decided WHERE decision = 'auto'"
    if owned:
        joined = con.execute(
            "SELECT first - 1, unique_id - 1 FROM (SELECT unique_id, min(unique_id) OVER (PARTITION BY customer) AS first "
            "FROM people WHERE customer IS NOT NULL) WHERE first < unique_id"
        ).fetchall()
        there += f" UNION SELECT unique_id FROM people WHERE customer IN (SELECT customer FROM people WHERE unique_id IN ({there}))"
    said = con.sql(
        f"SELECT unique_id - 1 AS n, source, {', '.join(_TOGETHER)}, CASE WHEN middles IS NULL AND generation IS NULL "
        "AND sex IS NULL AND id_number IS NULL THEN NULL ELSE hash(middles, generation, sex, id_number) END AS more "
        f"FROM people WHERE unique_id IN ({there})"
    ).to_arrow_table()
    row = {number: at for at, number in enumerate(said.column("n").to_pylist())}
    given, dob, source, more = (said.column(name).to_pylist() for name in ("given", "dob", "source", "more"))

    def person(at: int) -> Person:
        values: dict[str, Any] = {name: said.column(name)[at].as_py() for name in _TOGETHER}
        values |= {name: tuple(value) for name, value in values.items() if value and name in LISTS}
        return Person(**values)

    def agree(a: int, b: int) -> bool:
        if (
            given[a] == given[b]
            and (dob[a] == dob[b] or dob[a] is None or dob[b] is None)
            and (more[a] == more[b] or more[a] is None or more[b] is None)
        ):
            return True  # most do
        return not contradiction(person(a), person(b))

    def together(one: int, other: int) -> bool:
        a, b = row[one], row[other]
        return not (owned and source[a] and source[a] == source[b]) and agree(a, b)

    torn = {x for x, one, other in _between_two(con) if not agree(row[one], row[other])}
    for side in ("l", "r"):
        _ask(con, [(x, x) for x in torn], f"d.{side} = t.{side}")
    edges = con.execute(
        "SELECT l - 1, r - 1 FROM decided WHERE decision = 'auto' ORDER BY weight DESC, l, r"
    ).fetchall()
    made: list[tuple[int, int]] = []
    kept_out: list[tuple[int, int]] = []
    groups = group(count, edges, together, joined=joined, made=made, kept_out=kept_out)
    _ask(con, kept_out, "d.l = t.l AND d.r = t.r")
    if owned:
        ls, rs = zip(*made, strict=True) if made else ((), ())
        con.register("made_now", pa.table({"l": pa.array(ls, pa.int32()), "r": pa.array(rs, pa.int32())}))
        con.execute("CREATE OR REPLACE TABLE made AS SELECT l + 1 AS l, r + 1 AS r FROM made_now").fetchall()
        con.unregister("made_now")
    return groups


def _between_two(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int, int]]:
    """Return the records that the pairs would join with two others which say different things that it does not say.

    Names and dates of birth are the same in such pairs, but for names and for day and month swapped."""
    return con.execute(
        "WITH sure AS (SELECT l AS x, r AS y FROM decided WHERE decision = 'auto' UNION ALL "
        "SELECT r, l FROM decided WHERE decision = 'auto'), "
        "says AS (SELECT x, y, middles, generation, sex, id_number FROM sure JOIN people ON unique_id = y "
        "WHERE middles IS NOT NULL OR generation IS NOT NULL OR sex IS NOT NULL OR id_number IS NOT NULL) "
        "SELECT a.x - 1, a.y - 1, b.y - 1 FROM says a JOIN says b ON a.x = b.x AND a.y < b.y WHERE a.middles <> b.middles "
        "OR a.generation <> b.generation OR a.sex <> b.sex OR a.id_number <> b.id_number"
    ).fetchall()


def _ask(con: duckdb.DuckDBPyConnection, these: list[tuple[int, int]], which: str) -> None:
    """Have officers asked of `auto` pairs after all: those of `decided` (d) that `which` finds by `these` (t)."""
    if not these:
        return
    ls, rs = zip(*these, strict=True)
    con.register("t", pa.table({"l": pa.array([at + 1 for at in ls]), "r": pa.array([at + 1 for at in rs])}))
    con.execute(
        f"UPDATE decided d SET decision = 'review', reason = '{_FITS_TWO}' WHERE decision = 'auto' "
        f"AND EXISTS (SELECT 1 FROM t WHERE {which})"
    ).fetchall()
    con.unregister("t")


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
