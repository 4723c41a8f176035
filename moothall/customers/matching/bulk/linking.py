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
from moothall.customers.matching.rules.vouching import FEWEST, MATTERS

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
    middles = (
        "p.middles IS NOT NULL AND q.middles IS NOT NULL AND NOT list_has_any("
        "list_transform(p.middles, lambda x: substr(x, 1, 1)), list_transform(q.middles, lambda x: substr(x, 1, 1)))"
    )
    generations = "coalesce(p.generation <> q.generation, false)"
    _vouch(con, scored, model)
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
        f"{generations} AS generations_differ, v.l IS NOT NULL AS vouched FROM {scored} s "
        "LEFT JOIN vouched v ON v.l = s.unique_id_l AND v.r = s.unique_id_r JOIN people p ON p.unique_id = s.unique_id_l JOIN people q ON q.unique_id = s.unique_id_r), "
        f"judged AS (SELECT unique_id_l AS l, unique_id_r AS r, match_weight AS weight, match_probability AS probability, CASE {' '.join(cases)} ELSE 3 END AS why FROM signed) "
        "SELECT l, r, weight, probability, CASE WHEN why = 3 THEN 'auto' WHEN why = 2 OR why >= 200 THEN 'review' ELSE 'apart' END AS decision, reason "
        "FROM judged JOIN reasons USING (why)"
    ).fetchall()
    con.unregister("reasons")
    con.execute("DROP TABLE vouched").fetchall()


def _vouch(con: duckdb.DuckDBPyConnection, scored: str, model: Model) -> None:
    """Make the table `vouched` (l, r): pairs of which the systems, together, speak as of one person (`rules.vouching`).

    Only pairs for which it matters are asked about.
    """
    matters = [f"gamma_{name} = {gamma(FIELD[name], level)}" for name, level in MATTERS if name in model.fields]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE asked AS SELECT unique_id_l AS l, unique_id_r AS r FROM {scored} "
        f"WHERE match_weight >= {model.auto_at} AND ({' OR '.join(matters) or 'false'})"
    ).fetchall()
    names = "unnest(list_distinct([given_sound] || list_transform(coalesce(given_roots, []), lambda x: '=' || x)))"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE doors AS WITH named AS ("
        f"SELECT unique_id AS who, {names} AS name, family_sound, uprn, street, number, outward FROM people "
        "WHERE given_sound <> '' AND family_sound <> '') "
        "SELECT who, hash('u', uprn, family_sound, name) AS door FROM named WHERE uprn IS NOT NULL UNION ALL "
        "SELECT who, hash('s', street, number, coalesce(outward, ''), family_sound, name) FROM named "
        "WHERE street IS NOT NULL AND number IS NOT NULL"
    ).fetchall()
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judged_doors AS WITH brief AS (SELECT unique_id AS who, dense_rank() OVER (ORDER BY source) AS source, "
        "substr(dob, 1, 4) || least(substr(dob, 6, 2), substr(dob, 9, 2)) || greatest(substr(dob, 6, 2), substr(dob, 9, 2)) AS born, "
        "substr(middles[1], 1, 1) AS middle, generation IS NOT NULL AS told, sex FROM people), "
        "said AS (SELECT door, count(*) AS n, count(DISTINCT source) AS systems, min(born) AS born, max(born) AS other_born, "
        "min(middle) AS middle, max(middle) AS other_middle, bool_or(told) AS told, min(sex) AS sex, max(sex) AS other_sex "
        "FROM doors JOIN brief USING (who) GROUP BY door HAVING count(*) > 1) "
        "SELECT door, born <> other_born OR n > systems OR middle <> other_middle OR told OR sex <> other_sex AS two, "
        f"coalesce(systems >= {FEWEST} AND born IS NOT NULL, false) AS enough FROM said"
    ).fetchall()
    con.execute(
        "CREATE OR REPLACE TEMP TABLE vouched AS SELECT l, r FROM asked JOIN doors a ON a.who = l JOIN doors b ON b.who = r "
        "AND a.door = b.door JOIN judged_doors j ON j.door = a.door GROUP BY l, r "
        "HAVING bool_or(enough AND NOT coalesce(two, false)) AND NOT bool_or(coalesce(two, false))"
    ).fetchall()
    con.execute("DROP TABLE doors; DROP TABLE judged_doors; DROP TABLE asked").fetchall()


def _rule(rule: Rule, model: Model) -> str:
    terms = [*sorted(rule.signs), *(f"NOT {sign}" for sign in sorted(rule.unless))]
    for field, levels in rule.levels.items():
        if field not in model.fields:
            terms.append("true" if "missing" in levels else "false")
            continue
        numbers = sorted(gamma(FIELD[field], level) for level in levels)
        terms.append(f"gamma_{field} IN ({', '.join(map(str, numbers))})")
    return f"({' AND '.join(terms)})"


def machine_groups(con: duckdb.DuckDBPyConnection, count: int, *, owned: bool = False) -> Groups:
    """Return the groups the machine's own links make, the surest first; none holds two people the rules keep apart.

    `owned`: `people` have a `customer` and those of one are one group to begin with; two records of one system (a source
    with a name) come into no group together. The pairs that brought groups together are the table `made` (l, r).
    """
    edges = con.execute(
        "SELECT l - 1, r - 1 FROM decided WHERE decision = 'auto' ORDER BY weight DESC, l, r"
    ).fetchall()
    joined: list[tuple[int, int]] = []
    there = "SELECT l FROM decided WHERE decision = 'auto' UNION SELECT r FROM decided WHERE decision = 'auto'"
    if owned:
        joined = con.execute(
            "SELECT first - 1, unique_id - 1 FROM (SELECT unique_id, min(unique_id) OVER (PARTITION BY customer) AS first "
            "FROM people WHERE customer IS NOT NULL) WHERE first < unique_id"
        ).fetchall()
        there += f" UNION SELECT unique_id FROM people WHERE customer IN (SELECT customer FROM people WHERE unique_id IN ({there}))"
    said = con.sql(
        f"SELECT unique_id - 1 AS n, source, {', '.join(_TOGETHER)} FROM people WHERE unique_id IN ({there})"
    ).to_arrow_table()
    row = {number: at for at, number in enumerate(said.column("n").to_pylist())}
    given, dob, source = (said.column(name).to_pylist() for name in ("given", "dob", "source"))

    def person(at: int) -> Person:
        values: dict[str, Any] = {name: said.column(name)[at].as_py() for name in _TOGETHER}
        values |= {name: tuple(value) for name, value in values.items() if value and name in LISTS}
        return Person(**values)

    def together(one: int, other: int) -> bool:
        a, b = row[one], row[other]
        if owned and source[a] and source[a] == source[b]:
            return False
        if given[a] == given[b] and (dob[a] == dob[b] or dob[a] is None or dob[b] is None):
            return True  # most are
        return may_be_one(person(a), person(b))

    made: list[tuple[int, int]] = []
    groups = group(count, edges, together, joined=joined, made=made)
    if owned:
        ls, rs = zip(*made, strict=True) if made else ((), ())
        con.register("made_now", pa.table({"l": pa.array(ls, pa.int32()), "r": pa.array(rs, pa.int32())}))
        con.execute("CREATE OR REPLACE TABLE made AS SELECT l + 1 AS l, r + 1 AS r FROM made_now").fetchall()
        con.unregister("made_now")
    return groups


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
