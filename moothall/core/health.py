"""What this installation can say about its own state: for /readyz, /metrics, `moothall doctor` and the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from moothall.core import clock
from moothall.core.packs import NoPack, OutdatedPack, current_pack

ALIVE = 30.0
"""Seconds after its last sign of life in which a worker counts as alive."""


@dataclass(frozen=True)
class Workers:
    """The background workers: how many live, and how many seconds ago the newest sign of life was."""

    alive: int
    newest_seconds: float | None


@dataclass(frozen=True)
class Jobs:
    """Jobs of one queue in one state (waiting, running, given up); how long ago the first of them was due, in seconds."""

    queue: str
    state: str
    count: int
    oldest_seconds: float


def database_version() -> int:
    """The server's version as PostgreSQL numbers it: 150004 is 15.4."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


def extensions() -> dict[str, bool]:
    """The extensions Moothall stands on, and whether each can be had on this server."""
    wanted = ["pg_trgm", "unaccent", "btree_gist", "fuzzystrmatch"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [wanted])
        found = {name for (name,) in cursor.fetchall()}
    return {name: name in found for name in wanted}


def pending_migrations() -> list[str]:
    """The migrations not yet applied, in order, as room.name."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def pack_applied() -> tuple[str, datetime] | None:
    """The council whose pack is in force and since when; None before the first `pack apply`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT council, applied_at FROM core_packversion ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def pack_outdated() -> str:
    """Why this release cannot read the pack in force, and what to do; empty when it can, or when there is none."""
    try:
        current_pack()
    except OutdatedPack as wrong:
        return str(wrong)
    except NoPack:
        return ""
    return ""


def workers() -> Workers:
    """The workers' signs of life, which are on the machine's own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM core_heartbeat ORDER BY at DESC")
        beats = [at for (at,) in cursor.fetchall()]
    now = clock.machine_now()
    alive = sum(1 for at in beats if (now - at).total_seconds() < ALIVE)
    return Workers(alive=alive, newest_seconds=round((now - beats[0]).total_seconds(), 1) if beats else None)


def jobs() -> list[Jobs]:
    """How many jobs of each queue are in each state. Finished ones are deleted, so this table stays small."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue, CASE WHEN given_up_at IS NOT NULL THEN 'given up' WHEN claimed_by <> '' THEN 'running'"
            " ELSE 'waiting' END AS state, count(*), min(run_at) FROM core_job GROUP BY 1, 2 ORDER BY 1, 2"
        )
        rows = cursor.fetchall()
    now = clock.now()
    return [
        Jobs(queue, state, count, round(max(0.0, (now - due).total_seconds()), 1)) for queue, state, count, due in rows
    ]
