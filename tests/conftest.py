"""The ground tests stand on: a real PostgreSQL of our own, a movable clock, closed sockets, honest skips.

One server lives in `.moothall/test-postgres` of the checkout and is shared by every run of pytest there. The migrated
template database is kept by a digest of the migrations, so a run starts in well under a second; each run (and each
xdist worker) works in its own copy. DATABASE_URL points the suite at any other server.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from moothall.core.postgres import Cluster, ClusterError

SERVER_FOLDER = ROOT / ".moothall" / "test-postgres"
OWN_SERVER = "MOOTHALL_TEST_OWN_SERVER"

os.environ |= {"MOOTHALL_MODE": "test", "MOOTHALL_DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "moothall.config.settings"}
os.environ.setdefault("MOOTHALL_DATA", str(ROOT / ".moothall" / "test"))
os.environ.pop("MOOTHALL_CLOCK_FILE", None)
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = Cluster(SERVER_FOLDER, durable=False).url()  # started in pytest_configure
    os.environ[OWN_SERVER] = "1"

import django  # the environment must speak first

django.setup()  # here, so that any conftest below may import models

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# A machine that is doing ten other things is no fault of a rule: nothing here fails for being slow. Where a landing is
# judged, the same tree draws the same examples: it is not held up by what it did not change. By hand each run draws anew.
# The short run draws fewer; `--all` as many as are usual.
for profile, examples in (("house", 40), ("whole", 100)):
    hypothesis_settings.register_profile(
        profile, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples,
        derandomize=os.environ.get("CI") == "true",
    )  # fmt: skip
hypothesis_settings.load_profile("house")

pytest_plugins = ["tests.browser", "tests.tokens"]

ALLOWED_SKIPS = ROOT / "tests" / "allowed_skips.txt"
MOST_ROWS = 6
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Where the clock of a test stands until it moves it: a Monday at nine, in London too."""
_cluster: Cluster | None = None


