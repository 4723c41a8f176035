"""Who does what is on the nation's list, as seen from each kind of council."""

import pytest

from moothall.services.nation import done_by, tier_of

METROPOLITAN, LONDON, UNITARY = "Metropolitan district", "London borough", "Unitary authority"
DISTRICT, COUNTY = "Non-metropolitan district", "County"


@pytest.mark.parametrize(
    ("tier", "kind", "who"),
    [
        ("county/unitary", METROPOLITAN, "us"),
        ("county/unitary", LONDON, "us"),
        ("district/unitary", UNITARY, "us"),
        ("county/unitary", DISTRICT, "county"),
        ("district/unitary", DISTRICT, "us"),
        ("all", DISTRICT, "us"),
        ("county/district/unitary", DISTRICT, "us"),
        ("district/unitary", COUNTY, "district"),
        ("county/unitary", "Non-metropolitan county", "us"),
        ("all", COUNTY, "us"),
        ("", METROPOLITAN, "unknown"),
        ("unitary", DISTRICT, "unknown"),
        ("county/unitary", "", "unknown"),
    ],
)
def test_who_does_it(tier: str, kind: str, who: str) -> None:
    assert done_by(tier, kind) == who


@pytest.mark.parametrize(
    ("text", "tier"),
    [("County/Unitary", "county/unitary"), ("unitary / district", "district/unitary"), ("", ""), ("parish", None)],
)
def test_a_tier_as_a_list_writes_it(text: str, tier: str | None) -> None:
    assert tier_of(text) == tier
