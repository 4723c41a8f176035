from uuid import uuid4

import pytest

from moothall.core.actors import ANONYMOUS
from moothall.core.event_feed import events_of_case
from moothall.feedback.actions import About, BadRating, rate
from moothall.feedback.queries import rating_of_case


@pytest.mark.django_db
def test_a_case_rated_twice_keeps_one_rating_with_the_latest_words(clock):
    about = About(case_id=uuid4(), service="missed-bin")
    for score, why in (("poor", "It was late."), ("poor", "It was late."), ("good", "They came back.")):
        rate(about, score=score, why=why, channel="web", by=ANONYMOUS, at=clock.now())
    line = rating_of_case(about.case_id)
    assert (line.score, line.why) == ("good", "They came back.")
    assert [e.data["score"] for e in events_of_case(about.case_id)] == ["poor", "good"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("score", "why", "words"),
    [("", "", "Choose good"), ("superb", "", "Choose good"), ("good", "x" * 2001, "2,000 characters")],
)
def test_a_rating_that_cannot_be_taken_says_what_to_do(clock, score, why, words):
    with pytest.raises(BadRating, match=words):
        rate(About(page="/"), score=score, why=why, channel="web", by=ANONYMOUS, at=clock.now())
