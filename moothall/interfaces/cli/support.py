"""What commands share: Django made ready, the database reached, answers printed, long work shown."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")

NO = 1
"""The exit code of "the answer is no" and of work that failed."""

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document, for scripts.")


def ready() -> None:
    """Set Django up. Problems in the environment end the command with a clear message."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        fail(str(wrong))


def settings_ready() -> None:
    """Read the settings and no more: for a command that only starts other processes. Ends as `ready` does."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")
    try:
        _ = settings.MODE
    except ImproperlyConfigured as wrong:
        fail(str(wrong))


@contextmanager
def database() -> Iterator[str]:
    """The database, reachable: the one of DATABASE_URL, else the embedded one in MOOTHALL_DATA, started or joined.

    Yields its address; leaves the embedded server at the end (the last to leave stops it).
    """
    ready()
    from django.conf import settings
    from django.db import DatabaseError, connections

    from moothall.core.postgres import Cluster, ClusterError, NoPostgres

    if not settings.EMBEDDED_DATABASE:
        try:
            yield settings.DATABASE_URL
        except DatabaseError as wrong:
            fail(_unusable(wrong))
        finally:
            close_connections()
        return
    cluster = Cluster(settings.DATA_DIR)
    try:
        address = cluster.start()
    except (ClusterError, NoPostgres) as wrong:
        fail(str(wrong))
    try:
        yield address
    except DatabaseError as wrong:
        fail(_unusable(wrong))
    finally:
        close_connections()
        connections.close_all()
        cluster.stop()


_WHICH = " MOOTHALL_DATA names the folder of a running product (bin/run --data)."


def check_ready() -> None:
    """End the command, saying what to do, where the database has not the shape of this version. Needs `database()`."""
    from django.conf import settings

    from moothall.core import health

    if health.pending_migrations():
        hint = _WHICH if settings.EMBEDDED_DATABASE else ""
        fail(f"The database is not ready for this version. First: moothall migrate.{hint}")


def _unusable(wrong: Exception) -> str:
    """What to do about a database that is not there or has not been set up; anything else is our mistake and is raised."""
    from django.conf import settings
    from django.db import OperationalError, ProgrammingError

    where = "DATABASE_URL" if not settings.EMBEDDED_DATABASE else f"{settings.DATA_DIR}"
    if isinstance(wrong, OperationalError):
        return f"The database of {where} cannot be reached: {str(wrong).partition(chr(10))[0]}"
    if isinstance(wrong, ProgrammingError) and getattr(wrong.__cause__, "sqlstate", "") == "42P01":
        hint = _WHICH if settings.EMBEDDED_DATABASE else ""
        return f"Nothing has been set up in {where} yet: run `moothall migrate` or bin/run first.{hint}"
    raise wrong


def close_connections() -> None:
    """Close this process's connections, pools included."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


def with_django(function: Callable[P, R]) -> Callable[P, R]:
    """A command that needs Django, but no database."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        ready()
        return function(*args, **kwargs)

    return wrapped


def with_database(function: Callable[P, R]) -> Callable[P, R]:
    """A command that needs the database; see `database()`."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with database():
            return function(*args, **kwargs)

    return wrapped


def answer(value: Any, *, as_json: bool, words: str | Callable[[], str]) -> None:
    """Print an answer: `value` as JSON when asked for, else the words."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(words if isinstance(words, str) else words())


def say(words: str) -> None:
    """Print what goes on, at once: whoever reads our output through a pipe sees it too."""
    click.echo(words)
    sys.stdout.flush()


def fail(message: str, code: int = NO) -> NoReturn:
    """Say on standard error what is wrong, and end with the exit code."""
    click.echo(message, err=True)
    sys.exit(code)


@contextmanager
def progress(title: str, total: int | None, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; yields a function that says how many more are done.

    Nothing is drawn when `shown` is false (as with --json) or standard error is not a terminal.
    """
    if not shown or not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda more: bar.advance(task, more)


def die_with_parent() -> None:
    """End this process as SIGTERM would when standard input ends: whoever started us with a pipe is gone."""
    import signal
    import threading

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
