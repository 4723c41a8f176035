"""The invented borough of each council: its history is of what the council does, and of nothing that another body does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from moothall.announcements.models import Announcement
from moothall.bookings.models import Booking
from moothall.cases.models import Case, Task
from moothall.contacts.models import Matter
from moothall.core.packs import Pack
from moothall.feedback.models import Rating
from moothall.insight.models import CaseFact, Explanation, MonthlyFigure, PromiseFact
from moothall.interfaces.cli.demo.loading import Loader
from moothall.payments.models import Intent
from moothall.promises.models import Promise
from tests.conftest import MovableClock, apply_once
from tests.councils.conftest import FIVE


@pytest.fixture
def council(request: pytest.FixtureRequest, db: None) -> Pack:
    """The pack named by the test's parameter, in force."""
    from moothall.core.packs import queries

    queries.forget()
    apply_once(request.param)
    return queries.current_pack()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("council", FIVE, indirect=True)
def test_nothing_of_another_body_is_in_the_history(council: Pack, clock: MovableClock, client: Client) -> None:
    clock.set("2026-11-18T10:30")
    loader = Loader.begin(council.name, residents=400, seed=7)
    loader.go(history=True, done=lambda _: None)
    theirs = sorted(code for code, one in council.services.items() if one.elsewhere)

    for model in (Case, Rating, Booking, CaseFact, Explanation, Intent):
        assert not model.objects.filter(service__in=theirs).exists(), model.__name__
    # That whoever comes to the wrong door is answered in time is a promise of ours; the work behind it is not.
    assert not Promise.objects.filter(service__in=theirs).exclude(subject_kind="contact").exists()
    assert not PromiseFact.objects.filter(service__in=theirs).exclude(case_id=None).exists()
    said = {code for codes in Announcement.objects.values_list("services", flat=True) for code in codes}
    assert said
    assert not said & set(theirs)
    # Who came to the wrong door was in touch with us all the same, and was promised an answer; no work.
    figures = MonthlyFigure.objects.filter(service__in=theirs)
    of_contacts = {"contact", "answer", "promise", "standard", "overdue", "explained"}
    assert not set(figures.values_list("measure", flat=True)) - of_contacts
    assert "complete" not in set(figures.filter(measure="promise").values_list("key", flat=True))

    rows: list[dict[str, Any]] = client.get("/performance/figures.json").json()["rows"]
    assert {row["service"] for row in rows} > {"*"}
    assert not {row["service"] for row in rows} & set(theirs)
    for code in theirs:
        page = client.get(f"/performance/{code}").content.decode()
        assert "does this, so there is no promise of ours to publish" in page
        assert "within" not in page.split("<h1>")[1].split("</h1>")[0]
        assert client.get(f"/performance/{code}.json").status_code == 404

    came = Matter.objects.filter(contact__imported=True, service__in=theirs)
    assert came.exists() == bool(theirs), "some ask the council for what another body does"
    assert not came.exclude(Q(outcome="signposted") & Q(case_id=None)).exists(), "and are told where to ask"

    # Everybody of the stories has something here, whatever this council does.
    assert Case.objects.filter(closed_at=None).exists()
    assert Task.objects.filter(kind="call_back", done_at=None).count() == 1
