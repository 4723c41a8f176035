"""Who chose letters hears on paper: that we have it, what is new, how it ended. Nobody else is written to so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from moothall.cases import actions as cases
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.actions import change_customer, create_customer
from moothall.notifications import senders
from moothall.notifications.models import Message
from moothall.notifications.protocols import Accepted, Envelope
from tests.notifications.conftest import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


class Printer:
    """Takes letters, and keeps what it was given."""

    name = "printer"
    can_ask = False

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    def send(self, envelope: Envelope) -> Accepted:
        self.taken.append(envelope)
        return Accepted(provider_id=str(len(self.taken)))

    def find(self, reference: str) -> Accepted | None:
        return None


@pytest.fixture
def printer() -> Any:
    made = Printer()
    senders.use("post", made)
    yield made
    senders.use("post", None)


def jones(clock: Any, prefers: str, **more: Any) -> Any:
    return create_customer(
        given_name="Gwen", family_name="Jones", address_text="14 Mill Lane, Otley, LS21 1AA", preferred_channel=prefers,
        by=SYSTEM, at=clock.now(), **more,
    )  # fmt: skip


def ways() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("created_at", "id").values_list("template", "channel"))


@pytest.mark.long
@pytest.mark.row("A12")
def test_opened_moved_on_and_closed_by_letter(clock: Any, printer: Printer, council: Any) -> None:
    her = jones(clock, "post", contact_points=[("email", "gwen.jones@example.org"), ("phone", "07700 900001")])
    case = opened(clock, her.id)
    jobs.drain()
    cases.set_status(case.id, status="in_progress", by=SYSTEM, at=clock.advance(hours=1))
    jobs.drain()
    cases.note_case(
        case.id, text="The gang comes on Friday.", visible_to_customer=True, by=SYSTEM, at=clock.advance(days=1)
    )
    jobs.drain()
    outcome = next(one.code for one in council.services[case.service].closings if one.done)
    cases.close_case(case.id, outcome=outcome, resolved=True, by=SYSTEM, at=clock.advance(days=1))
    jobs.drain()
    assert ways() == [
        ("case-opened", "post"), ("case-progress", "post"), ("case-note", "post"), ("case-closed-done", "post")
    ]  # fmt: skip
    assert [one.to for one in printer.taken] == ["Gwen Jones, 14 Mill Lane, Otley, LS21 1AA"] * 4
    first, last = printer.taken[0], printer.taken[-1]
    assert "We have your request" in first.text
    assert "/track" in first.text, "where she can see it, written out"
    assert "The gang comes on Friday." in printer.taken[2].text
    assert last.subject.startswith(council.services[case.service].name)
    assert any("chose" in one["says"] for one in Message.objects.earliest("created_at").reasons)


@pytest.mark.usefixtures("printer")
@pytest.mark.parametrize("prefers", ["", "email"])
def test_nobody_else_is_written_to_on_paper(clock: Any, prefers: str) -> None:
    with_mail = jones(clock, prefers, contact_points=[("email", "gwen.jones@example.org")])
    opened(clock, with_mail.id)
    opened(clock, jones(clock, prefers).id)
    jobs.drain()
    told = Message.objects.order_by("created_at", "id").values_list("channel", "state")
    assert [one for one in told if one[0] == "post"] == []
    assert sorted(state for _, state in told) == ["sent", "suppressed"]


@pytest.mark.usefixtures("printer")
def test_who_chose_letters_and_has_moved_away_hears_by_email(clock: Any) -> None:
    her = jones(clock, "post", contact_points=[("email", "gwen.jones@example.org")])
    change_customer(customer_id=her.id, changes={"address_text": ""}, by=SYSTEM, at=clock.now())
    opened(clock, her.id)
    jobs.drain()
    assert ways() == [("case-opened", "email")]


def test_the_post_room_sees_what_goes_out_and_what_waits(clock: Any, council: Any) -> None:
    clerk = create_staff(
        username="moira", name="Moira Field", roles=["post-room-officer"], teams=["customer-services"],
        password="seven-calm-otters-queueing", pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(clerk)
    opened(clock, jones(clock, "post").id)
    jobs.drain()
    shown = " ".join(client.get("/desk/post/").content.decode().split())
    assert "Letters out" in shown
    assert "Gwen Jones" in shown
    assert "We have your request" in shown
