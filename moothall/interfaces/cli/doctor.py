"""`moothall doctor`: looks at the machine and the installation, and says what is missing and what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from moothall.interfaces.cli.support import NO, answer, json_option, ready

LEAST_DISK = 2 * 1024**3
OLDEST_DATABASE = 150000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `right`, `wrong` (must be mended) or `lacking` (something optional will not work)."""

    what: str
    state: str
    said: str
    do: str = ""


@click.command(name="doctor")
@json_option
def command(as_json: bool) -> None:
    """Look at this machine and installation; say what is missing and what to do about it.

    Exits with 1 when something is wrong and must be mended. What is only lacking is an optional part that is off: it is
    named, and the exit code stays 0. The embedded database is looked at only while it runs.
    """
    ready()
    findings = list(_machine()) + list(_installation())
    wrong = [one for one in findings if one.state == "wrong"]
    answer(
        {"right": not wrong, "findings": [asdict(one) for one in findings]},
        as_json=as_json,
        words=lambda: "\n".join(_line(one) for one in findings),
    )
    sys.exit(NO if wrong else 0)


def _line(one: Finding) -> str:
    line = f"  {one.state:<8} {one.what:<22} {one.said}"
    return f"{line}\n{'':<34}{one.do}" if one.do else line


def _machine() -> Iterator[Finding]:
    from django.conf import settings

    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("Python", "right", version)  # an older one cannot come this far: bin/setup says what to install
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser:
        yield Finding("Chromium", "right", browser)
    else:
        yield Finding("Chromium", "lacking", "not found", "Only the browser tests need it: apt install chromium.")
    node = shutil.which("node", path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin")
    if node:
        yield Finding("Node", "right", node)
    else:
        yield Finding("Node", "lacking", "not found", "Only building styles and scripts needs it: bin/setup brings it.")
    yield _fonts()
    yield from _forms()
    yield _scanner()
    yield _reader()
    yield _printer()
    folder = next(parent for parent in [settings.DATA_DIR, *settings.DATA_DIR.parents] if parent.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB free at {folder}"
    yield (
        Finding("Disk", "right", said)
        if free > LEAST_DISK
        else Finding("Disk", "wrong", said, "Make room: 2 GB at least.")
    )


def _forms() -> Iterator[Finding]:
    for what, program, package, lost in (
        ("Reading aloud", "espeak-ng", "espeak-ng", "What we publish and write cannot be listened to"),
        (
            "Braille",
            "lou_translate",
            "liblouis-bin liblouis-data",
            "What we publish and write cannot be had in Braille",
        ),
    ):
        there = shutil.which(program)
        yield (
            Finding(what, "right", there)
            if there
            else Finding(what, "lacking", f"{lost}: {program} is not here.", f"apt install {package}")
        )


def _scanner() -> Finding:
    """Whether what people send is scanned for malware, and the scanner answers."""
    from moothall.documents.protocols import ScannerAway
    from moothall.documents.scanning import scanner_here

    scanner = scanner_here()
    do = "Install clamav-daemon and set MOOTHALL_CLAMD to its socket or host:port; until then nothing is scanned."
    if scanner is None:
        return Finding("Malware scanner", "lacking", "none is set up (MOOTHALL_CLAMD)", do)
    try:
        scanner.scan(b"Is anybody there?")
    except ScannerAway as away:
        return Finding("Malware scanner", "wrong", str(away), "Start clamav-daemon, or mend MOOTHALL_CLAMD.")
    return Finding("Malware scanner", "right", f"{scanner.name} answers")


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    try:
        listed = (
            subprocess.run([lister], capture_output=True, text=True, timeout=10, check=False).stdout if lister else ""
        )
    except subprocess.TimeoutExpired:
        listed = ""
    count = len(listed.splitlines())
    if count:
        return Finding("Fonts", "right", f"{count} on this machine")
    return Finding(
        "Fonts", "lacking", "none found", "Letters and screenshots need some: apt install fonts-dejavu-core."
    )


def _reader() -> Finding:
    from moothall.channels.post.words import installed

    here = installed()
    need = "apt install tesseract-ocr tesseract-ocr-osd, and tesseract-ocr-cym for Welsh, -pol for Polish."
    if not here:
        return Finding("Tesseract", "lacking", "not found: scans wait unread", f"Reading letters needs it: {need}")
    if not {"eng", "osd"} <= here:
        return Finding(
            "Tesseract", "lacking", f"has only {', '.join(sorted(here))}", f"Reading letters needs more: {need}"
        )
    return Finding("Tesseract", "right", f"reads {', '.join(sorted(here - {'osd'}))}")


def _printer() -> Finding:
    from moothall.channels.post.paper import can_draw

    if can_draw():
        return Finding("Pango", "right", "letters and forms can be drawn")
    need = "Letters and paper forms need it: apt install libpango-1.0-0 libpangoft2-1.0-0."
    return Finding("Pango", "lacking", "not found: no letter leaves, no form is printed", need)


def _installation() -> Iterator[Finding]:
    from django.conf import settings
    from django.db import DatabaseError

    from moothall.core import health
    from moothall.core.postgres import Cluster, NoPostgres, find_binaries
    from moothall.interfaces.cli.support import close_connections

    if settings.EMBEDDED_DATABASE:
        try:
            found = find_binaries()
            yield Finding("Embedded PostgreSQL", "right", f"{found.major} in {found.folder}")
        except NoPostgres as wrong:
            yield Finding("Embedded PostgreSQL", "wrong", str(wrong), "Run bin/setup, or set DATABASE_URL.")
            return
        if not Cluster(settings.DATA_DIR).running():
            yield Finding(
                "Database",
                "lacking",
                f"not running in {settings.DATA_DIR}",
                "Start it with bin/run. For another folder: MOOTHALL_DATA=FOLDER bin/moothall doctor.",
            )
            return
    checks: list[Callable[[], Iterator[Finding]]] = [_server, _migrations, _pack, _others, _jobs, _locked]
    try:
        health.database_version()
        for check in checks:
            yield from check()
    except DatabaseError as wrong:
        yield Finding("Database", "wrong", str(wrong).partition("\n")[0], "Start it, or mend DATABASE_URL.")
    finally:
        close_connections()


def _server() -> Iterator[Finding]:
    from moothall.core import health

    version = health.database_version()
    said = f"PostgreSQL {version // 10000}.{version % 10000}"
    if version >= OLDEST_DATABASE:
        yield Finding("Database", "right", said)
    else:
        yield Finding("Database", "wrong", said, "Use PostgreSQL 15 or newer.")
    missing = [name for name, there in health.extensions().items() if not there]
    if missing:
        yield Finding(
            "Extensions", "wrong", f"not to be had: {', '.join(missing)}", "Install postgresql-contrib on the server."
        )
    else:
        yield Finding("Extensions", "right", ", ".join(health.extensions()))


def _migrations() -> Iterator[Finding]:
    from moothall.core import health

    waiting = health.pending_migrations()
    if waiting:
        yield Finding("Migrations", "wrong", f"{len(waiting)} waiting, from {waiting[0]}", "Run moothall migrate.")
    else:
        yield Finding("Migrations", "right", "all applied")


def _pack() -> Iterator[Finding]:
    from moothall.core import health

    if health.pending_migrations():
        return
    applied = health.pack_applied()
    if applied is None:
        yield Finding("Council pack", "wrong", "none applied", "Run moothall pack apply NAME.")
    elif why := health.pack_outdated():
        yield Finding("Council pack", "wrong", why, f"Run moothall pack apply {applied[0]}.")
    else:
        yield Finding("Council pack", "right", f"{applied[0]}, applied {applied[1]:%-d %B %Y}")


def _others() -> Iterator[Finding]:
    """Whether those the pack sends work to by itself can be reached from here."""
    from moothall.core import health
    from moothall.core.packs import NoPack, current_pack
    from moothall.partners.adapters.registry import is_reached
    from moothall.partners.pack import PARTNERS
    from moothall.repairs.adapters.registry import contract_of
    from moothall.repairs.pack import CONTRACTORS

    if health.pending_migrations() or health.pack_outdated():
        return
    try:
        pack = current_pack()
    except NoPack:
        return
    partners = [one for one in pack.of(PARTNERS).values() if one.sends != "by_hand"]
    contractors = [one for one in pack.of(CONTRACTORS).values() if one.sends != "by_hand"]
    task = "Until then each of theirs is a task for a person."
    yield from _reached(
        "Partners", [one.name for one in partners if not is_reached(one)], len(partners),
        f"Set MOOTHALL_PARTNERS to code=https://…/open311/v2, separated by commas. {task}",
    )  # fmt: skip
    yield from _reached(
        "Contractors", [one.name for one in contractors if contract_of(one) is None], len(contractors),
        f"Set MOOTHALL_CONTRACTORS to code=https://…, separated by commas. {task}",
    )  # fmt: skip


def _reached(what: str, without: list[str], every: int, do: str) -> Iterator[Finding]:
    if without:
        yield Finding(what, "lacking", f"no address for {', '.join(without)}", do)
    elif every:
        yield Finding(what, "right", f"{every} can be reached")


def _jobs() -> Iterator[Finding]:
    from moothall.core import health

    if health.pending_migrations():
        return
    workers = health.workers()
    if workers.alive:
        yield Finding("Workers", "right", f"{workers.alive} alive, heard {workers.newest_seconds} seconds ago")
    else:
        yield Finding("Workers", "wrong", "none alive; messages and promises wait", "Run moothall work.")
    given_up = sum(line.count for line in health.jobs() if line.state == "given up")
    if given_up:
        yield Finding("Jobs given up", "wrong", str(given_up), "See the console's job page, mend the cause, try again.")


def _locked() -> Iterator[Finding]:
    """Whether everything that is locked opens, and with the newest key."""
    from moothall.core import health, vault

    if health.pending_migrations():
        return
    found = vault.columns()
    lost, stale = sum(one.lost for one in found), sum(one.older + one.plain for one in found)
    if lost:
        yield Finding(
            "Locked texts", "wrong", f"{lost:,} open with no key", "Put their key back in MOOTHALL_DATA_KEYS."
        )
    elif stale:
        said = f"{stale:,} are not under the newest key"
        yield Finding("Locked texts", "lacking", said, "Run moothall keys --lock-again.")
    else:
        yield Finding("Locked texts", "right", f"{sum(one.newest for one in found):,} under the newest key")
