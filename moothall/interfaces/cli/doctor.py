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

    Exits with 1 when something must be mended. The embedded database is looked at only while it runs.
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
    folder = next(parent for parent in [settings.DATA_DIR, *settings.DATA_DIR.parents] if parent.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB free at {folder}"
    yield (
        Finding("Disk", "right", said)
        if free > LEAST_DISK
        else Finding("Disk", "wrong", said, "Make room: 2 GB at least.")
    )


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
    checks: list[Callable[[], Iterator[Finding]]] = [_server, _migrations, _pack, _jobs]
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
    else:
        yield Finding("Council pack", "right", f"{applied[0]}, applied {applied[1]:%-d %B %Y}")


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
