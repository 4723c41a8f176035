"""Officers look at each photo: shown, shown blurred, or kept back with a reason; nothing unlooked-at is ever public."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.documents import actions as documents
from moothall.documents.pictures import blur
from moothall.reports.actions import CannotReview, mark_photos, review_photo
from moothall.reports.models import Photo
from tests.interfaces.desk.conftest import Officer, officer
from tests.reports.conftest import report, town

__all__ = ["officer", "report", "town"]


def a_photo() -> bytes:
    """Left half black, right half a fine pattern that a plate or a face would be lost in."""
    picture = Image.new("RGB", (400, 300), "black")
    picture.paste(Image.effect_noise((200, 300), 90).convert("RGB"), (200, 0))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=95)
    return held.getvalue()


def spread(content: bytes, box: tuple[int, int, int, int]) -> float:
    """How much neighbouring pixels differ: what could be read."""
    grey = Image.open(io.BytesIO(content)).convert("L").crop(box)
    held, width = grey.tobytes(), grey.width
    return sum(abs(held[n] - held[n + 1]) for n in range(len(held) - 1) if (n + 1) % width) / len(held)


@pytest.fixture
def photo(report: Callable[..., Case], settings: Any, tmp_path: Any, clock: Any) -> Callable[[Case], UUID]:
    settings.MEDIA_ROOT = tmp_path

    def attach(case: Case) -> UUID:
        dialogue = uuid4()
        kept = documents.keep_upload(
            name="hole.jpg", content=a_photo(), photo=True, dialogue_id=dialogue, question="photo", most=3, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
        documents.give_to_case(dialogue, case_id=case.id, customer_id=None, documents=[kept.id])
        mark_photos(case.id, at=clock.now())
        return kept.id

    return attach


@given(
    st.lists(st.tuples(st.integers(0, 990), st.integers(0, 990), st.integers(1, 10), st.integers(1, 10)), max_size=3),
)
def test_any_rectangle_within_a_photo_can_be_blurred(rectangles: list[tuple[int, int, int, int]]) -> None:
    picture = Image.new("RGB", (7, 5), "red")
    held = io.BytesIO()
    picture.save(held, "JPEG")
    assert Image.open(io.BytesIO(blur(held.getvalue(), rectangles))).size == (7, 5)


def test_what_is_blurred_cannot_be_read_and_the_rest_stays() -> None:
    before = a_photo()
    after = blur(before, [[500, 0, 500, 500]])
    inside, below = (210, 10, 390, 140), (210, 170, 390, 290)
    assert spread(after, inside) < spread(before, inside) / 20
    assert spread(after, below) == pytest.approx(spread(before, below), rel=0.2)


@pytest.mark.django_db
def test_an_officer_shows_blurs_or_keeps_back_and_everyone_sees_just_that(
    report: Callable[..., Case],
    photo: Callable[[Case], UUID],
    officer: Callable[..., Officer],
    client: Client,
    clock: Any,
) -> None:
    case = report()
    one, other = photo(case), photo(case)
    page = f"/reports/{show_reference(case.reference)}"
    desk = officer("adviser").client
    assert client.get(f"{page}/photos/{one}.jpg").status_code == 404
    assert client.get(f"/desk/photos/{one}.jpg").status_code == 302, "nobody without a sign-in"
    assert desk.get("/desk/photos/").content.decode().count("/desk/photos/") >= 4
    assert len(desk.get(f"/desk/photos/{one}.jpg?small=1").content) < len(desk.get(f"/desk/photos/{one}.jpg").content)
    assert desk.get(f"/desk/photos/{uuid4()}").status_code == 404

    refused = desk.post(f"/desk/photos/{one}", {"do": "refuse", "reason": ""})
    assert refused.status_code == 400
    assert "Choose why" in refused.content.decode()
    for wrong in ("1,2", "a,b,c,d", "900,0,200,100", ";".join(["1,1,1,1"] * 21), "0,0,0,0"):
        assert desk.post(f"/desk/photos/{one}", {"do": "show", "blur": wrong}).status_code == 400, wrong
    assert Photo.objects.get(document_id=one).state == "waiting"

    answer = desk.post(f"/desk/photos/{one}", {"do": "show", "blur": "500,0,500,1000"})
    assert answer["Location"] == f"/desk/photos/{other}", "on to the next"
    shown = client.get(f"{page}/photos/{one}.jpg").content
    assert spread(shown, (210, 10, 390, 290)) < spread(a_photo(), (210, 10, 390, 290)) / 20
    assert not Image.open(io.BytesIO(shown)).getexif()
    answer = desk.post(f"/desk/photos/{other}", {"do": "refuse", "reason": "face"})
    assert answer["Location"] == "/desk/photos/"
    assert client.get(f"{page}/photos/{other}.jpg").status_code == 404
    assert client.get(page).content.decode().count('class="report-photo"') == 1
    assert "No photo waits" in desk.get("/desk/photos/").content.decode()

    with pytest.raises(CannotReview):
        review_photo(one, case_id=case.id, publish=False, reason="because", by=SYSTEM, at=clock.now())
    assert officer("performance-officer", name="Ann Lee").client.get("/desk/photos/").status_code == 403


@pytest.mark.django_db
def test_the_list_costs_the_same_however_many_wait(
    report: Callable[..., Case], photo: Callable[[Case], UUID], officer: Callable[..., Officer]
) -> None:
    case, desk, costs = report(), officer("adviser").client, []
    desk.get("/desk/photos/")  # what is read once per process is read
    for more in (1, 6):
        for _ in range(more):
            photo(case)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/desk/photos/").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
