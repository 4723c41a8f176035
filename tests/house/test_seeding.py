"""The benchmarks' SQL makes the same references as the product, so that none it makes later is taken."""

import pytest
from django.db import connection

from benchmarks._council import FUNCTIONS
from moothall.core.references import SPACE, reference_of


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 22, 23, 1_000_000, 3_000_000_000])
def test_a_seeded_reference_is_the_one_of_its_number(number):
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute("SELECT bench_reference(%s)", [number])
        assert cursor.fetchone()[0] == reference_of(SPACE - 1 - number)
