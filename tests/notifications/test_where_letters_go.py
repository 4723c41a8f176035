"""Who asks to be written to by post has letters about that request where she said."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.cases import actions as cases
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.customers.models import Customer
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.posted.letters import CannotWrite, write_letter
from moothall.notifications.actions.queueing import asked_for
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES
from tests.intake.catalogue import TODAY, a_valid_answer
from tests.intake.test_raising import MISSED_BIN
from tests.notifications.conftest import person
from tests.notifications.test_on_paper import Printer, printer

__all__ = ["printer"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
THERE = {"line1": "Day Centre, 2 Mill Lane", "town": "Otley", "postcode": "LS21 1AA"}
WRITTEN = "Day Centre, 2 Mill Lane, Otley, LS21 1AA"


def ask(council: Any, clock: Any, code: str = "complaint", *, customer: Customer | None = None, **changed: Any) -> Case:
    """Ask for a service with valid answers but these; return its case."""
    service = council.of(SERVICES)[code]
    given = {one.id: a_valid_answer(one, lambda options: options[0]) for one in service.questions} | changed
    answers, wrong = read_all(service, given, today=TODAY)
    assert wrong == {}
    raised = raise_request(
        service, answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now(),
        customer_id=customer.id if customer else None,
    )  # fmt: skip
    return Case.objects.get(id=raised.case_id)


def told() -> list[tuple[str, str]]:
    jobs.drain()
    return list(Message.objects.order_by("created_at", "id").values_list("channel", "to"))


def test_letters_go_where_she_said_and_she_has_a_record_that_says_so(
    council: Any, clock: Any, printer: Printer
) -> None:
    case = ask(council, clock, contact={"by": "post", "name": "Grace Okoro"}, write_to=THERE)
    assert told() == [("post", f"Grace Okoro, {WRITTEN}")]
    assert [one.to for one in printer.taken] == [f"Grace Okoro, {WRITTEN}"]
    hers = Customer.objects.get(id=case.customer_id)
    assert (hers.preferred_channel, hers.address_text, hers.uprn) == ("post", WRITTEN, None)
    assert (case.place_text, case.uprn, case.area) == ("", None, ""), "it is not what the complaint is about"
    assert case.track_postcode == "LS211AA"


def test_who_gives_no_name_is_written_to_all_the_same(council: Any, clock: Any, printer: Printer) -> None:
    case = ask(council, clock, contact={"by": "post"}, write_to=THERE)
    assert case.customer_id is None
    assert told() == [("post", f"The resident, {WRITTEN}")]


def test_a_service_that_asks_her_own_address_writes_there(council: Any, clock: Any, printer: Printer) -> None:
    ask(council, clock, "missed-bin", **(MISSED_BIN | {"contact": {"by": "post"}, "address": THERE}))
    assert told() == [("post", f"The resident, {WRITTEN}")]


def test_for_this_request_it_holds_before_what_her_record_says(council: Any, clock: Any, printer: Printer) -> None:
    her = person(clock, address_text="9 High Street, Otley", preferred_channel="email")
    ask(council, clock, customer=her, contact={"by": "post"}, write_to=THERE)
    assert told() == [("post", f"Amina Dunn, {WRITTEN}")]
    ask(council, clock, customer=her)
    assert told()[1:] == [("email", "amina.dunn@example.org")], "her next request is told as she wants it"


def test_who_wants_no_messages_gets_none(council: Any, clock: Any, printer: Printer) -> None:
    her = person(clock, preferred_channel="none")
    ask(council, clock, customer=her, contact={"by": "post"}, write_to=THERE)
    jobs.drain()
    assert Message.objects.get().state == "suppressed"
    assert printer.taken == []


def test_an_officer_writes_to_where_she_said(council: Any, clock: Any, printer: Printer) -> None:
    case = ask(council, clock, contact={"by": "post"}, write_to=THERE)
    sent = write_letter(case.id, subject="", text="We looked into it.", key="1", by=SYSTEM, at=clock.now())
    assert sent.to == f"The resident, {WRITTEN}"
    nowhere = ask(council, clock, contact={"email": "amina.dunn@example.com"})
    with pytest.raises(CannotWrite, match="no address to write to"):
        write_letter(nowhere.id, subject="", text="We looked into it.", key="1", by=SYSTEM, at=clock.now())


def test_a_message_tried_again_still_knows_where(council: Any, clock: Any, printer: Printer) -> None:
    ask(council, clock, contact={"by": "post", "name": "Grace Okoro"}, write_to=THERE)
    jobs.drain()
    again = asked_for(Message.objects.get())
    assert [one.value for one in again.addresses if one.channel == "post"] == [f"Grace Okoro, {WRITTEN}"]


def test_what_is_told_later_goes_there_too(council: Any, clock: Any, printer: Printer) -> None:
    case = ask(council, clock, contact={"by": "post", "name": "Grace Okoro"}, write_to=THERE)
    jobs.drain()
    cases.note_case(case.id, text="It was us.", visible_to_customer=True, by=SYSTEM, at=clock.advance(days=1))
    assert told() == [("post", f"Grace Okoro, {WRITTEN}")] * 2
