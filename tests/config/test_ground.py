"""The database under the tests is real, ours, and as new for each test."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_with_the_extensions_we_stand_on():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000
        cursor.execute("SELECT extname FROM pg_extension")
        found = {name for (name,) in cursor.fetchall()}
    assert {"pg_trgm", "unaccent", "btree_gist", "fuzzystrmatch"} <= found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time_round", [1, 2])
def test_a_transactional_test_leaves_nothing_behind(time_round: int):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_behind')")
        assert cursor.fetchone()[0] is None
        cursor.execute("CREATE TABLE left_behind (n int)")
