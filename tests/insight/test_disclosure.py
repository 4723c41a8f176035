from hypothesis import given
from hypothesis import strategies as st

from moothall.insight.disclosure import LEAST, hidden

tables = st.dictionaries(st.integers(0, 12), st.integers(0, 60), max_size=12)


@given(tables)
def test_no_count_under_five_is_shown(table):
    unseen = hidden(table)
    assert all(count == 0 or count >= LEAST for key, count in table.items() if key not in unseen)


@given(tables)
def test_what_is_hidden_cannot_be_had_by_taking_what_is_shown_from_the_total(table):
    """With the total public, the hidden cells' sum is known: it must be at least five and spread over two or more."""
    unseen = hidden(table)
    if unseen and any(count > 0 for key, count in table.items() if key not in unseen):
        assert len(unseen) >= 2
        assert sum(table[key] for key in unseen) >= LEAST


@given(tables)
def test_nothing_is_hidden_where_nothing_is_small(table):
    assert bool(hidden(table)) == any(0 < count < LEAST for count in table.values())
