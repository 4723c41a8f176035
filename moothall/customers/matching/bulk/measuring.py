"""Linking measured against the truth: operating points, what the machine joins, what officers are asked."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from moothall.customers.matching.bulk.linking import Linked, guess_groups
from moothall.customers.matching.bulk.reading import CannotReadFile, headers_of, id_column, open_text
from moothall.customers.matching.rules.columns import plain_header
from moothall.customers.matching.rules.measuring import Measure, links_in, measure_groups, operating_points
from moothall.customers.matching.rules.scoring import probability

PROBABILITIES: Final = (0.5, 0.9, 0.99, 0.999, 0.9999)
KEEP_FROM: Final = -10.0  # bits: what is measured begins well below what anybody would link
Truth = dict[Any, Any]  # record: person; or (record, record): whether one person


def read_truth(said: str, path: Path, record: str = "") -> Truth:
    """Return {record: person}, or {(record, record): whether one person} where the file holds judged pairs.

    `said` is a column of the file itself (`cluster`), a column and a pattern whose first group is the person
    (`rec_id~rec-(\\d+)`), or another file: with columns record and person, or two records and a verdict (1 or 0).

    Raises:
        CannotReadFile: with the sentence to show.
    """
    if Path(said).is_file():
        return _truth_file(Path(said))
    column, _, pattern = said.partition("~")
    headers = headers_of(path)
    plain = [plain_header(header) for header in headers]
    if plain_header(column) not in plain:
        raise CannotReadFile(f"“{said}” is neither a file nor a column. The columns are: {', '.join(headers)}.")
    at, at_id = plain.index(plain_header(column)), id_column(headers, record)
    try:
        find = re.compile(pattern) if pattern else None
    except re.error as wrong:
        raise CannotReadFile(f"“{pattern}” is no pattern: {wrong}.") from wrong
    truth: dict[str, str] = {}
    with open_text(path) as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            if len(row) <= max(at, at_id):
                continue
            who = row[at].strip()
            if find:
                found = find.search(who)
                who = (found[1] if find.groups else found[0]) if found else ""
            if who:
                truth[row[at_id].strip()] = who
    return truth


def _truth_file(path: Path) -> Truth:
    headers = headers_of(path)
    plain = [plain_header(header) for header in headers]
    left = next(
        (at for at, name in enumerate(plain) if name in {"unique_id_l", "id_l", "a", "record_l", "id_a", "id1"}), None
    )
    right = next(
        (at for at, name in enumerate(plain) if name in {"unique_id_r", "id_r", "b", "record_r", "id_b", "id2"}), None
    )
    with open_text(path) as file:
        rows = csv.reader(file)
        next(rows)
        if left is None or right is None:
            at_id = id_column(headers)
            at = next(
                (i for i, name in enumerate(plain) if name in {"person", "cluster", "cluster_id", "entity", "who"}), 1
            )
            return {
                row[at_id].strip(): row[at].strip() for row in rows if len(row) > max(at, at_id) and row[at].strip()
            }
        verdict = next(
            (
                at
                for at, name in enumerate(plain)
                if name in {"clerical_match_score", "match", "is_match", "label", "same"}
            ),
            None,
        )
        return {
            (row[left].strip(), row[right].strip()): verdict is None or float(row[verdict] or 0) >= 0.5
            for row in rows
            if len(row) > max(left, right)
        }


def measure(linked: Linked, truth: Truth, auto_at: float) -> dict[str, Any]:
    """Return the measures of a linking (made with `at_least=KEEP_FROM`) against the truth, as JSON.

    `pairs`: by weight alone, at the best threshold and at usual probabilities. `auto`: what the machine joins. `asked`: what
    an officer is asked besides. `groups`: the best guess at who is who.
    """
    ids = linked.ids()
    if truth and isinstance(next(iter(truth)), tuple):
        return _measure_judged(linked, truth, ids)
    people = [truth.get(each) for each in ids]
    true_links = links_in(people)
    con = linked.con
    con.register("truth", pa.table({"n": range(1, len(people) + 1), "who": pa.array(people, pa.string())}))
    con.execute(
        "CREATE OR REPLACE TABLE judged AS SELECT weight, decision, reason, (p.who = q.who)::INTEGER AS same FROM decided "
        "JOIN truth p ON p.n = l JOIN truth q ON q.n = r WHERE p.who IS NOT NULL AND q.who IS NOT NULL"
    ).fetchall()
    con.unregister("truth")
    found = _by_weight(linked, true_links)
    machine = measure_groups(linked.groups.several(), people, true_links)
    guess = (
        measure_groups(guess_groups(con, linked.count).several(), people, true_links)
        if linked.count <= 200_000
        else None
    )
    return {
        "records": linked.count,
        "people": len({who for who in people if who is not None}),
        "true_links": true_links,
        "compared": linked.compared,
        **found,
        "auto_at": auto_at,
        "auto_groups": machine.as_json(),
        **({"groups": guess.as_json()} if guess else {}),
    }


def _measure_judged(linked: Linked, truth: dict[tuple[str, str], bool], ids: list[str]) -> dict[str, Any]:
    """Only the pairs somebody judged count."""
    number = {each: at for at, each in enumerate(ids, 1)}
    pairs = [
        (min(number[a], number[b]), max(number[a], number[b]), int(same))
        for (a, b), same in truth.items()
        if a in number and b in number
    ]
    lefts, rights, sames = zip(*pairs, strict=True) if pairs else ((), (), ())
    con = linked.con
    con.register(
        "truth",
        pa.table(
            {"tl": pa.array(lefts, pa.int32()), "tr": pa.array(rights, pa.int32()), "same": pa.array(sames, pa.int32())}
        ),
    )
    con.execute(
        "CREATE OR REPLACE TABLE judged AS SELECT weight, decision, reason, same FROM decided JOIN truth ON tl = l AND tr = r"
    ).fetchall()
    con.unregister("truth")
    groups = guess_groups(con, linked.count)
    links = sum(groups.of(a - 1) == groups.of(b - 1) for a, b, _ in pairs)
    right = sum(groups.of(a - 1) == groups.of(b - 1) for a, b, same in pairs if same)
    return {
        "records": linked.count,
        "judged_pairs": len(pairs),
        "true_links": sum(sames),
        "compared": linked.compared,
        **_by_weight(linked, sum(sames)),
        "groups": Measure(links, right, sum(sames)).as_json(),
    }


def _by_weight(linked: Linked, true_links: int) -> dict[str, Any]:
    con = linked.con
    steps = [
        (float(weight), int(links), int(right))
        for weight, links, right in con.execute(
            "SELECT round(weight, 1) AS w, count(*), sum(same) FROM judged GROUP BY w ORDER BY w DESC"
        ).fetchall()
    ]
    points = operating_points(steps, true_links)
    best = max(points, key=lambda point: point[1].f1, default=(0.0, Measure(0, 0, true_links)))
    at: list[dict[str, Any]] = []
    for wanted in PROBABILITIES:
        (links, right) = con.execute(
            "SELECT count(*), coalesce(sum(same), 0) FROM judged WHERE weight >= log2(? / (1 - ?))", [wanted, wanted]
        ).fetchall()[0]
        at.append({"probability": wanted, **Measure(int(links), int(right), true_links).as_json()})
    decided = {
        kind: Measure(int(links), int(right), true_links)
        for kind, links, right in con.execute("SELECT decision, count(*), sum(same) FROM judged GROUP BY 1").fetchall()
    }
    nothing = Measure(0, 0, true_links)
    return {
        "best": {"weight": best[0], "probability": round(probability(best[0]), 6), **best[1].as_json()},
        "at": at,
        "auto": decided.get("auto", nothing).as_json(),
        "asked": decided.get("review", nothing).as_json(),
    }
