"""A page of a feed is cut so that no delivery speaks of a record twice: nothing is lost, and the order stays."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from moothall.customers.linking.adapters.change_feed import _lots, _row
from moothall.customers.linking.pack import Column, Layout

LAYOUT = Layout(format="json", columns={"key": Column(names=("barcode",))})
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=14))
def test_no_part_of_a_page_speaks_of_a_record_twice(said: list[tuple[int, bool]]) -> None:
    entries = [
        {"at": NOW.isoformat(), "key": f"L{n}", "gone": True}
        if gone
        else {"at": NOW.isoformat(), "record": {"barcode": f"L{n}"}}
        for n, gone in said
    ]
    lots = list(_lots([_row(number, one, NOW) for number, one in enumerate(entries, 1)], LAYOUT))
    assert [row.number for lot in lots for row in lot.rows()] == list(range(1, len(said) + 1))
    for lot in lots:
        keys = [row.key or row.values["barcode"] for row in lot.rows()]
        assert len(set(keys)) == len(keys)
        assert lot.as_of == NOW
