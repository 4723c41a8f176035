"""`moothall import premises|streets|areas|landmarks|assets`: where things are."""

from __future__ import annotations

import time
from pathlib import Path

import click

from moothall.interfaces.cli.import_.shared import group, know, ready, report_for, report_option, report_to
from moothall.interfaces.cli.support import answer, fail, json_option, progress, with_django


@group.command(name="premises")
@click.argument("file", type=click.Path(path_type=Path))
@report_option
@json_option
@with_django
def premises(file: Path, report: Path | None, as_json: bool) -> None:
    """Bring in premises from FILE (CSV, plain or gzipped): a number (UPRN), street, and what else there is.

    Every row is kept, or listed in the report. Premises with the same address are kept and listed.
    """
    from moothall.core.actors import SYSTEM
    from moothall.intake import importing as i
    from moothall.intake.importing import gazetteer

    began = time.monotonic()
    try:
        columns = i.find_columns(i.headings(file), gazetteer.COLUMNS, gazetteer.REQUIRED, file=file.name)
        rows = i.check_whole(file)
    except i.CannotReadFile as wrong:
        fail(str(wrong))
    with ready():
        report = report or report_for(file)
        with report_to(report) as say, progress("Premises", rows, shown=not as_json) as done:
            counted = gazetteer.import_gazetteer(i.rows_of(file), columns, say=say, done=done, by=SYSTEM)
        know("places_property", "places_street")
    figures = {
        "read": counted.read, "kept": counted.kept, "changed": counted.changed, "refused": counted.refused,
        "same_address": counted.same_address,
        "streets_numbered": counted.streets_numbered, "report": str(report), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    words = (
        f"{counted.read:,} rows read: {counted.kept:,} kept ({counted.changed:,} new or changed), {counted.refused:,} "
        f"refused, {counted.same_address:,} share an address, {counted.streets_numbered:,} streets numbered here, "
        f"in {figures['seconds']} seconds.\nListed in {report}"
    )
    answer(figures, as_json=as_json, words=words)


NAMED = click.option(
    "--column", "named", multiple=True, metavar="OURS=THEIRS",
    help="What one of ours is called in this file: --column code=WD24CD. May be given again.",
)  # fmt: skip
OWNER = click.option("--owner", default="", help="Who looks after it, where a row does not say: a partner of the pack.")


def _geography(
    kind: str, what: str, file: Path, named: tuple[str, ...], usual: dict[str, str], report: Path | None, as_json: bool
) -> None:
    """Bring in a file of one kind of place, and say what became of it."""
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import current_pack
    from moothall.intake import importing as i
    from moothall.intake.importing import geography
    from moothall.partners.pack import PARTNERS

    began = time.monotonic()
    wrong = next((one for one in named if not all(one.partition("="))), "")
    if wrong:
        fail(f"--column {wrong} is not understood: write --column OURS=THEIRS.", 2)
    theirs = {ours.strip(): name.strip() for ours, _, name in (one.partition("=") for one in named)}
    try:
        columns, features = geography.read_geography(file, kind, theirs, usual)
        rows = len(features) if features is not None else i.check_whole(file)
    except i.CannotReadFile as problem:
        fail(str(problem))
    with ready(pack=True):
        report, owners = report or report_for(file), frozenset(current_pack().of(PARTNERS))
        if usual.get("owner") and usual["owner"] not in owners:
            fail(f"The pack has no partner {usual['owner']}. There are: {', '.join(sorted(owners)) or 'none'}.", 2)
        with report_to(report) as say, progress(what.capitalize(), rows, shown=not as_json) as done:
            counted = geography.import_geography(
                file, kind, columns, features, usual=usual, owners=owners, say=say, done=done, by=SYSTEM
            )
        know()
    figures = {
        "read": counted.read, "kept": counted.kept, "refused": counted.refused, "without_place": counted.without_place,
        "unknown_owners": sorted(counted.owners), "columns": columns, "report": str(report),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    said = f"{counted.read:,} {what} read: {counted.kept:,} kept, {counted.refused:,} refused"
    lines = [f"{said}, in {figures['seconds']} seconds."]
    if counted.without_place:
        lines.append(f"{counted.without_place:,} have no line and no point: they are found by name and are on no map.")
    if counted.owners:
        lines.append(f"No partner of the pack is called {', '.join(sorted(counted.owners))}: theirs is sent to nobody.")
    lines.append(f"Listed in {report}. To draw the base map again: moothall basemap")
    answer(figures, as_json=as_json, words="\n".join(lines))


@group.command(name="streets")
@click.argument("file", type=click.Path(path_type=Path))
@NAMED
@OWNER
@report_option
@json_option
@with_django
def streets(file: Path, named: tuple[str, ...], owner: str, report: Path | None, as_json: bool) -> None:
    """Bring in streets from FILE (GeoJSON lines, or CSV; plain or gzipped): number (USRN), name, and what else there is.

    Place, area, class, owner, and where it runs, or a point of it. One that is there takes the new values; none goes.
    """
    _geography("streets", "streets", file, named, {"owner": owner}, report, as_json)


@group.command(name="areas")
@click.argument("file", type=click.Path(path_type=Path))
@NAMED
@click.option("--kind", default="ward", help="What the areas are: ward, estate, park … [default: ward]")
@OWNER
@report_option
@json_option
@with_django
def areas(file: Path, named: tuple[str, ...], kind: str, owner: str, report: Path | None, as_json: bool) -> None:
    """Bring in wards, or areas of another kind, from FILE (GeoJSON polygons, plain or gzipped): code, name, and the land.

    One that is there takes the new name and the new land whole; none goes.
    """
    _geography("areas", "areas", file, named, {"kind": kind, "owner": owner}, report, as_json)


@group.command(name="landmarks")
@click.argument("file", type=click.Path(path_type=Path))
@NAMED
@click.option("--kind", default="", help="What they are, where a row does not say: library, school, park …")
@report_option
@json_option
@with_django
def landmarks(file: Path, named: tuple[str, ...], kind: str, report: Path | None, as_json: bool) -> None:
    """Bring in places that people know from FILE (GeoJSON points, or CSV): name, kind, and the point.

    Without a code of its own a place is known by its name.
    """
    _geography("landmarks", "landmarks", file, named, {"kind": kind}, report, as_json)


@group.command(name="assets")
@click.argument("file", type=click.Path(path_type=Path))
@NAMED
@click.option("--kind", default="", help="What they are, where a row does not say: lamp, bin, gully …")
@OWNER
@report_option
@json_option
@with_django
def assets(file: Path, named: tuple[str, ...], kind: str, owner: str, report: Path | None, as_json: bool) -> None:
    """Bring in things in the street from FILE (GeoJSON points, or CSV): code, kind, label, owner, and the point."""
    _geography("assets", "things in the street", file, named, {"kind": kind, "owner": owner}, report, as_json)
