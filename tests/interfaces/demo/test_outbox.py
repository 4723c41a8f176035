"""Whoever tries the demonstration sees what would have been sent, and can follow its links."""

from pathlib import Path

import pytest

from moothall.core import jobs
from moothall.notifications import senders
from moothall.notifications.adapters.local import LocalSender
from moothall.notifications.models import Message
from tests.notifications.conftest import mrs_dunn, opened  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture(autouse=True)
def _outbox(tmp_path: Path, settings):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    senders.use("email", LocalSender())
    senders.use("sms", LocalSender())
    yield
    senders.use("email", None)
    senders.use("sms", None)


def test_a_message_is_listed_shown_and_can_be_followed(client, clock, mrs_dunn):  # noqa: F811
    assert "Nothing yet" in client.get("/demo/outbox").content.decode()
    case = opened(clock, mrs_dunn.id, place_text="<script>alert(1)</script> & co")
    jobs.drain()
    reference = f"{Message.objects.get(case_id=case.id).id}.1"
    shown = f"{case.reference[:4]}-{case.reference[4:]}"
    listed = client.get("/demo/outbox").content.decode()
    assert shown in listed
    assert f"/demo/outbox/{reference}" in listed
    page = client.get(f"/demo/outbox/{reference}").content.decode()
    assert f'<a href="http://localhost:8000/track?reference={shown}">' in page
    assert "<script>alert" not in page
    mail = client.get(f"/demo/outbox/{reference}/as-mail")
    assert "<script>alert" not in mail.content.decode()
    assert "script-src 'self'" in mail["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["nothing", "../../secret.key", "..%2f..%2fsecret", "a" * 36 + ".1", "x/as-mail"])
def test_only_messages_are_shown(client, path: str):
    assert client.get(f"/demo/outbox/{path}").status_code == 404


def test_in_production_there_is_no_such_page(client, settings):
    settings.MODE = "production"
    assert client.get("/demo/outbox").status_code == 404


def test_the_way_back_to_a_saved_form_goes_out_and_its_link_is_not_kept(clock, tmp_path):
    from moothall.core.actors import ANONYMOUS
    from moothall.intake.actions import save_for_later, start_dialogue
    from moothall.intake.dialogue import AnswerError
    from moothall.intake.tokens import token_of
    from moothall.notifications.adapters.local import outbox

    dialogue, token = start_dialogue("missed-bin", channel="web", by=ANONYMOUS, at=clock.now())
    link = f"http://localhost:8000/return/{dialogue}/{token_of(dialogue, 1)}"
    for _ in range(5):
        save_for_later(dialogue, token, to="Someone@Example.org", by=ANONYMOUS, at=clock.now())
    with pytest.raises(AnswerError, match="several links"):
        save_for_later(dialogue, token, to="someone@example.org", by=ANONYMOUS, at=clock.now())
    jobs.drain()
    (first, *_) = list(outbox())
    assert first.to.lower() == "someone@example.org"
    assert link in first.text
    assert "until Monday 30 March" in first.text
    kept = Message.objects.filter(template="dialogue-saved")
    assert kept.count() == 5
    assert not any(token in f"{row.body}{row.values}" for row in kept)
