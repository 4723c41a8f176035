"""Linking measured against the truth: operating points, what the machine joins, what officers are asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from moothall.customers.matching.bulk.files import CannotReadFile, headers_of, read_columns, rows_of
from moothall.customers.matching.bulk.linking import Linked, guess_groups
from moothall.customers.matching.bulk.reading import numbers_of
from moothall.customers.matching.rules.columns import plain_header
from moothall.customers.matching.rules.measuring import Measure, links_in, measure_groups, operating_points
from moothall.customers.matching.rules.scoring import probability

PROBABILITIES: Final = (0.5, 0.9, 0.99, 0.999, 0.9999)
KEEP_FROM: Final = -10.0  # bits: what is measured begins well below what anybody would link
_TRUTHS: Final = [
    "cluster",
    "cluster_id",
    "person",
    "person_id",
    "entity",
    "entity_id",
    "true_id",
    "true_match_id",
    "ground_truth",
    "truth",
    "truth_id",
    "group",
    "group_id",
    "match_id",
    "uid",
    "who",
    "golden_id",
    "master_id",
    "ent_id",
    "identity",
    "true_cluster",
    "cid",
    "ncid",
    "individual_id",
]
_VERDICTS: Final = frozenset(
    ["clerical_match_score", "match", "is_match", "label", "same", "match_probability", "is_same", "truth"]
)
_SIDES: Final = (
    ("a", "b"),
    ("left", "right"),
    ("one", "other"),
    ("l", "r"),
    ("record", "duplicate"),
    ("ltable_id", "rtable_id"),
)
_FEBRL: Final = re.compile(r"rec-(\d+)-(?:org|dup)")
Truth = dict[Any, Any]  # record: person; or (record, record): whether one person


def guess_truth(path: Path, record: str = "") -> str | None:
    """Return what a file itself seems to say of who is who, as `read_truth` takes it: a column named like it, numbers like
    `rec-12-dup-0`, or a number that several records share."""
    headers, columns = read_columns(path)
    plain = [plain_header(header) for header in headers]
    numbers = numbers_of(headers, columns, record)
    for name in _TRUTHS:
        if name in plain and plain.index(name) != numbers.column:
            return headers[plain.index(name)]
    if numbers.column is not None:
        some = numbers.said.slice(0, 200).to_pylist()
        own = headers[numbers.column]
        return f"{own}~{_FEBRL.pattern}" if some and all(_FEBRL.match(number) for number in some) else None
    return headers[numbers.person] if numbers.person is not None else None


def guess_truths(paths: Sequence[Path], record: str = "") -> list[str | None]:
    """Return for each file what it says of who is who. Where none does, and a number stands in more than one file, the number
    is the person's: she has it wherever she is; but for files that only count their records."""
    found = [guess_truth(path, record) for path in paths]
    if any(found) or len(paths) < 2:
        return found
    read = [(headers, numbers_of(headers, columns, record)) for headers, columns in map(read_columns, paths)]
    held = [set(numbers.said.to_pylist()) for _, numbers in read]
    counted = any(one <= {str(at) for at in range(len(one) + 1)} for one in held)
    if counted or not any(one & other for at, one in enumerate(held) for other in held[:at]):
        return found
    return [headers[numbers.column] if numbers.column is not None else None for headers, numbers in read]


