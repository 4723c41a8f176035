"""Settings of the database, from its one address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from moothall.config.env import Env


def database_from(env: Env, url: str, *, pool: int) -> dict[str, Any]:
    """Return Django's description of the database at `url`, with at most `pool` connections kept (0: none)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        env.problem("DATABASE_URL", "should begin with postgresql://; Moothall runs on PostgreSQL only.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or options.pop("host", "")
    options.setdefault("application_name", "moothall")
    options.setdefault("connect_timeout", 10)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5, "max_idle": 120}
    by_pgbouncer = env.flag("MOOTHALL_PGBOUNCER", "The database is reached through pgbouncer in transaction mode.")
    if not by_pgbouncer:
        options["prepare_threshold"] = 1  # for the cursors of core.rows alone: Django's bind on our side
    port = ""
    try:
        port = str(parts.port or "")
    except ValueError:
        env.problem("DATABASE_URL", "has a port that is not a number.")
    return {
        "ENGINE": "moothall.core.postgres.backend",
        "NAME": unquote(parts.path.lstrip("/")) or "moothall",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # our backend looks itself, for less
        "DISABLE_SERVER_SIDE_CURSORS": by_pgbouncer,
    }
