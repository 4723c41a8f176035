"""What the tests of the desk read a page with: its words, and the queries it cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@dataclass
class Counted:
    """How many statements ran, and which."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many there were."""
        return len(self.statements)

    @property
    def kinds(self) -> list[str]:
        """What each asked, without its values: what differs between two counts."""
        return sorted(statement.partition(" (")[0][:90] for statement in self.statements)


@contextmanager
def counting() -> Iterator[Counted]:
    """Count the statements of a block."""
    counted = Counted()
    with CaptureQueriesContext(connection) as seen:
        yield counted
    # Once a second (the pack) and once a minute (the session) a request asks or writes one more: that is not the screen's.
    aside = ("SAVEPOINT", "RELEASE", 'SELECT "core_packversion"', 'UPDATE "django_session"')
    counted.statements = [query["sql"] for query in seen.captured_queries if not query["sql"].startswith(aside)]
