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

    Two at once are safe: the second waits for the first.
    """
    waiting = pending()
    if check:
        answer({"waiting": waiting}, as_json=as_json, words=lambda: _words(waiting, done=False))
        sys.exit(NO if waiting else 0)
    if waiting:
        apply()
    answer({"applied": waiting}, as_json=as_json, words=lambda: _words(waiting, done=True))


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
