"""An officer blurs a number plate by keyboard alone and shows the photo; the pages look right, narrow and wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.partners.actions import import_directory
from moothall.reports.models import Photo
from tests.browser import keys, looks_right
from tests.interfaces.desk.conftest import Officer, officer, sits_at
from tests.partners.test_directory import entry
from tests.reports.conftest import report, town
from tests.reports.test_photo_review import photo

__all__ = ["officer", "photo", "report", "sits_at", "town"]
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_blurred_by_keyboard_and_shown(
    report: Callable[..., Case], photo: Callable[[Case], UUID], officer: Callable[..., Officer],
    sits_at: Callable[[Officer, Page], None], page: Page, clock: Any,
) -> None:  # fmt: skip
    one = photo(report())
    import_directory([entry("Lunch club")], source="town", by=SYSTEM, at=clock.now())
    sits_at(officer("adviser"), page)
    page.goto("/desk/photos/")
    expect(page.get_by_role("heading", name="Photos to look at")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Pothole").click()
    expect(page.get_by_role("button", name="Blur something")).to_be_visible()
    looks_right(page)
    keys(page, "b", "ArrowRight", "ArrowDown", "Shift+ArrowLeft")
    expect(page.get_by_text("1 part will be blurred.")).to_be_visible()
    page.get_by_role("button", name="Show it to everyone").click()
    expect(page.get_by_text("No photo waits")).to_be_visible()
    row = Photo.objects.get(document_id=one)
    assert (row.state, row.blurred) == ("published", [[410, 410, 190, 200]])
    for path, heading in (("/help", "Help from others"), ("/desk/help/", "Help from others")):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        looks_right(page)
