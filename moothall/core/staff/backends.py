"""Who a session belongs to: Django's sign-in by password, with the account read by one prepared statement."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from moothall.core.models import Staff
from moothall.core.rows import prepared_cursor


class ByPassword(ModelBackend):
    """Django's own backend but for the reading of who is signed in, which every request does."""

    def get_user(self, user_id: Any) -> Staff | None:
        """Return the account, or None where there is none or it is closed."""
        attributes, sql = _reading()
        with prepared_cursor() as cursor:
            cursor.execute(sql, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        staff = Staff.from_db(connection.alias, attributes, row)
        return staff if self.user_can_authenticate(staff) else None


@cache
def _reading() -> tuple[list[str], str]:
    columns = Staff._meta.concrete_fields
    named = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    table = connection.ops.quote_name(Staff._meta.db_table)
    return [field.attname for field in columns], f"SELECT {named} FROM {table} WHERE id = %s"  # noqa: S608  our own names
