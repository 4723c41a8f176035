from datetime import date

import pytest

from moothall.insight.queries import Figure
from moothall.insight.standards import in_100, line_of, share


def figure(month, count, of):
    return Figure(date(2026, month, 1), "promise", "missed-bin", "*", "*", "complete", count, of, 0)


@pytest.mark.parametrize(("kept", "of", "shown"), [(0, 0, None), (3, 4, None), (4, 5, 80), (94, 100, 94), (0, 7, 0)])
def test_a_share_is_shown_from_five_on(kept, of, shown):
    assert in_100(share(kept, of)) == shown


def test_a_month_below_its_ordinary_range_is_a_dip_and_a_small_month_never_is():
    line = line_of(
        [*(figure(m, 190, 200) for m in range(1, 10)), figure(10, 150, 200), figure(11, 2, 4)],
        date(2026, 1, 1),
        date(2026, 12, 1),
    )
    assert [m.month.month for m in line.dips] == [10]
    november, december = line.months[10], line.months[11]
    assert november.share.suppressed
    assert (december.share.of, december.share.per_cent, december.lower) == (0, None, None)


def test_the_average_is_of_promises_not_of_months():
    line = line_of([figure(1, 0, 10), figure(2, 90, 90)], date(2026, 1, 1), date(2026, 2, 1))
    assert line.average == 90.0
