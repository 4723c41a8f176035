"""What a representation covers, and when."""

from datetime import date

import pytest

from moothall.customers.representation.rules import covers, months_later, stands


@pytest.mark.parametrize(
    ("areas", "services", "covered"),
    [
        ([], [], True),
        (["waste"], [], True),
        (["benefits"], [], False),
        ([], ["missed-bin"], True),
        ([], ["new-bin"], False),
        (["benefits"], ["missed-bin"], True),
    ],
)
def test_scope(areas, services, covered):
    assert covers(areas, services, area="waste", service="missed-bin") is covered


def test_it_stands_from_its_first_to_its_last_day():
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    days = [date(2026, 2, 28), first, last, date(2026, 4, 1)]
    assert [stands(first, last, ended=False, on=day) for day in days] == [False, True, True, False]
    assert not stands(first, None, ended=True, on=first)
    assert stands(first, None, ended=False, on=date(2040, 1, 1))


def test_months_end_on_the_last_day_there_is():
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 3, 2), 24) == date(2028, 3, 2)
