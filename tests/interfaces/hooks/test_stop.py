"""Stopping e-mails by the link under them, by hand and by a mail programme's one click."""

import re

import pytest

from moothall.cases import actions as cases
from moothall.core import jobs
from moothall.notifications.models import Message, Stopped
from moothall.notifications.stop_links import stop_link
from tests.notifications.conftest import mrs_dunn, opened, twin  # noqa: F401
from tests.notifications.test_telling import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def test_the_link_in_the_mail_asks_first_then_stops_and_can_start_again(client, clock, mrs_dunn, twin):  # noqa: F811
    case = opened(clock, mrs_dunn.id)
    cases.set_status(case.id, status="in_progress", by=OFFICER, at=clock.now())
    jobs.drain()
    sent = next(row for row in twin.taken.values() if "in_progress" not in row["body"] and "Being done" in row["body"])
    (path,) = re.findall(r"http://localhost:8000(/messages/stop/\S+)", sent["body"])
    assert sent["one_click_unsubscribe"].endswith(path)
    assert "amina.dunn@example.org" in client.get(path).content.decode()
    assert not Stopped.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Stopped.objects.get().value == "amina.dunn@example.org"
    cases.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    jobs.drain()
    assert Message.objects.get(template="case-closed-done").channel == "sms"
    client.post(path, {"start": "yes"})
    assert not Stopped.objects.exists()


@pytest.mark.parametrize(
    "change", [lambda token: token[:-2] + "xx", lambda token: "nonsense", lambda token: token.split(":")[0]]
)
def test_a_link_we_never_made_stops_nobody(client, clock, change):
    token = stop_link("amina.dunn@example.org").rpartition("/")[2]
    assert client.post(f"/messages/stop/{change(token)}").status_code == 404
    assert not Stopped.objects.exists()