def read_truth(said: str, path: Path, record: str = "") -> Truth:
    """Return {record: person}, or {(record, record): whether one person} where the file holds judged pairs.

    `said` is a column of the file itself (`cluster`), a column and a pattern whose first group is the person
    (`rec_id~rec-(\\d+)`), or another file: with columns record and person, or two records and perhaps a verdict (1 or 0).

    Raises:
        CannotReadFile: with the sentence to show.
    """
    if Path(said).is_file():
        return _truth_file(Path(said))
    column, _, pattern = said.partition("~")
    headers, columns = read_columns(path)
    plain = [plain_header(header) for header in headers]
    if plain_header(column) not in plain:
        raise CannotReadFile(f"“{said}” is neither a file nor a column. The columns are: {', '.join(headers)}.")
    numbers = numbers_of(headers, columns, record).said.to_pylist()
    try:
        find = re.compile(pattern) if pattern else None
    except re.error as wrong:
        raise CannotReadFile(f"“{pattern}” is no pattern: {wrong}.") from wrong
    truth: dict[str, str] = {}
    for number, written in zip(numbers, columns[plain.index(plain_header(column))].to_pylist(), strict=True):
        who = written.strip()
        if find:
            found = find.search(who)
            who = (found[1] if find.groups else found[0]) if found else ""
        if who:
            truth[number] = who
    return truth


def truth_of(paths: Sequence[Path], marks: Sequence[str], said: str = "", record: str = "") -> Truth:
    """Return who is who in several files read as one; `marks` stand before the numbers of each (`read_files`).

    Of judged pairs of two files, the first record is the first file's and the second the other's.

    Raises:
        CannotReadFile: nothing says it, or not of which file a number is; with the sentence to show.
    """
    known: Truth = {}
    told = [said] * len(paths) if said else guess_truths(paths, record)
    for path, mark, each in zip(paths, marks, told, strict=True):
        if not each:
            raise CannotReadFile(f"Nothing in {path.name} says who is who. Name it with --truth: a column, or a file.")
        if mark and Path(each).is_file():
            return _truth_between(read_truth(each, path, record), marks)
        for one, who in read_truth(each, path, record).items():
            known[one if isinstance(one, tuple) else mark + one] = who
    return known


def _truth_between(truth: Truth, marks: Sequence[str]) -> Truth:
    if len(marks) != 2 or not all(isinstance(one, tuple) for one in truth):
        raise CannotReadFile(
            "The files have the same numbers, so the truth does not say which record it means. Give it as a column of each "
            "file, or number the records of each file otherwise."
        )
    return {(marks[0] + one, marks[1] + other): same for (one, other), same in truth.items()}


def _truth_file(path: Path) -> Truth:
    headers = headers_of(path)
    plain = [plain_header(header) for header in headers]
    left, right = _pair_columns(plain)
    if left is None or right is None:
        at_id = numbers_of(*read_columns(path)).column or 0
        others = (at for at in range(len(headers)) if at != at_id)
        at = next((plain.index(name) for name in _TRUTHS if name in plain), next(others, None))
        if at is None:
            raise CannotReadFile(f"{path.name} has one column. It needs a record and its person, or two records.")
        return {number: who for number, who in rows_of(path, [headers[at_id], headers[at]]) if who}
    verdict = next((at for at, name in enumerate(plain) if name in _VERDICTS), None)
    wanted = [headers[left], headers[right], *([headers[verdict]] if verdict is not None else [])]
    return {(row[0], row[1]): verdict is None or _is_one(row[2]) for row in rows_of(path, wanted)}


def _pair_columns(plain: list[str]) -> tuple[int | None, int | None]:
    """Where the two records of a pair stand: by the usual names, or the first two columns that differ in one letter or figure."""
    for one, other in _SIDES:
        if one in plain and other in plain:
            return plain.index(one), plain.index(other)
    for at, name in enumerate(plain):
        for mark, against in (("_l", "_r"), ("_a", "_b"), ("_1", "_2"), ("1", "2"), ("_x", "_y"), ("_left", "_right")):
            if name.endswith(mark) and ("id" in name or "rec" in name) and name[: -len(mark)] + against in plain:
                return at, plain.index(name[: -len(mark)] + against)
    return None, None


def _is_one(verdict: str) -> bool:
    try:
        return float(verdict or 0) >= 0.5
    except ValueError:
        return verdict.strip().lower() in {"true", "t", "yes", "y", "match", "m", "same", "link"}


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
