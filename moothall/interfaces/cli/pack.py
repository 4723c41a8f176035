"""`moothall pack`: check, compare, apply and write out council packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moothall.interfaces.cli.support import NO, answer, database, fail, json_option, with_database, with_django

if TYPE_CHECKING:
    from moothall.core.packs import Pack

USAGE = 2
folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder that holds the packs (default: the project's councils/).",
)


@click.group()
def group() -> None:
    """Check, compare, apply and write out council packs.

    Exit codes: 0 right, 1 something is wrong with the pack, 2 the command was not understood.
    """


group.name = "pack"


@group.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Every pack there is.")
@click.option("--doubts", "show_doubts", is_flag=True, help="List the figures nobody has confirmed.")
@folder_option
@json_option
@with_django
def check(name: str | None, every: bool, show_doubts: bool, folder: Path | None, as_json: bool) -> None:
    """Read the pack NAME and say everything that is wrong with it, by file, line and column; run its examples."""
    from moothall.core.packs import pack_names

    if bool(name) == every:
        fail("Name one pack, or say --all.", USAGE)
    names = pack_names(folder) if every else [str(name)]
    if not names:
        fail("There are no packs in that folder.")
    reports = [_checked(one, folder, doubts_too=show_doubts) for one in names]
    answer(reports if every else reports[0], as_json=as_json, words=lambda: "\n".join(map(_report_words, reports)))
    if any(report["problems"] for report in reports):
        raise SystemExit(NO)


def _checked(name: str, folder: Path | None, *, doubts_too: bool) -> dict[str, Any]:
    from moothall.core.packs import PackErrors, load_pack
    from moothall.core.packs.doubts import doubts
    from moothall.core.packs.registry import examples

    report: dict[str, Any] = {"pack": name, "problems": [], "said": []}
    try:
        pack = load_pack(name, folder)
        wrong = [problem for run in examples().values() for problem in run(pack)]
        if wrong:
            raise PackErrors(wrong)
    except PackErrors as errors:
        report["problems"] = [problem.as_dict() for problem in errors.problems]
        report["said"] = [str(problem) for problem in errors.problems]
        return report
    report["sha256"] = pack.sha256
    report["services"] = len(pack.services)
    report["examples"] = sum(len(service.examples) for service in pack.services.values())
    found = doubts(pack)
    report["doubts"] = len(found)
    if doubts_too:
        report["doubted"] = [{"where": d.where, "says": d.says, "doubt": d.doubt, "source": d.source} for d in found]
    return report


def _report_words(report: dict[str, Any]) -> str:
    count = len(report["problems"])
    if count:
        return "\n".join([*report["said"], f"{report['pack']}: {count} thing{'' if count == 1 else 's'} to mend."])
    lines = [f"{d['where']}: {d['says']} — {d['doubt']}" for d in report.get("doubted", [])]
    lines.append(
        f"{report['pack']}: right. {report['services']} services, {report['examples']} examples run, "
        f"{report['doubts']} figures in doubt."
    )
    return "\n".join(lines)


@group.command()
@click.argument("name")
@click.option("--service", "code", default=None, help="One service with the reason for each channel.")
@folder_option
@json_option
@with_django
def channels(name: str, code: str | None, folder: Path | None, as_json: bool) -> None:
    """Say for every service of the pack NAME how far each channel takes it: full, begin or no."""
    pack = _load(name, folder)
    wanted = [one for one in pack.services.values() if code in {None, one.code}]
    if not wanted:
        fail(f"The pack {name} has no service {code}.")
    said = [
        {
            "service": one.code,
            "channels": {channel: one.channel(channel).model_dump(exclude_none=True) for channel in SHOWN_CHANNELS},
        }
        for one in wanted
    ]
    answer(said, as_json=as_json, words=lambda: _channel_words(said, reasons=code is not None))


SHOWN_CHANNELS = ("web", "phone", "counter", "voice", "sms", "kiosk", "post", "email")


def _channel_words(said: list[dict[str, Any]], *, reasons: bool) -> str:
    if reasons:
        one = said[0]["channels"].items()
        return "\n".join(f"{channel:8} {use['level']:6} {use.get('because', '')}".rstrip() for channel, use in one)
    widest = max(len(line["service"]) for line in said)
    head = " ".join([" " * widest, *(f"{channel:7}" for channel in SHOWN_CHANNELS)])
    rows = [
        " ".join([f"{line['service']:{widest}}", *(f"{line['channels'][one]['level']:7}" for one in SHOWN_CHANNELS)])
        for line in said
    ]
    counts = [
        f"{channel}: "
        + ", ".join(f"{sum(x['channels'][channel]['level'] == how for x in said)} {how}" for how in HOW_FAR)
        for channel in SHOWN_CHANNELS
    ]
    everywhere = sum(all(use["level"] != "no" for name, use in x["channels"].items() if name in ALL_SIX) for x in said)
    return "\n".join([head, *rows, "", *counts, f"On web, desk, voice, text, kiosk and paper: {everywhere} services."])


HOW_FAR = ("full", "begin", "no")
ALL_SIX = ("web", "phone", "voice", "sms", "kiosk", "post")


@group.command()
@click.argument("name")
@click.option("--against", default=None, help="Another pack to compare with, instead of the one in force.")
@folder_option
@json_option
@with_django
def diff(name: str, against: str | None, folder: Path | None, as_json: bool) -> None:
    """Say in words what applying the pack NAME would change."""
    from moothall.core.packs.diff import changes

    new = _load(name, folder)
    if against is not None:
        old: Pack | None = _load(against, folder)
    else:
        with database():
            old = _in_force()
    lines = changes(old, new)
    stands = (
        f"version {old.number} of {old.name}" if old is not None and old.number else (against or "nothing yet applied")
    )
    said = lines or ["Nothing would change."]
    answer({"pack": name, "against": stands, "changes": lines}, as_json=as_json, words="\n".join(said))


@group.command()
@click.argument("name")
@folder_option
@json_option
@with_database
def apply(name: str, folder: Path | None, as_json: bool) -> None:
    """Make the pack NAME the council's own from now on. Its examples must come out first."""
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.packs.actions import apply_pack
    from moothall.core.packs.registry import examples

    pack = _load(name, folder)
    wrong = [problem for run in examples().values() for problem in run(pack)]
    if wrong:
        fail("\n".join(map(str, wrong)))
    try:
        version, new = apply_pack(pack, by=SYSTEM, at=clock.now())
    except ValueError as refused:
        fail(str(refused))
    value = {"pack": name, "version": version.number, "id": str(version.id), "sha256": version.sha256, "new": new}
    words = f"{name}: version {version.number} {'is now in force' if new else 'was in force already; nothing changed'}."
    answer(value, as_json=as_json, words=words)


