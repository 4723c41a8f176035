"""`moothall link`: teaches, runs and measures the linking of records."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moothall.interfaces.cli.support import answer, fail, json_option, with_database, with_django

if TYPE_CHECKING:
    import pyarrow as pa

    from moothall.customers.matching.rules.scoring import Model

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_MAP = click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="WHAT=COLUMN",
    help="Which column holds what; the names of columns tell most.",
)
_RECORD = click.option(
    "--record", default="", metavar="COLUMN", help="The column of the record's own number. [default: found]"
)
_SOURCE = click.option("--source", default="", metavar="COLUMN", help="The column of the system a record is from.")
_BETWEEN = click.option("--between", is_flag=True, help="Link only records of two different sources.")
_MODEL = click.option(
    "--model",
    "model_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use these weights; do not train.",
)


def _say(text: str) -> None:
    click.echo(text, err=True)


@click.group(name="link")
def group() -> None:
    """Records of one person, found: learn the weights, link a file, measure against the truth.

    Columns are recognised by their names (surname, dob, Post Code …); --map says what the names do not. WHAT is one of the
    names that `moothall link columns` lists.
    """


@group.command(name="columns")
@_FILE
@_MAP
@json_option
def columns(file: Path, mapping: tuple[str, ...], as_json: bool) -> None:
    """Show which column of FILE is read as what."""
    from moothall.customers.matching.bulk.files import headers_of
    from moothall.customers.matching.rules.columns import read_mapping
    from moothall.customers.matching.rules.person import RAW

    try:
        headers = headers_of(file)
        found = read_mapping(mapping, headers)
    except ValueError as wrong:
        fail(str(wrong), 2)
    unused = [header for header in headers if header not in found.values()]
    answer(
        {"read": found, "not_read": unused, "names": list(RAW)},
        as_json=as_json,
        words=lambda: "\n".join(
            [*(f"{key:<16} {column}" for key, column in found.items()), f"not read: {', '.join(unused) or 'none'}"]
        ),
    )


def _read(files: tuple[Path, ...], mapping: tuple[str, ...], record: str, source: str) -> tuple[pa.Table, list[str]]:
    from moothall.customers.matching.bulk.reading import read_files

    try:
        return read_files(files, mapping, record=record, source=source)
    except (ValueError, UnicodeDecodeError) as wrong:
        fail(str(wrong), 2)


def _model(model_file: Path | None, people: pa.Table, between: bool) -> tuple[Model, float]:
    from moothall.customers.matching.bulk import TooLittle, train
    from moothall.customers.matching.rules.scoring import read_model

    began = time.perf_counter()
    try:
        model = (
            read_model(json.loads(model_file.read_text()))
            if model_file
            else train(people, between=between, say=_say).model
        )
    except (TooLittle, ValueError, KeyError) as wrong:
        fail(str(wrong), 2)
    return model, time.perf_counter() - began


@group.command(name="train")
@_FILE
@_MAP
@_RECORD
@_SOURCE
@_BETWEEN
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, for --model.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the weights here as a page.",
)
@json_option
def train_command(
    file: Path,
    mapping: tuple[str, ...],
    record: str,
    source: str,
    between: bool,
    out: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Learn weights from FILE, without anybody's answers."""
    from moothall.customers.matching.bulk import train
    from moothall.customers.matching.rules.report import report_page

    people, _ = _read((file,), mapping, record, source)
    began = time.perf_counter()
    try:
        learnt = train(people, between=between, say=_say)
    except ValueError as wrong:
        fail(str(wrong), 2)
    model = learnt.model
    seconds = time.perf_counter() - began
    if out:
        out.write_text(json.dumps(model.as_json(), indent=1))
    if report:
        report.write_text(report_page(model, learnt.known, learnt.records), encoding="utf-8")
    weights = {
        name: {level: round(model.weight(name, level), 2) for level in levels} for name, levels in model.fields.items()
    }
    answer(
        {"records": people.num_rows, "seconds": round(seconds, 1), "prior": model.prior, "weights": weights},
        as_json=as_json,
        words=lambda: "\n".join(
            f"{name:<10} " + "  ".join(f"{level} {bits:+.1f}" for level, bits in levels.items())
            for name, levels in weights.items()
        ),
    )


@group.command(name="run")
@_FILE
@click.argument("more", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_MAP
@_RECORD
@_SOURCE
@_BETWEEN
@_MODEL
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write the pairs here, as CSV."
)
@click.option(
    "--groups",
    "groups_out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write record and group here, as CSV.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default=None,
    help="What scores the pairs. [default: MOOTHALL_LINK_ENGINE, else duckdb]",
)
@json_option
@with_django
def run_command(
    file: Path,
    more: tuple[Path, ...],
    mapping: tuple[str, ...],
    record: str,
    source: str,
    between: bool,
    model_file: Path | None,
    out: Path,
    groups_out: Path | None,
    engine: str | None,
    as_json: bool,
) -> None:
    """Link the records of FILE (and MORE); write the pairs: what the machine would join, what an officer would be asked."""
    import csv

    import pyarrow.csv
    from django.conf import settings

    from moothall.customers.matching.bulk import link_all

    people, _ = _read((file, *more), mapping, record, source)
    model, _ = _model(model_file, people, between)
    try:
        linked = link_all(people, model, between=between, engine=engine or settings.LINK_ENGINE, say=_say)
    except RuntimeError as wrong:
        fail(str(wrong))
    pyarrow.csv.write_csv(linked.pairs(), out)
    if groups_out:
        with groups_out.open("w", newline="") as file_out:
            writer = csv.writer(file_out)
            writer.writerow(["record_id", "group"])
            ids = linked.ids()
            writer.writerows((each, ids[linked.groups.of(at)]) for at, each in enumerate(ids))
    found = {"records": linked.count, "compared": linked.compared, **linked.counts()}
    linked.close()
    answer(found, as_json=as_json, words=lambda: "\n".join(f"{key:<10} {value:,}" for key, value in found.items()))


