"""The store of answers: apart from who gave them, read only as sums."""

from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.people import person_providers
from moothall.customers.monitoring.actions import answer_freely, take_back
from moothall.customers.monitoring.models import MonitoringAnswer
from moothall.customers.monitoring.queries import NotYet, has_answered, quarters, sums

pytestmark = pytest.mark.django_db
OFFICER = Actor(ActorKind.STAFF, permissions=frozenset({"equality.view"}))
IN_MARCH, IN_APRIL = date(2026, 3, 2), date(2026, 4, 2)


@pytest.fixture(autouse=True)
def pack(council):
    """The demo council's pack, applied."""
    return council


def test_answers_stand_under_a_pseudonym_and_nothing_else_says_who():
    who = uuid4()
    assert (
        answer_freely(who, {"sex": ["female"], "age": ["65-74"], "nonsense": ["x"], "religion": ["x"]}, on=IN_MARCH)
        == 2
    )
    row = MonitoringAnswer.objects.order_by("question").first()
    assert row is not None
    assert str(who) not in repr([vars(one) for one in MonitoringAnswer.objects.all()])
    model = apps.get_model("customer_monitoring", "MonitoringAnswer")
    assert not [field for field in model._meta.get_fields() if field.is_relation]
    assert {field.name for field in model._meta.get_fields()} == {"id", "pseudonym", "question", "answer", "quarter"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE customer_id = %s OR name LIKE '%%equality%%'", [who])
        assert cursor.fetchone()[0] == 0


def test_nothing_beside_the_pseudonym_says_when_it_was_told():
    answer_freely(uuid4(), {"sex": ["female"]}, on=IN_MARCH)
    assert {row.id.version for row in MonitoringAnswer.objects.all()} == {4}  # version 7 would hold the millisecond


def test_answering_again_replaces_and_can_be_taken_back():
    who = uuid4()
    answer_freely(who, {"sex": ["female"]}, on=IN_MARCH)
    answer_freely(who, {"sex": ["not-said"]}, on=IN_MARCH)
    assert [row.answer for row in MonitoringAnswer.objects.all()] == ["not-said"]
    assert has_answered(who)
    assert take_back(who) == 1
    assert not has_answered(who)


def test_only_sums_of_a_whole_quarter_that_is_over_come_out():
    for number in range(23):
        answer_freely(uuid4(), {"sex": ["male" if number < 3 else "female"]}, on=IN_MARCH)
    with pytest.raises(Refused):
        sums("2026-Q1", visible_to=Actor(ActorKind.STAFF), today=IN_APRIL)
    for wrong in ("2026-Q1", "2026-03", "", "2026-Q2"):
        with pytest.raises(NotYet):
            sums(wrong, visible_to=OFFICER, today=IN_MARCH)
    found = {one.code: one for one in sums("2026-Q1", visible_to=OFFICER, today=IN_APRIL)}
    assert dict(found["sex"].rows) == {"Female": None, "Male": None, "Prefer not to say": 0}
    assert found["sex"].total == 25
    assert quarters(visible_to=OFFICER, today=IN_APRIL) == ["2026-Q1"]
    assert quarters(visible_to=OFFICER, today=IN_MARCH) == []


def test_a_later_answer_leaves_the_figures_of_a_quarter_that_was_told():
    people = [uuid4() for _ in range(12)]
    for one in people:
        answer_freely(one, {"sex": ["female"]}, on=IN_MARCH)
    before = sums("2026-Q1", visible_to=OFFICER, today=IN_APRIL)
    answer_freely(people[0], {"sex": ["male"]}, on=IN_APRIL)
    assert sums("2026-Q1", visible_to=OFFICER, today=IN_APRIL) == before


def test_the_single_view_and_the_copy_tell_no_answer_and_erasure_takes_them_out(clock):
    who = uuid4()
    answer_freely(who, {"religion": ["muslim"]}, on=IN_MARCH)
    room = next(one for one in person_providers() if one.room == "monitoring")
    assert room.timeline([who], SYSTEM, 10, None) == []
    assert "muslim" not in repr(room.export(who))
    room.erase(who, SYSTEM, clock.now())
    assert not MonitoringAnswer.objects.exists()
