"""Calls and visits at the desk: taken, recognised, answered, handed on, finished; and nothing lost when the line drops."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.models import Case, CaseContact, Task
from moothall.contacts.models import Contact, Matter
from moothall.core.event_feed import events_of_case
from moothall.core.references import spell_reference
from moothall.customers.models import Customer, Look
from moothall.intake.actions.raising import Raised
from moothall.intake.models import Draft, UnmetSearch
from moothall.promises.models import Promise
from tests.conftest import MovableClock, apply_once
from tests.interfaces.desk.conftest import Officer
from tests.rounds.conftest import HOME, round_  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db]

FILLED = {
    "address-text": "14 Mill Lane, Otley, LS21 1AA", "address-uprn": "", "bin": "general", "out_time": "night_before",
    "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes", "contact-name": "Amina Dunn",
    "contact-email": "", "contact-phone": "07700 900123",
}  # fmt: skip


def begin(adviser: Officer, contact: Contact, service: str = "missed-bin") -> Matter:
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/matters", {"service": service})
    assert answer.status_code == 303
    return contact.matters.latest("opened_at", "id")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.row("A2")
def test_the_caller_is_recognised_by_number_and_never_assumed(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line("sip:+447700900123@pbx.example.org", waited=9)
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    assert contact.customer_id is None
    assert "This number belongs to" in page
    assert "Amina Dunn" in page
    assert "answered in 9 seconds" in page
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    contact.refresh_from_db()
    assert contact.customer_id == amina.id


@pytest.mark.parametrize(("waited", "state"), [(9, "met"), (400, "late")])
def test_the_wait_to_be_answered_is_a_promise_kept_or_not(
    waited: int, state: str, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line("07700 900123", waited=waited)
    promise = Promise.objects.get(subject_id=contact.id)
    assert (promise.kind, promise.state, promise.channel) == ("call_answered", state, "phone")
    assert on_the_line().id not in Promise.objects.values_list("subject_id", flat=True), "not told: nothing to measure"


@pytest.mark.row("A2")
def test_under_cambridges_pack_a_call_is_measured_against_twelve_seconds(
    adviser: Officer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    from moothall.core.packs import queries

    apply_once("cambridge")
    queries.forget()
    contact = on_the_line("07700 900123", waited=13)
    assert "answered in 13 seconds, we promise 12 seconds" in text_of(
        adviser.client.get(f"/desk/contacts/{contact.id}/")
    )
    assert Promise.objects.get(subject_id=contact.id).state == "late"


@pytest.mark.row("B6", "B9")
def test_needs_and_warnings_stand_before_everything_and_the_look_is_logged(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    from moothall.core.actors import SYSTEM
    from moothall.customers.actions import add_need, add_warning

    add_need(customer_id=amina.id, code="hard-of-hearing", by=SYSTEM, at=clock.now())
    add_warning(customer_id=amina.id, code="do-not-visit-alone", by=SYSTEM, at=clock.now())
    contact = on_the_line()
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    assert page.index("Do not visit alone") < page.index("Hard of hearing") < page.index("14 Mill Lane")
    look = Look.objects.filter(customer_id=amina.id).latest("at")
    assert (look.actor_id, look.purpose, look.screen) == (adviser.staff.id, "contact", "desk.contact")


@pytest.mark.row("A2", "D1")
def test_a_missed_bin_is_handed_on_with_the_same_promise_as_on_the_web(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact], missed_bin: Callable[..., Raised]
) -> None:
    by_web = missed_bin(amina)
    contact = on_the_line()
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    matter = begin(adviser, contact)
    before = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    assert "by Wednesday 4 March, 5pm" in before
    answer = adviser.client.post(
        f"/desk/contacts/{contact.id}/matters/{matter.id}/send", FILLED | {"do": "send"}, follow=True
    )
    case = Case.objects.exclude(id=by_web.case_id).get()
    assert f"We’ll do this by Wednesday 4 March, 5pm. Your reference is {spell_reference(case.reference)}." in text_of(
        answer
    )
    due = {p.subject_id: (p.due_at, p.standard) for p in Promise.objects.filter(kind="complete")}
    assert due[case.id] == due[by_web.case_id]
    assert (case.channel, case.customer_id, case.team) == ("phone", amina.id, "refuse-collection")
    assert case.due_at == due[case.id][0], "the queue waits for the work, not for an acknowledgement kept at once"


def test_a_second_press_sends_nothing_twice(adviser: Officer, on_the_line: Callable[..., Contact]) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    for _ in range(2):
        adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", FILLED | {"do": "send"})
    assert Case.objects.count() == 1


def test_what_is_wrong_is_said_in_the_same_words_and_what_was_typed_stays(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    typed = FILLED | {"do": "send", "bin": "", "contact-phone": "12"}
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Choose an answer to “Which bin was not emptied?”." in page
    assert "Enter a telephone number, like 07700 900123 or 0113 496 0123." in page
    assert 'value="12"' in page
    assert Case.objects.count() == 0


def test_the_browser_closes_and_the_contact_is_still_there_with_every_word(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    matter = begin(adviser, contact)
    half = {"address-text": "14 Mill La", "bin": "recycling", "contact-email": "amina.dunn@"}
    kept = adviser.client.post(
        f"/desk/contacts/{contact.id}/matters/{matter.id}/keep", half, headers={"X-Autosave": "1"}
    )
    assert kept.status_code == 200
    assert "tag" in kept.json()["asked"]
    assert "tag_reason" not in kept.json()["asked"]
    adviser.client.post(
        f"/desk/contacts/{contact.id}/finish", {"note": "She sounds w", "cause": ""}, headers={"X-Autosave": "1"}
    )
    home = text_of(adviser.client.get("/desk/"))
    assert "You have an unfinished contact with Amina Dunn" in home
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    for word in ('value="14 Mill La"', 'value="amina.dunn@"', "She sounds w", "Saved 09:00"):
        assert word in page, word


@pytest.mark.row("F3")
def test_done_now_is_closed_at_once_and_counts_as_done_in_one(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", FILLED | {"matter-do": "done"})
    matter.refresh_from_db()
    case = Case.objects.get()
    assert (matter.outcome, case.state, case.resolved) == ("done", "closed", True)
    adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "new"})
    contact.refresh_from_db()
    assert (contact.state, contact.cause, contact.done_in_one) == ("closed", "new", True)


@pytest.mark.row("F2")
def test_a_chasing_call_joins_its_case_says_the_promise_and_counts_as_avoidable(
    adviser: Officer,
    amina: Customer,
    on_the_line: Callable[..., Contact],
    missed_bin: Callable[..., Raised],
    clock: MovableClock,
) -> None:
    raised = missed_bin(amina)
    clock.advance(hours=3)
    contact = on_the_line()
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    assert "We said by Wednesday 4 March, 5pm." in page
    adviser.client.post(f"/desk/contacts/{contact.id}/chase/{raised.case_id}")
    assert CaseContact.objects.get(contact_id=contact.id).role == "chased"
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/?add=1"))
    assert "checked" in page[page.index('value="progress_chasing"') :][:80]
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "progress_chasing"})
    assert answer.status_code == 303
    assert Case.objects.count() == 1
    ended = [e for e in events_of_case(raised.case_id) if e.name == "matter.ended" and e.contact_id == contact.id]
    assert [e.data["cause"] for e in ended] == ["progress_chasing"]


def test_wrapping_up_asks_why_and_forgets_no_matter(adviser: Officer, on_the_line: Callable[..., Contact]) -> None:
    contact = on_the_line()
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": ""})
    assert (answer.status_code, "Choose why they had to contact us" in text_of(answer)) == (422, True)
    matter = begin(adviser, contact)
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "new"})
    assert answer.status_code == 422
    assert "“Report a missed bin” has no end yet." in text_of(answer)
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/end", {"how": "answered"})
    assert adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "new"}).status_code == 303
    assert adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "error"}).status_code == 303
    contact.refresh_from_db()
    assert (contact.cause, contact.done_in_one) == ("new", True)


@pytest.mark.row("A15")
def test_a_call_back_is_a_promise_with_an_owner(
    adviser: Officer, on_the_line: Callable[..., Contact], clock: MovableClock
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    address = f"/desk/contacts/{contact.id}/matters/{matter.id}/call-back"
    empty = adviser.client.post(address, FILLED)
    assert (empty.status_code, "Say what to call them back about." in text_of(empty)) == (422, True)
    adviser.client.post(address, FILLED | {"call-about": "the second bin", "call-team": "customer-services"})
    task = Task.objects.get()
    promise = Promise.objects.get(kind="call_back")
    assert (task.kind, task.team, task.promise_id) == ("call_back", "customer-services", promise.id)
    page = text_of(adviser.client.get("/desk/tasks/"))
    assert "Call back: the second bin" in page
    clock.advance(minutes=30)
    adviser.client.post(f"/desk/tasks/{task.id}/done", {"outcome": "spoke"})
    promise.refresh_from_db()
    assert (promise.state, promise.broken_at) == ("met", None)


@pytest.mark.parametrize("about", ["the second bin", ""])
def test_enter_without_a_script_promises_the_call_where_it_was_said_what_about(
    adviser: Officer, on_the_line: Callable[..., Contact], about: str
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    page = adviser.client.get(f"/desk/contacts/{contact.id}/").content.decode()
    form = page.partition('id="matter-form"')[2].partition("</form>")[0]
    default = re.findall(r"<button [^>]*>", form)[0]
    assert 'name="matter-do" value="enter"' in default, "the first button of a form is what Enter presses"
    typed = {"matter-do": "enter", "bin": "general", "call-about": about, "call-team": "customer-services"}
    answer = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", typed)
    assert (answer.status_code, Task.objects.count()) == ((303, 1) if about else (422, 0))
    if about:
        assert Case.objects.get().answers["bin"] == "general", "what was answered so far goes with it"


def test_what_the_record_answers_is_said_in_words_and_can_be_disputed(
    adviser: Officer,
    on_the_line: Callable[..., Contact],
    round_: Any,  # noqa: F811
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    at_home = FILLED | {"address-uprn": str(HOME), "bin": "recycling"}
    address = f"/desk/contacts/{contact.id}/matters/{matter.id}"
    kept = adviser.client.post(f"{address}/keep", at_home | {"record_right": "yes"}, headers={"X-Autosave": "1"}).json()
    assert kept["promise"] == "none, it is not taken on"
    for _ in range(2):
        answer = adviser.client.post(f"{address}/send", at_home | {"record_right": "yes"}, follow=True)
    page = text_of(answer)
    assert "Not taken on: That bin has not been due in the last few days." in page
    assert "Its next collection is Monday 9 March. Put it out by 7am on the day shown.”" in page
    assert "No case was opened, so there is no date and no reference." in page
    assert "Sent to the right place" not in page
    assert Case.objects.count() == 0
    for _ in range(2):
        answer = adviser.client.post(f"{address}/dispute", follow=True)
    again = contact.matters.get(ended_at=None)
    page = text_of(answer)
    for name, value in (("record_right", "no"), ("bin", "recycling")):
        assert re.search(rf'<input[^>]* name="{name}"[^>]* value="{value}"[^>]* checked', page), name
    assert "Promise: <strong data-promise>by " in page
    posted = at_home | {"record_right": "no"}
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{again.id}/send", posted)
    case = Case.objects.get()
    assert (case.team, case.answers["record"]["code"]) == ("round-supervisors", "not_its_day")
    assert "Not taken on" in text_of(adviser.client.get(f"/desk/contacts/{contact.id}/?matter={matter.id}"))


def test_what_opened_a_case_is_not_begun_again_as_disputed(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line()
    matter = begin(adviser, contact)
    address = f"/desk/contacts/{contact.id}/matters/{matter.id}"
    adviser.client.post(f"{address}/dispute")
    adviser.client.post(f"{address}/send", FILLED)
    adviser.client.post(f"{address}/dispute")
    assert (contact.matters.count(), Case.objects.count()) == (1, 1)


def test_somebody_new_is_taken_down_without_leaving_the_call(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line("07700 900456")
    address = f"/desk/contacts/{contact.id}/newcomer"
    adviser.client.post(address, {"newcomer-given_name": "Jo"}, headers={"X-Autosave": "1"})
    assert 'value="Jo"' in text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))
    wrong = adviser.client.post(address, {"newcomer-email": "jo@example.com"})
    assert (wrong.status_code, "Enter a name, or go on without one." in text_of(wrong)) == (422, True)
    adviser.client.post(
        address, {"newcomer-given_name": "Jo", "newcomer-family_name": "Bell", "newcomer-phone": "07700 900456"}
    )
    contact.refresh_from_db()
    assert Customer.objects.get(id=contact.customer_id).family_name == "Bell"
    assert not Draft.objects.filter(key__contains="newcomer").exists()


def test_somebody_new_may_be_somebody_we_know(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    from moothall.customers.linking.actions.indexing import index_missing

    index_missing()
    contact = on_the_line("07700 900456")
    known = f"/desk/contacts/{contact.id}/known"
    nearly = {"newcomer-given_name": "Ameena", "newcomer-family_name": "Dun", "newcomer-address_text": "Otley LS21"}
    said = text_of(adviser.client.post(known, nearly))
    assert "We may know them already" in said
    assert "Amina Dunn" in said
    assert "We may know them" not in text_of(adviser.client.post(known, {"newcomer-given_name": "Am"}))
    assert "Nobody we know is like this." in text_of(adviser.client.post(known, {"newcomer-family_name": "Okonkwo"}))
    # Without JavaScript a button asks, what was typed stays, and nobody is made.
    address = f"/desk/contacts/{contact.id}/newcomer"
    page = text_of(adviser.client.post(address, nearly | {"look": "yes"}))
    assert ("We may know them already" in page, 'value="Ameena"' in page) == (True, True)
    assert Customer.objects.filter(family_name="Dun").count() == 0
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    contact.refresh_from_db()
    assert contact.customer_id == amina.id


def test_a_newcomers_date_of_birth_is_kept_or_asked_again(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line("07700 900456")
    address = f"/desk/contacts/{contact.id}/newcomer"
    typed = {"newcomer-given_name": "Jo", "newcomer-family_name": "Bell", "newcomer-date_of_birth": "31 2 1985"}
    wrong = adviser.client.post(address, typed)
    assert (wrong.status_code, "Enter a date of birth like 27 3 1985" in text_of(wrong)) == (422, True)
    adviser.client.post(address, typed | {"newcomer-date_of_birth": "27 3 1985"})
    contact.refresh_from_db()
    assert str(Customer.objects.get(id=contact.customer_id).date_of_birth) == "1985-03-27"


def test_a_visitor_takes_a_slip_home_that_names_nobody(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line(channel="counter")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    matter = begin(adviser, contact)
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/send", FILLED | {"do": "send"})
    page = text_of(adviser.client.get(f"/desk/contacts/{contact.id}/slip"))
    assert "Wednesday 4 March, 5pm" in page
    assert "Dunn" not in page


def test_a_contact_that_is_over_cannot_be_changed(adviser: Officer, on_the_line: Callable[..., Contact]) -> None:
    contact = on_the_line()
    adviser.client.post(f"/desk/contacts/{contact.id}/finish", {"cause": "new"})
    for path, posted in (("matters", {"service": "missed-bin"}), ("who", {"customer": ""})):
        assert adviser.client.post(f"/desk/contacts/{contact.id}/{path}", posted).status_code == 303
    assert contact.matters.count() == 0
    assert "This contact is finished" in text_of(adviser.client.get(f"/desk/contacts/{contact.id}/"))


def test_what_we_had_nothing_for_is_noted_once_and_never_an_address(
    adviser: Officer, on_the_line: Callable[..., Contact]
) -> None:
    contact = on_the_line("07700 900123")
    address = f"/desk/contacts/{contact.id}/matters"
    for _ in range(2):
        answer = adviser.client.post(address, {"want": "Parcel  lockers"})
        assert answer.status_code == 303
    assert [(row.words, row.channel) for row in UnmetSearch.objects.all()] == [("Parcel lockers", "phone")]
    answer = adviser.client.post(address, {"want": "zzzz LS21 1AA", "nothing": "1"})
    assert answer.status_code == 422
    assert "without a name, an address or a number" in answer.content.decode()
    assert UnmetSearch.objects.count() == 1
    adviser.client.post(address, {"want": "new bin"})
    assert contact.matters.count() == 1, "what we have begins as ever"
