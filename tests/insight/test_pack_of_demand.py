"""What a council that has counted nothing yet goes by."""

from moothall.core.packs import load_pack
from moothall.insight.pack import expected_on_web


def test_the_missed_bin_is_expected_before_all_else() -> None:
    expected = expected_on_web(load_pack("common"))
    assert max(expected, key=lambda code: expected[code]) == "missed-bin"
    assert all(share >= 0 for share in expected.values())
