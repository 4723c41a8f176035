"""Sessions kept in the database as Django keeps them, read by one prepared statement: each request of somebody who is
signed in asks for theirs."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db

from moothall.core.clock import machine_now
from moothall.core.rows import prepared_cursor

_READ: Final = (
    "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"
)


class SessionStore(db.SessionStore):
    """Django's own store but for the reading."""

    def _get_session_from_db(self) -> Any:
        with prepared_cursor() as cursor:
            cursor.execute(_READ, [self.session_key, machine_now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return self.model(session_key=row[0], session_data=row[1], expire_date=row[2])
