"""A place in another council's area: whose it is is said on every way of giving it, and the report is sent on, never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.intake.desk_preview import preview
from moothall.intake.place import Where
from moothall.intake.whose import whose_job
from moothall.notifications.models import Message
from moothall.partners.actions import Heard, mark_sent, note_answer
from moothall.partners.models import Referral
from moothall.places.actions import AreaShape, import_shapes
from moothall.places.finding import beyond
from moothall.promises.models import Promise
from tests.interfaces.open311.conftest import key
from tests.interfaces.site.test_street import begun
from tests.reports.conftest import report, town

__all__ = ["key", "report", "town"]
pytestmark = [pytest.mark.django_db]
INSIDE, EDGE, NOWHERE = (53.8000, -1.5500), (53.8000, -1.5004), (53.8000, -1.4000)
NEXT_DOOR = (53.8000, -1.4950)


@pytest.fixture
def neighbour(town: None, council: Any) -> None:
    """The land of the council to the east; who sends to it is a partner of the pack."""
    corners = [[-1.5, 53.7], [-1.45, 53.7], [-1.45, 53.9], [-1.5, 53.9], [-1.5, 53.7]]
    land = {"type": "Polygon", "coordinates": [corners]}
    import_shapes([AreaShape("next", "Next borough", land, "council", "housing-association")], by=SYSTEM)


@pytest.mark.parametrize(
    ("point", "partner"),
    [
        (INSIDE, None),
        (EDGE, None),  # within the error of an outline: ours
        (NEXT_DOOR, "other-council"),
        (NOWHERE, "other-council"),
        ((0.0, 0.0), "other-council"),
        (None, None),
    ],
)
def test_a_point_in_none_of_our_wards_is_anothers(
    town: None, council: Any, point: tuple[float, float] | None, partner: str | None
) -> None:
    where = Where(latitude=point[0], longitude=point[1]) if point else Where()
    with CaptureQueriesContext(connection) as asked:
        found = whose_job(council.services["pothole"], {}, where, council)
    assert (found.partner.code if found else None) == partner
    assert len(asked) <= 6


def test_without_outlines_nothing_is_outside_and_a_hole_in_our_land_is(council: Any) -> None:
    assert not beyond(*NOWHERE, kind="ward")
    ring = [[-1.6, 53.7], [-1.5, 53.7], [-1.5, 53.9], [-1.6, 53.9], [-1.6, 53.7]]
    hole = [[-1.56, 53.79], [-1.54, 53.79], [-1.54, 53.81], [-1.56, 53.81], [-1.56, 53.79]]
    import_shapes([AreaShape("w1", "Armley", {"type": "Polygon", "coordinates": [ring, hole]})], by=SYSTEM)
    assert beyond(*INSIDE, kind="ward")
    assert not beyond(53.7899, -1.55, kind="ward"), "just within the ring that is ours"


def test_a_neighbour_whose_land_is_known_is_named(neighbour: None, council: Any) -> None:
    found = whose_job(council.services["pothole"], {}, Where(latitude=NEXT_DOOR[0], longitude=NEXT_DOOR[1]), council)
    assert found is not None
    assert found.partner.code == "housing-association"
    assert found.says == "This place is not in our area. It is looked after by the housing association."


def test_it_is_sent_on_the_customer_told_and_it_comes_back_if_it_is_ours_after_all(
    report: Callable[..., Case], clock: Any
) -> None:
    case = report(*NOWHERE, email="alma.dunn@example.org")
    assert case.status == "passed_on"
    row = Referral.objects.get(case_id=case.id)
    assert (row.partner, row.state) == ("other-council", "stuck"), "somebody finds out which, and passes it on"
    task = Task.objects.get(case_id=case.id)
    assert task.title.startswith("Pass this on to Another council: https://www.gov.uk/find-local-council")
    assert {one.kind for one in Promise.objects.filter(subject_id=case.id)} >= {"referral"}
    mark_sent(row.id, reference="BR-17", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    told = Message.objects.get(template="case-passed-on")
    assert "This place is not in our area" in told.body
    assert "BR" in told.body
    note_answer(row.id, Heard("refused", "The road is yours."), by=SYSTEM, at=clock.now())
    case.refresh_from_db()
    assert case.status == "checking"


def test_the_desk_hears_it_before_sending(town: None, council: Any, clock: Any) -> None:
    given = {"where": {"text": "By the mill", "latitude": NOWHERE[0], "longitude": NOWHERE[1]}}
    found = preview(council.services["pothole"], given, pack=council, at=clock.now())
    assert "This place is not in our area. It is looked after by another council." in " ".join(found.say)


def test_the_site_says_so_of_a_point_however_it_came(town: None, client: Client) -> None:
    here = begun(client)
    page = client.get(f"{here}?lat={NOWHERE[0]}&lon={NOWHERE[1]}").content.decode()  # the device, a photo, the map
    assert "Not in our area" in page
    assert "we send your report to them and tell you what they say" in page
    assert "https://www.gov.uk/find-local-council" in page
    assert "Find it by name" in page, "another place can be given"
    assert "Not in our area" not in client.get(f"{here}?lat={INSIDE[0]}&lon={INSIDE[1]}").content.decode()
    moved = client.get("/reports/near.json", {"lat": NOWHERE[0], "lon": NOWHERE[1], "service": "pothole"}).json()
    assert moved["another"].startswith("This place is not in our area.")
    assert client.get("/reports/near.json", {"lat": INSIDE[0], "lon": INSIDE[1], "service": "pothole"}).json() == {
        "text": "Near Mill Lane, Armley", "another": ""
    }  # fmt: skip
    assert client.get("/reports/near.json", {"lat": NOWHERE[0], "lon": NOWHERE[1]}).json()["another"] == ""
    unknown = client.post(here, {"find": "yes", "where-search": "Zanzibar Crescent"})["Location"]
    assert "We know the places in our own area." in client.get(unknown).content.decode()


def test_another_system_is_told_in_its_answer(town: None, client: Client, key: str) -> None:
    sent = {"api_key": key, "service_code": "pothole", "lat": str(NOWHERE[0]), "long": str(NOWHERE[1])}
    made = client.post("/open311/v2/requests.json", sent).json()[0]
    assert made["service_notice"].startswith("This place is not in our area. It is looked after by another council.")


def test_an_address_with_a_ward_of_ours_is_ours_wherever_the_address_book_puts_it(town: None, council: Any) -> None:
    where = Where(uprn=73, area="w1", latitude=NOWHERE[0], longitude=NOWHERE[1])
    assert whose_job(council.services["pothole"], {}, where, council) is None
