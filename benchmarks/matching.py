"""How well and how fast SIZE records of six systems are linked; the public labelled sets beside it.

Residents are invented (`_residents.py`) with their truth in a file apart; linking reads the records' file alone: read and
standardised, weights learnt, linked, grouped. `…_kinds`: of the true links in which a record has that slip or gap, the share that
the machine's groups hold, and the share it or an officer's question holds. Memory is the largest of this process and of the
largest of its readers. Sets that are not at hand are left out.

A labelled set of your own is not for this command but for `bin/moothall link evaluate FILE [MORE FILES] [--truth COLUMN]`: any
CSV or Parquet, columns known by their names or said with `--map`; `bin/moothall link columns FILE` shows what is read as what.
docs/howto/link-records.md has more.
"""

from __future__ import annotations

import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SIZE = 1_000_000
SEED = 20261122
SETS = {
    "febrl3_without_identity_number": ("record-linkage/febrl_dataset3.csv", "rec_id~rec-(\\d+)", ("id_number=",)),
    "historical_half_a": ("record-linkage/historical_50k_half_a.csv.gz", "cluster", ()),
    "fake_1000": ("record-linkage/fake_1000.csv", "cluster", ()),
}


def _write(folder: str, size: int, premises: str) -> None:
    from benchmarks._residents import write_files

    write_files(Path(folder), size, SEED, Path(premises) if premises else None)


def run(size: int) -> dict[str, Any]:
    from benchmarks._shared import shared

    figures: dict[str, Any] = {"residents": residents(size)}
    for name, (path, truth, mapping) in SETS.items():
        if file := shared(path):
            figures[name] = labelled(file, truth, mapping)
    return figures