@group.command(name="evaluate")
@_FILE
@click.argument("more", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--truth",
    default="",
    metavar="COLUMN | COLUMN~PATTERN | FILE",
    help="Who is who: a column, maybe with a pattern whose first group is the person, or a file of records or judged pairs. "
    "[default: a column named cluster, person …, or numbers like rec-12-dup-0]",
)
@_MAP
@_RECORD
@_SOURCE
@_BETWEEN
@_MODEL
@json_option
def evaluate_command(
    file: Path,
    more: tuple[Path, ...],
    truth: str,
    mapping: tuple[str, ...],
    record: str,
    source: str,
    between: bool,
    model_file: Path | None,
    as_json: bool,
) -> None:
    """Link the records of FILE (and MORE), never seeing the truth, and say how right that was."""
    from moothall.customers.matching.bulk.linking import link_all
    from moothall.customers.matching.bulk.measuring import KEEP_FROM, measure, truth_of

    files = (file, *more)
    began = time.perf_counter()
    people, marks = _read(files, mapping, record, source)
    read = time.perf_counter() - began
    try:
        known = truth_of(files, marks, truth, record)
    except ValueError as wrong:
        fail(str(wrong), 2)
    model, trained = _model(model_file, people, between)
    start = time.perf_counter()
    linked = link_all(people, model, between=between, at_least=KEEP_FROM, say=_say)
    done = time.perf_counter() - start
    found = measure(linked, known, model.auto_at)
    linked.close()
    found["seconds"] = {"read": round(read, 1), "train": round(trained, 1), "link": round(done, 1)}
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answer(found, as_json=as_json, words=lambda: _words(found))


def _words(found: dict[str, Any]) -> str:
    def line(name: str, of: dict[str, Any]) -> str:
        return f"{name:<34} {of['precision']:>9.4f} {of['recall']:>9.4f} {of['f1']:>9.4f} {of['links']:>10,}"

    lines = [
        f"{found['records']:,} records, {found['true_links']:,} true links, {found['compared']:,} pairs compared",
        "",
    ]
    lines.append(f"{'':<34} {'precision':>9} {'recall':>9} {'F1':>9} {'links':>10}")
    lines.append(line(f"best threshold ({found['best']['weight']:.1f} bits)", found["best"]))
    lines += [line(f"probability from {each['probability']}", each) for each in found["at"]]
    lines.append(line("the machine joins", found["auto"]))
    lines.append(line("officers are asked", found["asked"]))
    if "auto_groups" in found:
        lines.append(line("the machine's groups", found["auto_groups"]))
    if "groups" in found:
        lines.append(line("best guess at groups", found["groups"]))
    return "\n".join(lines)


@group.command(name="records")
@click.option("--train", "train_first", is_flag=True, help="Learn the council's own weights first.")
@json_option
@with_database
def records_command(train_first: bool, as_json: bool) -> None:
    """Look through every record of the council: join what is sure, list what may be for the officers.

    Stopped halfway, the same command, or the worker, goes on; run again it changes nothing more.
    """
    from moothall.core import clock
    from moothall.core.access import Refused
    from moothall.core.actors import SYSTEM
    from moothall.customers.linking.actions import NothingToCompare, search_all, search_firms, take_found
    from moothall.customers.linking.actions.indexing import index_missing
    from moothall.customers.matching.actions import train
    from moothall.customers.matching.bulk import TooLittle

    began = time.perf_counter()
    index_missing()
    firms_joined, firms_listed = search_firms(by=SYSTEM, at=clock.now())
    of_firms = f"Of organisations, {firms_joined:,} joined; {firms_listed:,} new pairs wait there."
    try:
        version = train(by=SYSTEM, at=clock.now()) if train_first else None
        run = search_all(by=SYSTEM, at=clock.now(), say=_say)
    except (TooLittle, NothingToCompare, Refused) as wrong:
        fail(f"{wrong} {of_firms}" if firms_joined + firms_listed else str(wrong))
    searched = time.perf_counter() - began
    done = take_found(say=_say) or run
    found = {
        "trained": version, "records": run.records, "compared": run.compared, "joins": run.joins, "asks": run.asks,
        "joined": done.joined, "listed": done.listed, "firms": {"joined": firms_joined, "listed": firms_listed},
        "seconds": {"search": round(searched, 1), "take": round(time.perf_counter() - began - searched, 1)},
    }  # fmt: skip
    words = (
        f"{run.records:,} records, {run.compared:,} pairs compared in {searched:.0f} seconds.\n"
        f"{done.joined:,} joined; {done.listed:,} new pairs wait at Desk, Records.\n"
        f"{of_firms}"
    )
    answer(found, as_json=as_json, words=words)
