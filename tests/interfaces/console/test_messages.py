"""Templates as they read, messages in trouble, and quarantine."""

import pytest

from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.staff import create_staff
from moothall.interfaces.console import previews
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.actions.troubles import quarantine
from moothall.notifications.models import Message, Quarantined
from moothall.notifications.pack import MESSAGES
from moothall.notifications.recipients import Recipient

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(council, clock, client):
    staff = create_staff(
        username="admin", name="Admin", roles=["administrator"], pack=council, by=SYSTEM, at=clock.now()
    )
    client.force_login(staff)
    return staff


@pytest.fixture
def dead(council, clock):
    made = queue_message(key="k1", template="text-help", to=Recipient(), values={}, at=clock.now())
    Message.objects.update(state="dead", to="amina@example.org", error="No such mailbox", attempts=12)
    return made


def shown(client, path, status=200):
    answer = client.get(f"/console/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def test_every_template_of_the_pack_reads_with_its_names_filled_in(council):
    for code in council.of(MESSAGES):
        found = previews.template(council, code)
        assert found.problem == "", code
        assert found.email or found.sms
        assert "{{" not in found.email + found.sms + found.subject
    assert previews.template(council, "no-such") is None


def test_templates_are_listed_and_shown(client, admin, council):
    listed = shown(client, "templates")
    for code in council.of(MESSAGES):
        assert f"/console/templates/{code}" in listed
    page = shown(client, "templates/case-opened")
    assert "4HTK-7W2C" in page
    assert "charged as" in page
    shown(client, "templates/no-such", status=404)


def test_a_message_that_was_given_up_is_sent_again_or_settled_with_a_reason(client, admin, dead):
    page = shown(client, "messages")
    assert "No such mailbox" in page
    assert "amina@example.org" in page
    where = f"/console/messages/{dead.id}"
    client.post(where, {"do": "settle", "how": "  "})
    assert "Say in a few words" in shown(client, "messages")
    client.post(where, {"do": "retry"})
    dead.refresh_from_db()
    assert dead.state == "queued"
    Message.objects.update(state="dead", settled_at=None)
    client.post(where, {"do": "settle", "how": "Rang her instead"})
    dead.refresh_from_db()
    assert (dead.settlement, dead.settled_by) == ("Rang her instead", admin.id)
    assert "No message is in trouble" in shown(client, "messages")
    assert client.post(f"/console/messages/{new_id()}", {"do": "retry"}).status_code == 404


def test_a_message_on_its_way_is_left_alone(client, admin, dead):
    Message.objects.update(state="sent")
    client.post(f"/console/messages/{dead.id}", {"do": "retry"})
    dead.refresh_from_db()
    assert dead.state == "sent"


def test_what_could_not_be_read_is_shown_as_text_and_settled(client, admin, clock):
    row = quarantine(
        source="sms", reason="Not JSON", raw=b"<script>alert(1)</script>\xff\x00", details={}, at=clock.now()
    )
    page = shown(client, "quarantine")
    assert "Not JSON" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    client.post(f"/console/quarantine/{row.id}", {"how": ""})
    assert Quarantined.objects.get().settled_at is None
    client.post(f"/console/quarantine/{row.id}", {"how": "A wrong number"})
    row.refresh_from_db()
    assert row.settlement == "A wrong number"
    assert "Quarantine is empty" in shown(client, "quarantine")


def test_a_place_in_a_list_that_is_not_ours_is_not_found(client, admin):
    shown(client, "messages?after=rubbish", status=404)
    shown(client, "quarantine?after=rubbish", status=404)
