"""Half-written words are kept as they are typed, for the one who typed them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moothall.core.actors import Actor, ActorKind
from moothall.core.ids import new_id
from moothall.intake.draft_actions import drop_draft, drop_old_drafts, keep_draft
from moothall.intake.draft_queries import draft, drafts
from tests.conftest import MovableClock

ADVISER = Actor(kind=ActorKind.STAFF, id=new_id(), name="Priya Shah")


@pytest.mark.django_db
def test_what_was_typed_comes_back_word_for_word(clock: MovableClock, django_assert_num_queries) -> None:
    keep_draft("matter:1", [("missed_on-day", ["31"]), ("missed_on-month", [""])], by=ADVISER, at=clock.now())
    clock.advance(seconds=30)
    keep_draft(
        "matter:1",
        [("missed_on-day", ["31"]), ("missed_on-month", ["2"]), ("bin", ["a", "b"])],
        by=ADVISER,
        at=clock.now(),
    )
    with django_assert_num_queries(1):
        kept = drafts(["matter:1", "matter:2"], visible_to=ADVISER)
    assert kept["matter:1"].fields == {"missed_on-day": ["31"], "missed_on-month": ["2"], "bin": ["a", "b"]}
    assert kept["matter:1"].kept_at == clock.now()
    assert kept["matter:1"].several("bin") == ("a", "b")
    assert not kept["matter:2"]


@pytest.mark.django_db
def test_nobody_sees_a_colleagues_draft(clock: MovableClock) -> None:
    keep_draft("case:1:note", [("text", ["She sounded worried"])], by=ADVISER, at=clock.now())
    assert draft("case:1:note", visible_to=replace(ADVISER, id=new_id())).kept_at is None


@pytest.mark.django_db
def test_secrets_and_endless_text_are_not_kept(clock: MovableClock) -> None:
    posted = [("csrfmiddlewaretoken", ["x"]), ("password", ["x"]), ("text", ["a\x00b" + "c" * 50_000])]
    keep_draft("k", posted, by=ADVISER, at=clock.now())
    kept = draft("k", visible_to=ADVISER)
    assert set(kept.fields) == {"text"}
    assert kept.first("text").startswith("abc")
    assert len(kept.first("text")) == 20_000


@pytest.mark.django_db
def test_a_draft_is_gone_once_sent_or_after_a_week(clock: MovableClock) -> None:
    keep_draft("old", [("text", ["a"])], by=ADVISER, at=clock.now())
    keep_draft("sent", [("text", ["a"])], by=ADVISER, at=clock.now())
    drop_draft("sent", by=ADVISER)
    assert draft("sent", visible_to=ADVISER).kept_at is None
    assert drop_old_drafts(clock.now() + timedelta(days=6)) == 0
    assert drop_old_drafts(clock.now() + timedelta(days=8)) == 1
