"""Log lines: structured, with the request's id, and without anything about people.

Only what is listed here is written; a line's arguments are never interpolated from a request's body or query.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

FIELDS = ("request_id", "method", "route", "status", "ms", "job", "job_id", "queue", "subject")
"""What a line may carry beside its message: codes, ids, templates of paths and numbers."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON: time, level, logger, message and the allowed fields."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {field: getattr(record, field) for field in FIELDS if getattr(record, field, None) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _where(record)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """The same, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line of words."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        extras = [f"{field}={getattr(record, field)}" for field in FIELDS if getattr(record, field, None) is not None]
        words = " ".join([at, record.levelname.lower(), record.name, record.getMessage(), *extras])
        if record.exc_info and record.exc_info[0] is not None:
            words += "\n  " + "\n  ".join(_where(record)["at"]) + f"\n  {_where(record)['type']}"
        return words


def _where(record: logging.LogRecord) -> dict[str, Any]:
    """An exception's type and places, never its text: that may quote what someone typed."""
    assert record.exc_info is not None  # noqa: S101 - the callers have looked
    kind, _, trace = record.exc_info
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return {"type": kind.__name__ if kind else "", "at": places[-12:]}


def logging_for(*, style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, in the style asked for."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}, "plain": {"()": PlainLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Its lines carry full paths; ours (moothall.web) carry the route's template instead.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.csrf": {"level": "CRITICAL"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