def residents(size: int) -> dict[str, Any]:
    from benchmarks._shared import PREMISES, shared
    from moothall.customers.matching.bulk.linking import link_all
    from moothall.customers.matching.bulk.reading import read_people
    from moothall.customers.matching.bulk.training import train

    folder = ROOT / ".moothall" / f"bench-residents-{size}"
    written = (folder / "truth.csv").exists()
    if not written:
        writer = get_context("fork").Process(target=_write, args=(str(folder), size, str(shared(PREMISES) or "")))
        writer.start()
        writer.join()
        if writer.exitcode:
            raise RuntimeError("the residents could not be written")
    began = time.perf_counter()
    people = read_people(folder / "records.csv", source="system")
    read = time.perf_counter()
    model = train(people).model
    trained = time.perf_counter()
    linked = link_all(people, model)
    del people
    done = time.perf_counter()
    figures: dict[str, Any] = {
        "records": linked.count,
        "pairs_compared": linked.compared,
        "seconds": {
            "read_and_standardise": round(read - began, 1),
            "train": round(trained - read, 1),
            "link": round(done - trained, 1),
            "end_to_end_with_weights_at_hand": round(read - began + done - trained, 1),
            "end_to_end_with_training": round(done - began, 1),
        },
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **({"reader_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} if written else {}),
    }
    figures |= _measure(linked, folder / "truth.csv", model.auto_at)
    linked.close()
    return figures


def _measure(linked: Any, truth: Path, auto_at: float) -> dict[str, Any]:
    """Against the truth: what the machine joined, pair by pair and as groups, what officers are asked, and by kind of error."""
    import pyarrow as pa
    import pyarrow.csv

    from moothall.customers.matching.rules.measuring import Measure

    con = linked.con
    told = pyarrow.csv.read_csv(
        truth, convert_options=pyarrow.csv.ConvertOptions(column_types={"record_id": pa.string(), "wrong": pa.string()})
    )
    con.register("told", told)
    groups = pa.table({"n": range(1, linked.count + 1), "grp": [linked.groups.of(at) for at in range(linked.count)]})
    con.register("grouped", groups)
    con.execute(
        "CREATE TABLE known AS SELECT unique_id, person, household, coalesce(wrong, '') AS wrong, grp FROM people "
        "JOIN told USING (record_id) JOIN grouped ON n = unique_id"
    ).fetchall()
    con.execute(
        "CREATE TABLE true_links AS SELECT a.unique_id AS l, b.unique_id AS r, a.household, a.wrong || ' ' || b.wrong AS wrong, "
        "a.grp = b.grp AS joined FROM known a JOIN known b ON a.person = b.person AND a.unique_id < b.unique_id"
    ).fetchall()
    con.execute(
        "CREATE TABLE seen AS SELECT t.*, d.weight, coalesce(d.decision, '') AS decision FROM true_links t LEFT JOIN decided d USING (l, r)"
    ).fetchall()
    (true_links, right, asked_right) = con.execute(
        "SELECT count(*), sum(joined::INT), sum((joined OR decision = 'review')::INT) FROM seen"
    ).fetchall()[0]
    (links,) = con.execute(
        "SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM known GROUP BY grp)"
    ).fetchall()[0]
    pairs = {
        kind: Measure(int(made), int(good), int(true_links)).as_json()
        for kind, made, good in con.execute(
            "SELECT decision, count(*), sum((a.person = b.person)::INT) FROM decided JOIN known a ON a.unique_id = l "
            "JOIN known b ON b.unique_id = r GROUP BY 1"
        ).fetchall()
    }
    points = {
        str(weight): Measure(int(made), int(good), int(true_links)).as_json()
        for weight in (0, 5, 10, 14, 20, 25, 30)
        for made, good in con.execute(
            "SELECT count(*), coalesce(sum((a.person = b.person)::INT), 0) FROM decided JOIN known a ON a.unique_id = l "
            f"JOIN known b ON b.unique_id = r WHERE decision <> 'apart' AND weight >= {weight}"
        ).fetchall()
    }
    words = ", ".join(f"'{word}'" for word in _kinds())
    kinds = {
        kind: {"true_links": count, "joined": round(joined / count, 4), "joined_or_asked": round(either / count, 4)}
        for kind, count, joined, either in con.execute(
            f"SELECT k, count(*), sum(joined::INT), sum((joined OR decision = 'review')::INT) FROM seen, unnest([{words}]) w(k) "
            "WHERE list_contains(string_split(wrong, ' '), k) OR (k = 'nothing' AND trim(wrong) = '') "
            "OR household = k GROUP BY k ORDER BY 2 DESC"
        ).fetchall()
    }
    wrong_by_household = dict(
        con.execute(
            "SELECT a.household, count(*) FROM decided JOIN known a ON a.unique_id = l JOIN known b ON b.unique_id = r "
            "WHERE decision = 'auto' AND a.person <> b.person GROUP BY 1"
        ).fetchall()
    )
    return {
        "auto_at_bits": auto_at,
        "true_links": int(true_links),
        "auto_groups": Measure(int(links), int(right), int(true_links)).as_json(),
        "joined_or_asked_recall": round(asked_right / true_links, 4),
        "pairs": pairs,
        "at_bits_not_apart": points,
        "kinds": kinds,
        "auto_wrong_by_household": wrong_by_household,
    }


def _kinds() -> list[str]:
    from benchmarks._residents import RATES

    return [*RATES, "nothing", "twins", "father_and_son", "students", "couple", "alone", "family"]


def labelled(path: Path, truth: str, mapping: tuple[str, ...]) -> dict[str, Any]:
    from moothall.customers.matching.bulk.linking import link_all
    from moothall.customers.matching.bulk.measuring import KEEP_FROM, measure, read_truth
    from moothall.customers.matching.bulk.reading import read_people
    from moothall.customers.matching.bulk.training import train

    began = time.perf_counter()
    people = read_people(path, mapping)
    model = train(people).model
    linked = link_all(people, model, at_least=KEEP_FROM)
    figures = measure(linked, read_truth(truth, path), model.auto_at)
    linked.close()
    return {**figures, "seconds": round(time.perf_counter() - began, 1)}
