"""E-mail over a real SMTP server: what arrives, a server that is down, one that refuses, one whose line dies."""

import email
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from moothall.core import jobs
from moothall.core.event_feed import events_of_case
from moothall.notifications import queries, senders
from moothall.notifications.adapters.smtp import SmtpSender
from moothall.notifications.models import Message, MessageState
from tests.notifications.conftest import opened
from tests.notifications.test_telling import OFFICER
from tests.ports import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


class Mailbox:
    """Keeps what it is given, and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answer_rcpt = self.answer_data = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.answer_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer_data.startswith("250"):
            self.received.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return self.answer_data


class Server:
    """A mail server that can be taken down and brought up again on the same port."""

    def __init__(self) -> None:
        self.box, self.port = Mailbox(), free_port()
        self.controller: Controller | None = None

    def up(self) -> None:
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def down(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    senders.use("email", SmtpSender(f"smtp://127.0.0.1:{one.port}?tls=none"))
    one.up()
    yield one
    one.down()


def send_due() -> None:
    while jobs.run_one(["send"], "here/send-0", strict=True):
        pass


def state(case) -> str:
    return Message.objects.get(case_id=case.id).state


def test_what_arrives_is_whole_in_both_twins_and_says_a_machine_sent_it(clock, mrs_dunn, server):
    case = opened(clock, mrs_dunn.id, place_text="Outside 3 Mill Lane\r\nBcc: everyone@example.com\n\n# <b>big</b>")
    jobs.drain()
    (arrived,) = server.box.received
    message = Message.objects.get(case_id=case.id)
    assert arrived["To"] == "amina.dunn@example.org"
    assert "Bcc" not in arrived
    assert arrived["Message-ID"] == f"<{message.id}@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Subject"] == message.subject
    assert "Leeds City Council" in arrived["From"]
    assert arrived.get_content_type() == "multipart/alternative"
    text = arrived.get_body(("plain",)).get_content()
    html = arrived.get_body(("html",)).get_content()
    for twin in (text, html):
        assert f"{case.reference[:4]}-{case.reference[4:]}" in twin
        assert "by Wednesday 4 March" in twin
    assert f"See where it is: http://localhost:8000/track?reference={case.reference[:4]}-{case.reference[4:]}" in text
    assert "# <b>big</b>" in text
    assert "<b>big" not in html
    assert "&lt;b&gt;big&lt;/b&gt;" in html
    assert "**" not in text
    assert '<html lang="en" dir="ltr">' in html
    assert message.provider == "smtp"


@pytest.mark.long
def test_a_mail_server_down_for_a_day_loses_nothing_and_sends_nothing_twice(clock, mrs_dunn, server):
    server.down()
    cases = [opened(clock, mrs_dunn.id, promised=False) for _ in range(3)]
    jobs.drain()
    assert {state(case) for case in cases} == {"queued"}
    tries = []
    for _ in range(24 * 4):
        clock.advance(minutes=15)
        send_due()
        tries.append(Message.objects.get(case_id=cases[0].id).attempts)
    assert 40 < tries[-1] < 60  # every half hour at the latest, not every five minutes
    assert server.box.received == []
    waiting = queries.waiting_messages(visible_to=OFFICER).rows
    assert len(waiting) == 3
    assert "refuses the connection" in waiting[0].error
    server.up()
    clock.advance(minutes=31)
    jobs.drain()
    assert {state(case) for case in cases} == {"sent"}
    clock.advance(days=2)
    jobs.drain()
    assert len({m["Message-ID"] for m in server.box.received}) == len(server.box.received) == 3
    assert queries.troubled_messages(visible_to=OFFICER).rows == ()


def test_a_mail_server_down_for_a_week_gives_up_falls_back_or_says_so(clock, mrs_dunn, server):
    server.down()
    case = opened(clock, mrs_dunn.id, promised=False)
    jobs.drain()
    for _ in range(24):
        clock.advance(hours=6)
        send_due()
    first, second = Message.objects.filter(case_id=case.id).order_by("created_at", "id")
    assert (first.channel, first.state, first.settlement) == ("email", "failed", "Sent another way")
    assert (second.channel, second.state, second.fell_back_from_id) == ("sms", "sent", first.id)
    assert case.reference[:4] in second.body


def test_a_mailbox_that_is_not_there_falls_back_to_text_at_once(clock, mrs_dunn, server):
    server.box.answer_rcpt = "550 5.1.1 No such user here"
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    rows = Message.objects.filter(case_id=case.id).order_by("created_at", "id")
    assert [(row.channel, row.state) for row in rows] == [("email", "failed"), ("sms", "sent")]
    assert "No such user" in rows[0].error


def test_without_another_way_it_is_a_dead_letter_on_the_console_until_somebody_deals_with_it(clock, server):
    from moothall.notifications.actions import retry_message, settle_message

    server.box.answer_rcpt = "550 5.1.1 No such user here"
    case = opened(clock, None, track_email="wrong@example.net")
    jobs.drain()
    (trouble,) = queries.troubled_messages(visible_to=OFFICER).rows
    assert (trouble.state, trouble.in_doubt, trouble.may_retry) == ("dead", False, True)
    server.box.answer_rcpt = "250 OK"
    retry_message(trouble.id, by=OFFICER, at=clock.now())
    jobs.drain()
    assert state(case) == "sent"
    assert queries.troubled_messages(visible_to=OFFICER).rows == ()
    settle_message(trouble.id, by=OFFICER, at=clock.now(), how="Rang him")


@pytest.mark.parametrize("answer", ["450 4.2.1 Mailbox busy", "421 4.3.2 Shutting down", "451 4.7.1 Greylisted"])
def test_a_server_that_says_later_is_tried_later(clock, mrs_dunn, server, answer):
    server.box.answer_rcpt = answer
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    assert state(case) == "queued"
    server.box.answer_rcpt = "250 OK"
    assert server.box.received == []
    clock.advance(minutes=1)
    jobs.drain()
    assert state(case) == "sent"
    assert len(server.box.received) == 1


class _DiesAfterData(socketserver.StreamRequestHandler):
    """Takes the whole message, then drops the line without a word: nobody can know."""

    taken: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += self.rfile.readline()
                self.taken.append(body)
                return
            self.wfile.write(b"250 OK\r\n")


@pytest.mark.long
def test_a_line_that_dies_after_the_message_leaves_it_in_doubt_and_sends_it_once_more_and_never_a_third_time(
    clock, mrs_dunn
):
    taken: list[bytes] = []
    handler = type("Handler", (_DiesAfterData,), {"taken": taken})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as dying:
        threading.Thread(target=dying.serve_forever, args=(0.05,), daemon=True).start()
        senders.use("email", SmtpSender(f"smtp://127.0.0.1:{dying.server_address[1]}?tls=none"))
        case = opened(clock, mrs_dunn.id)
        for _ in range(12):
            jobs.drain()
            clock.advance(hours=1)
        dying.shutdown()
    assert len(taken) == 2
    ids = {email.message_from_bytes(one)["Message-ID"] for one in taken}
    assert len(ids) == 1
    (trouble,) = queries.troubled_messages(visible_to=OFFICER).rows
    assert (trouble.state, trouble.in_doubt) == (MessageState.DOUBT, True)
    assert [e.name for e in events_of_case(case.id)].count("message.doubt") == 2