# -- choosing tests -----------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("moothall")
    group.addoption("--all", action="store_true", dest="run_all", help="run the long tests too")
    group.addoption("--rows", default="", help="run only tests marked for these mission rows: D4,D5")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file is called by its argument, not by its bytes: those may hold a time, and all workers must name it alike."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays to the end: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    rows = {row.strip().upper() for row in config.getoption("--rows").split(",") if row.strip()}
    kept, left = [], []
    for item in items:
        claimed: set[str] = set()
        for mark in item.iter_markers("row"):
            claimed |= set(mark.args)
        if len(claimed) > MOST_ROWS:
            raise pytest.UsageError(f"{item.nodeid} claims {len(claimed)} rows; a test proves at most {MOST_ROWS}.")
        wanted = not rows or bool(rows & claimed)
        # Asking for rows or for the test itself is asking for the long ones among them.
        long = item.get_closest_marker("long") is not None
        if long and not (config.getoption("run_all") or rows or item.nodeid in config.args):
            wanted = False
        (kept if wanted else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


# -- honest skips -------------------------------------------------------------------------------------------------


def allowed_skips() -> dict[str, str]:
    """Test ids (or their beginnings) that may skip when CI is set, each with its reason."""
    lines = ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines() if ALLOWED_SKIPS.exists() else []
    pairs = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return {test.strip(): reason.strip() for test, _, reason in pairs}


def _refuse_skip(report: Any) -> None:
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("CI", "").lower() not in {"1", "true"}:
        return
    if any(report.nodeid.startswith(test) and reason for test, reason in allowed_skips().items()):
        return
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid} skipped where nothing may skip, and is not in tests/allowed_skips.txt: {why}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    outcome: Any = yield
    _refuse_skip(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    outcome: Any = yield
    _refuse_skip(outcome.get_result())


# -- the database -------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    global _cluster
    if config.getoption("run_all", False):
        hypothesis_settings.load_profile("whole")
    if config.option.help or hasattr(config, "workerinput") or OWN_SERVER not in os.environ:
        return
    _cluster = Cluster(SERVER_FOLDER, durable=False)
    try:
        _cluster.start()
    except ClusterError:  # it is not durable: a power cut may have spoilt it, and nothing in it is worth keeping
        _cluster.destroy()
        _cluster = Cluster(SERVER_FOLDER, durable=False)
        _cluster.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster is not None:
        _cluster.stop()


def _nights() -> dict[str, str]:
    """The scheduled jobs that have hours of their own, with their crons: what the council does at night, mostly."""
    from moothall.core.jobs import schedules

    return {name: cron for name, cron in sorted(schedules().items()) if cron.split()[1] != "*"}


def _seen_before() -> None:
    """Let the nights' jobs be known since the morning on which tests begin, as in any council that has run for a day. A
    schedule nobody has seen is due at once: each test that drains the queue would pass a night first."""
    from moothall.core.cron import next_time
    from moothall.core.models import Schedule

    Schedule.objects.bulk_create(
        Schedule(name=name, due_at=next_time(cron, MORNING)) for name, cron in _nights().items()
    )


def _template_name() -> str:
    """A name for the migrated database that changes whenever a migration or a night's job does."""
    digest = hashlib.sha256(repr((_nights(), MORNING)).encode())
    files = [*sorted(ROOT.glob("moothall/**/migrations/*.py")), ROOT / "requirements" / "runtime.txt"]
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return f"moothall_template_{digest.hexdigest()[:12]}"


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """A connection to the server's own database, from which others are made and dropped."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        yield connection


def _make_template(name: str) -> None:
    """Make and migrate the template unless it is there; only one process at a time does so."""
    from django.core.management import call_command
    from django.db import connection

    with _server() as server:
        server.execute("SELECT pg_advisory_lock(7461)")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        _sweep(server, keep=name)
        making = f"{name}_new"
        _drop(server, making)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
        _point_at(making)
        call_command("migrate", verbosity=0, interactive=False)
        _seen_before()
        connection.close()
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))


def _sweep(server: psycopg.Connection, *, keep: str) -> None:
    """Drop templates of older migrations and copies left by runs that died."""
    found = server.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^(moothall_template_|moothall_test_)'"
    ).fetchall()
    for (database,) in found:
        owner = database.removeprefix("moothall_test_").split("_")[0]
        if database.startswith("moothall_test_") and owner.isdigit() and Path(f"/proc/{owner}").exists():
            continue
        if database != keep:
            _drop(server, database)


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(template: str, name: str) -> None:
    with _server() as server:
        _drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def _point_at(name: str) -> None:
    from django.db import connection, connections

    connection.close()
    connections.databases["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Each worker's own copy of the migrated template; a transactional test gets a fresh copy after it."""
    from django.db import connection
    from django.test import TransactionTestCase

    from moothall.core import reference_numbers
    from moothall.core.packs import queries as pack_queries
    from moothall.customers.actions import record as customer_record

    template = _template_name()
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"moothall_test_{os.getpid()}_{worker}"
    reference_numbers.BLOCK = 100_000  # so that no test meets the end of one
    pack_queries.CHECK_EVERY = 3600.0  # nor a look for a newer pack in the middle of a counted screen
    with django_db_blocker.unblock():
        _make_template(template)
        _copy(template, name)
        _point_at(name)

    flush = TransactionTestCase._fixture_teardown

    def fresh_copy(self: TransactionTestCase) -> None:
        """Truncating cannot undo an append-only table nor bring back what migrations put there; copying can."""
        connection.close()
        _copy(template, name)
        _kept.clear()
        reference_numbers.forget()
        customer_record.forget()

    TransactionTestCase._fixture_teardown = fresh_copy
    yield
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        connection.close()
        with _server() as server:
            _drop(server, name)


@pytest.fixture
def database_address(transactional_db: None) -> str:
    """The address of this test's database, for processes it starts."""
    from django.db import connection

    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


# -- time ---------------------------------------------------------------------------------------------------------


class MovableClock:
    """The clock of one test: it stands still until the test moves it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        from moothall.core import clock

        return clock.now()

    def set(self, moment: datetime | str) -> datetime:
        """Stand at a moment: aware, or text like 2026-03-02T09:00 (London)."""
        from zoneinfo import ZoneInfo

        from moothall.core import clock

        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo("Europe/London"))
        return clock.set_to(moment)

    def advance(self, by: timedelta | None = None, **length: float) -> datetime:
        """Move on: `advance(hours=3)`."""
        from moothall.core import clock

        return clock.advance(by if by is not None else timedelta(**length))


@pytest.fixture
def clock(tmp_path: Path, settings: Any) -> MovableClock:
    """Time that stands at Monday 2 March 2026, 09:00, until the test moves it."""
    settings.CLOCK_FILE = tmp_path / "clock"
    movable = MovableClock(settings.CLOCK_FILE)
    movable.set(MORNING)
    return movable


# -- the council --------------------------------------------------------------------------------------------------


def pack_of(name: str) -> Any:
    """A pack read once per process."""
    from moothall.core.packs import load_pack

    if name not in _packs:
        _packs[name] = load_pack(name)
    return _packs[name]


_packs: dict[str, Any] = {}
_versions: dict[str, Any] = {}


def _nothing_waits() -> None:
    """A council in force is where tests begin: what hears of it has nothing to do yet, and no job of it is left to count."""
    from moothall.core.models import Job

    Job.objects.all().delete()


_kept: set[tuple[str, str]] = set()
"""Which packs lie ready in which database: a copy made after a transactional test has none."""


def _insert(version: Any) -> None:
    """Write an applied version from the copy of its content that lies ready in this database.

    A megabyte of JSON is read and packed once for a database and not once for each test: most of what a council cost.
    """
    from django.db import connection

    here = (connection.settings_dict["NAME"], version.sha256)
    if here not in _kept:
        _keep(version)
        _kept.add(here)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_packversion (id, number, council, sha256, content, applied_at, applied_by)"
            " SELECT %s, %s, %s, sha256, content, %s, %s FROM kept_for_tests.pack WHERE sha256 = %s",
            [version.id, version.number, version.council, version.applied_at, version.applied_by, version.sha256],
        )
        assert cursor.rowcount == 1


def _keep(version: Any) -> None:
    """Put a pack's content where it outlives a test: by a connection of its own, beside the test's transaction."""
    from django.db import connection
    from psycopg.types.json import Jsonb

    parts = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    with psycopg.connect(address) as beside:
        beside.execute("CREATE SCHEMA IF NOT EXISTS kept_for_tests")
        beside.execute("CREATE TABLE IF NOT EXISTS kept_for_tests.pack (sha256 text PRIMARY KEY, content jsonb)")
        beside.execute(
            "INSERT INTO kept_for_tests.pack VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [version.sha256, Jsonb(version.content)],
        )


def apply_once(name: str) -> None:
    """Apply a pack as `apply_pack` does; later tests of this process are given the same version again, so that what is
    read from it (it never changes) is read once and not in each test."""
    from django.db import transaction
    from django.db.models import Max

    from moothall.core import events
    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import queries
    from moothall.core.packs.actions import apply_pack
    from moothall.core.packs.models import PackVersion

    if name not in _versions:
        _versions[name] = apply_pack(pack_of(name), by=SYSTEM, at=now())[0]
        _nothing_waits()
        return
    version = _versions[name]
    version.applied_at = now()
    version.number = (PackVersion.objects.aggregate(most=Max("number"))["most"] or 0) + 1
    told = {"number": version.number, "council": version.council}
    said = events.Happening("pack.applied", "pack", version.id, occurred_at=version.applied_at, data=told)
    with transaction.atomic():
        _insert(version)
        events.record([said], by=SYSTEM)
    _nothing_waits()
    queries.forget()


@pytest.fixture
def council(db: None) -> Iterator[Any]:
    """The demo council's pack, applied in this test's database."""
    from moothall.core import reference_numbers
    from moothall.core.packs import queries
    from moothall.services import past

    queries.forget()
    past.forget()
    reference_numbers.next_reference()  # a block of references is taken now, not in the middle of a counted screen
    apply_once("leeds")
    yield queries.current_pack()
    queries.forget()
