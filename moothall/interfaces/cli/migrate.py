"""`moothall migrate`: brings the database to the shape this version needs."""

from __future__ import annotations

import sys

import click

from moothall.interfaces.cli.support import NO, answer, json_option, with_database


@click.command(name="migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when something is waiting.")
@json_option
@with_database
def command(check: bool, as_json: bool) -> None:
    """Bring the database to the shape this version needs; the version that is running keeps working meanwhile.

    Two at once are safe: the second waits for the first. A council pack that this version cannot read any more is told,
    with what to do, before anybody meets it; the exit code is 1 then.
    """
    waiting = pending()
    if waiting and not check:
        apply()
    outdated = "" if waiting and check else _outdated()
    told = {"waiting" if check else "applied": waiting, "pack_outdated": outdated or None}
    answer(
        told,
        as_json=as_json,
        words=lambda: "\n".join([_words(waiting, done=not check), *([outdated] if outdated else [])]),
    )
    sys.exit(NO if outdated or (check and waiting) else 0)


def _outdated() -> str:
    from moothall.core import health

    return health.pack_outdated()


def pending() -> list[str]:
    """The migrations that have not been applied, in order, as room.name."""
    from moothall.core import health

    return health.pending_migrations()


def apply() -> None:
    """Apply what is waiting; one process at a time."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('moothall.migrate'))")
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('moothall.migrate'))")


def _words(waiting: list[str], *, done: bool) -> str:
    if not waiting:
        return "The database is up to date."
    title = "Applied:" if done else "Waiting:"
    return "\n".join([title, *(f"  {name}" for name in waiting)])
