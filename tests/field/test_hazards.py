"""What is dangerous about every job of its kind stands on the job; what is so about this one marks its card too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.customers.actions import add_warning, create_customer
from moothall.field.models import Job
from moothall.field.queries.device import feed

pytestmark = pytest.mark.django_db


def test_only_what_is_so_of_this_job_marks_its_card(
    raised: Callable[..., Job], given: Callable[..., Job], phone: Callable[..., Any], clock: Any
) -> None:
    carried = phone()
    plain, warned = given(raised(danger="yes")), given(raised(at=(53.81, -1.56), danger="yes"))
    owner = create_customer(given_name="Sam", family_name="Ash", uprn=72001, by=SYSTEM, at=clock.now())
    add_warning(customer_id=owner.id, code="do-not-visit-alone", by=SYSTEM, at=clock.now())
    Case.objects.filter(id=warned.case_id).update(customer_id=owner.id)
    Job.objects.filter(id=warned.id).update(uprn=72001)
    shown = {one["id"]: one for one in feed(carried.device.id, at=clock.now())["jobs"]}
    assert shown[str(plain.id)]["hazards"], "live traffic: on the job, of every hole in a road"
    assert not shown[str(plain.id)]["warned"]
    assert shown[str(warned.id)]["warned"]
    assert len(shown[str(warned.id)]["hazards"]) == len(shown[str(plain.id)]["hazards"]) + 1
