"""How often the service somebody writes about is among those suggested: measured on letters written without the catalogue."""

# ruff: noqa: E501 - a letter is one line

from __future__ import annotations

import pytest

from moothall.core.packs import Pack, load_pack
from moothall.intake.written.suggesting import suggest

LETTERS = (
    ("missed-bin", "Rubbish", "Good morning, our wheelie bin was put out last night and the lorry drove straight past. It is still full."),
    ("pothole", "Road", "There is a deep hole in Station Road by the bus stop. My son came off his bike there yesterday."),
    ("street-light", "Dark corner", "The lamp on the corner of our street has been out for a week. It is not safe to walk home."),
    ("blue-badge", "Parking for my mum", "Mum can hardly walk any more. How do we get one of the disabled badges for the car?"),
    ("council-tax-move", "We are moving", "We move out of our flat on the 3rd and into a house round the corner. What about the council tax?"),
    ("bulky-waste", "Old sofa", "We have an old sofa and a fridge to get rid of. Can somebody come and take them away?"),
    ("fly-tipping", "Dumped mattress", "Somebody has dumped mattresses and black bags in the lane behind our houses."),
    ("graffiti", "Paint on wall", "Some lads have sprayed paint all over the wall of the underpass, some of it is very rude."),
    ("noise", "Neighbour", "The man upstairs plays loud music until three in the morning, every weekend. Nobody can sleep."),
    ("school-admission", "A place at school", "My daughter turns four in spring. How do we apply for a place in reception?"),
    ("parking-permit", "Permit", "I need a resident's permit for my new car, the registration has changed."),
    ("apply-for-housing", "Nowhere to live", "Our landlord wants the flat back. How can we go on the list for a council house?"),
    ("dead-animal", "Fox", "There is a dead fox lying in the road outside number nine."),
    ("complaint", "Not happy", "I want to make a formal complaint about how I was spoken to by your staff."),
    ("new-bin", "Broken bin", "The lid of our bin is smashed and a wheel came off. Please can we have another?"),
)  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("leeds")


def test_the_right_service_is_mostly_among_those_suggested(pack: Pack) -> None:
    letters = [one for one in LETTERS if one[0] in pack.services]
    ranks = []
    for code, subject, text in letters:
        offered = [one.code for one in suggest(pack, subject, text).services]
        ranks.append(offered.index(code) + 1 if code in offered else 0)
    first, among = ranks.count(1) / len(ranks), sum(rank > 0 for rank in ranks) / len(ranks)
    assert len(ranks) >= 10
    assert among >= 0.8
    assert first >= 0.6


def test_where_nothing_fits_nothing_is_suggested(pack: Pack) -> None:
    for text in ("Happy birthday Brenda, see you on the river!", "", "asdf qwer zxcv"):
        assert suggest(pack, "", text).services == ()