@group.command()
@click.argument("name", required=False)
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write it into; it must be empty or not there yet.",
)
@click.option("--version", "number", type=int, default=None, help="An applied version, by its number.")
@folder_option
@json_option
@with_django
def export(name: str | None, target: Path, number: int | None, folder: Path | None, as_json: bool) -> None:
    """Write out the pack NAME, or the one in force, whole: nothing left to inherit. Read back, it is the same pack."""
    from moothall.core.packs.writer import export_pack

    if name is not None and number is not None:
        fail("Name a pack or an applied version, not both.", USAGE)
    if target.exists() and any(target.iterdir()):
        fail(f"{target} is not empty.", USAGE)
    if name is not None:
        pack: Pack | None = _load(name, folder)
    else:
        with database():
            pack = _in_force(number)
    if pack is None:
        fail("No such pack has been applied.")
    written = export_pack(pack.content, target)
    value = {"pack": pack.name, "sha256": pack.sha256, "files": len(written), "folder": str(target)}
    answer(value, as_json=as_json, words=f"{pack.name}: {len(written)} files written to {target}.")


def _load(name: str, folder: Path | None) -> Pack:
    from moothall.core.packs import PackErrors, load_pack

    try:
        return load_pack(name, folder)
    except PackErrors as errors:
        fail("\n".join(str(problem) for problem in errors.problems))


def _in_force(number: int | None = None) -> Pack | None:
    from moothall.core.packs.queries import NoPack, current_pack, pack_at, versions

    if number is not None:
        return next((pack_at(line.id) for line in versions(10_000) if line.number == number), None)
    try:
        return current_pack()
    except NoPack:
        return None
