"""Which pairs are compared in bulk: those that share a key, up to a budget of pairs."""

from __future__ import annotations

from typing import Final

import duckdb

from moothall.customers.matching.rules.keys import KEYS, Key, cut
from moothall.customers.matching.rules.person import LISTS

MOST_SHARING: Final = 400  # a key more records share than this says nothing: a care home's telephone, a placeholder
PAIRS_A_RECORD: Final = 8  # loose keys are used while there are fewer pairs than so many a record
FEWEST: Final = 3_000_000


def make_pairs(con: duckdb.DuckDBPyConnection, count: int, *, between: bool = False, table: str = "people") -> int:
    """Make the table `pairs(join_key_l, join_key_r)` of records worth comparing, each pair once; return how many.

    `between`: only pairs of two different sources. Kinds of key whose pairs would be too many are left out, loose ones first.
    """
    apart = (
        f"JOIN {table} p ON p.unique_id = l.who JOIN {table} q ON q.unique_id = r.who AND q.source <> p.source"
        if between
        else ""
    )
    if count * (count - 1) // 2 <= FEWEST:
        con.execute(
            "CREATE OR REPLACE TABLE pairs AS SELECT l.who AS join_key_l, r.who AS join_key_r, '0' AS match_key "
            f"FROM (SELECT unique_id AS who FROM {table}) l JOIN (SELECT unique_id AS who FROM {table}) r ON l.who < r.who {apart}"
        ).fetchall()
        return _count(con)
    con.execute("CREATE OR REPLACE TABLE keyed (key UBIGINT, who INTEGER)").fetchall()
    kept = 0
    budget = max(FEWEST, PAIRS_A_RECORD * count)
    kinds = dict.fromkeys((key.kind, key.loose) for key in KEYS)
    for kind, loose in sorted(kinds, key=lambda kind: kind[1]):
        sql = " UNION ".join(_key_sql(key, table) for key in KEYS if (key.kind, key.loose) == (kind, loose))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE arriving AS WITH k AS ({sql}) SELECT key, who FROM k "
            f"QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {MOST_SHARING}"
        ).fetchall()
        (pairs,) = con.execute(
            "SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM arriving GROUP BY key)"
        ).fetchall()[0]
        if loose and kept + pairs > budget:
            continue
        kept += pairs
        con.execute("INSERT INTO keyed SELECT * FROM arriving").fetchall()
    con.execute("DROP TABLE IF EXISTS arriving").fetchall()
    con.execute(
        "CREATE OR REPLACE TABLE pairs AS SELECT DISTINCT l.who AS join_key_l, r.who AS join_key_r, '0' AS match_key "
        f"FROM keyed l JOIN keyed r ON l.key = r.key AND l.who < r.who {apart}"
    ).fetchall()
    con.execute("DROP TABLE keyed").fetchall()
    return _count(con)


def _count(con: duckdb.DuckDBPyConnection) -> int:
    (made,) = con.execute("SELECT count(*) FROM pairs").fetchall()[0]
    return int(made)


def _key_sql(key: Key, table: str) -> str:
    terms = []
    known = []
    for column in key.columns:
        name, length = cut(column)
        if name in LISTS:
            terms.append(f"unnest({name})")
        elif length > 0:
            terms.append(f"substr({name}, 1, {length})")
        elif length < 0:
            terms.append(f"right({name}, {-length})")
        else:
            terms.append(name)
        known.append(f"{name} IS NOT NULL")
    if any(term.startswith("unnest") for term in terms):
        inner = ", ".join(f"{term} AS t{at}" for at, term in enumerate(terms))
        values = ", ".join(f"t{at}" for at in range(len(terms)))
        return (
            f"SELECT hash('{key.kind}', {values}) AS key, unique_id AS who "
            f"FROM (SELECT unique_id, {inner} FROM {table} WHERE {' AND '.join(known)})"
        )
    return f"SELECT hash('{key.kind}', {', '.join(terms)}) AS key, unique_id AS who FROM {table} WHERE {' AND '.join(known)}"
