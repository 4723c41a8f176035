"""Who is on the line: one contact at a time, made sure of, spoken for, helped; and what is over can be looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.models import Event
from moothall.customers.accounts.queries import verifications_of
from moothall.customers.models import Customer
from moothall.intake.actions.raising import Raised
from moothall.places.actions import Premises, import_premises
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.test_calls import FILLED, begin, text_of

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def call(adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]) -> Contact:
    """A call that is known to be for Amina Dunn."""
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    return contact


def test_a_second_contact_is_begun_only_when_it_is_meant(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    first = on_the_line("07700 900123")
    told = {"channel": "phone", "number": "07700 900456"}
    asked = adviser.client.post("/desk/contacts/begin", told)
    assert asked.status_code == 409
    assert "You have not finished with" in text_of(asked)
    assert f"/desk/contacts/{first.id}/" in text_of(asked)
    from_her_page = adviser.client.post(f"/desk/people/{amina.id}/contact", {"channel": "counter"})
    assert from_her_page.status_code == 409
    assert "With <strong>Amina Dunn</strong>" in text_of(from_her_page)
    assert Contact.objects.count() == 1
    meant = adviser.client.post(
        "/desk/contacts/begin", {"channel": "counter", "customer": str(amina.id), "another": "1"}
    )
    assert meant.status_code == 303
    assert Contact.objects.get(channel="counter").customer_id == amina.id


def test_the_telephone_system_may_put_the_same_call_through_twice(adviser: Officer) -> None:
    told = {"channel": "phone", "number": "07700 900123", "call": "switch-77"}
    opened = [adviser.client.post("/desk/contacts/begin", told) for _ in range(2)]
    assert [answer.status_code for answer in opened] == [303, 303]
    assert opened[0]["Location"] == opened[1]["Location"]


@pytest.mark.parametrize(
    ("how", "proof"),
    [("facts", "matched"), ("call_back", "confirmed"), ("failed", "stated")],
)
def test_how_we_made_sure_is_recorded_and_the_proof_rises_with_it(
    how: str, proof: str, adviser: Officer, amina: Customer, call: Contact
) -> None:
    assert adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": how}).status_code == 303
    call.refresh_from_db()
    amina.refresh_from_db()
    assert (call.identity_check, call.identity_checked_by, amina.proof) == (how, adviser.staff.id, proof)
    event = Event.objects.get(name="contact.identity_checked")
    assert (event.actor_id, event.customer_id, event.data) == (adviser.staff.id, amina.id, {"how": how})


@pytest.mark.row("B3")
def test_papers_seen_in_a_contact_prove_the_identity_once_as_on_her_own_page(
    adviser: Officer, amina: Customer, on_the_line: Callable[..., Contact]
) -> None:
    visit = on_the_line(channel="counter")
    adviser.client.post(f"/desk/contacts/{visit.id}/who", {"customer": str(amina.id)})
    address = f"/desk/contacts/{visit.id}/speaking/check"
    assert "Papers seen, in the original" in text_of(adviser.client.get(f"/desk/contacts/{visit.id}/"))
    for seen, says in ((["passport"], "at least 2"), (["utility-bill", "tenancy-agreement"], "photograph")):
        refused = adviser.client.post(address, {"how": "document", "seen": seen})
        assert refused.status_code == 422
        assert says in text_of(refused)
        assert f'value="{seen[0]}" checked' in text_of(refused), "what was ticked stays ticked"
    visit.refresh_from_db()
    assert visit.identity_check == ""
    for _ in range(2):
        adviser.client.post(address, {"how": "document", "seen": ["passport", "utility-bill"]})
    amina.refresh_from_db()
    visit.refresh_from_db()
    assert (amina.proof, visit.identity_check) == ("verified", "document")
    (proof,) = verifications_of([amina.id], visible_to=adviser.actor)
    assert (proof.how, proof.evidence, proof.staff_id) == ("in_person", ("passport", "utility-bill"), adviser.staff.id)


def test_papers_are_not_seen_over_the_telephone_nor_prove_the_customer_when_somebody_else_shows_hers(
    adviser: Officer, amina: Customer, call: Contact, on_the_line: Callable[..., Contact]
) -> None:
    assert "Papers seen" not in text_of(adviser.client.get(f"/desk/contacts/{call.id}/"))
    papers = {"how": "document", "seen": ["passport", "utility-bill"]}
    told = adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", papers)
    assert told.status_code == 422
    assert "over the telephone" in text_of(told)
    visit = on_the_line(channel="counter")
    adviser.client.post(f"/desk/contacts/{visit.id}/who", {"customer": str(amina.id)})
    adviser.client.post(f"/desk/contacts/{visit.id}/speaking/for", {"speaker": "Ann Dunn", "speaks_as": "family"})
    assert adviser.client.post(f"/desk/contacts/{visit.id}/speaking/check", papers).status_code == 303
    amina.refresh_from_db()
    assert amina.proof == "stated"
    assert verifications_of([amina.id], visible_to=adviser.actor) == []


def test_proof_never_falls_and_a_call_of_somebody_else_starts_unchecked(
    adviser: Officer, amina: Customer, call: Contact
) -> None:
    for how in ("facts", "call_back"):
        adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": how})
    amina.refresh_from_db()
    assert amina.proof == "matched"
    adviser.client.post(f"/desk/contacts/{call.id}/who", {"customer": ""})
    call.refresh_from_db()
    assert (call.identity_check, call.identity_checked_by) == ("", None)
    nobody = adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": "facts"})
    assert nobody.status_code == 422
    assert "Say who it is first." in text_of(nobody)


def test_who_speaks_for_the_customer_is_kept_and_proves_nothing_about_her(
    adviser: Officer, amina: Customer, call: Contact
) -> None:
    address = f"/desk/contacts/{call.id}/speaking/for"
    half = adviser.client.post(address, {"speaker": "Ann Dunn", "speaks_as": ""})
    assert half.status_code == 422
    assert "Choose what they are to the customer." in text_of(half)
    assert 'value="Ann Dunn"' in text_of(half)
    adviser.client.post(address, {"speaker": "Ann Dunn", "speaks_as": "family"})
    adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": "facts"})
    page = text_of(adviser.client.get(f"/desk/contacts/{call.id}/"))
    assert "Ann Dunn speaks for them (family or friend)" in page
    amina.refresh_from_db()
    assert amina.proof == "stated"
    event = Event.objects.get(name="contact.spoken_for")
    assert "Ann" not in str(event.data), "events hold no names"


def test_why_they_were_helped_is_kept(adviser: Officer, call: Contact) -> None:
    address = f"/desk/contacts/{call.id}/speaking/help"
    adviser.client.post(address, {"because": "no_internet"})
    assert adviser.client.post(address, {"because": "made-up"}).status_code == 422
    call.refresh_from_db()
    assert (call.assisted, call.helped_because) == (True, "no_internet")
    adviser.client.post(address, {"because": ""})
    call.refresh_from_db()
    assert (call.assisted, call.helped_because) == (False, "")


def test_a_finished_contact_is_found_again_and_says_everything_of_itself(
    adviser: Officer, waste: Officer, call: Contact
) -> None:
    adviser.client.post(f"/desk/contacts/{call.id}/speaking/for", {"speaker": "Ann Dunn", "speaks_as": "carer"})
    adviser.client.post(f"/desk/contacts/{call.id}/speaking/check", {"how": "facts"})
    matter = begin(adviser, call)
    adviser.client.post(f"/desk/contacts/{call.id}/matters/{matter.id}/send", FILLED | {"do": "send"})
    adviser.client.post(f"/desk/contacts/{call.id}/finish", {"cause": "new", "note": "Ring before noon."})
    call.refresh_from_db()
    assert call.state == "closed"
    assert f"/desk/contacts/{call.id}/" in text_of(adviser.client.get("/desk/"))
    for officer in (adviser, waste):  # one who takes no calls may read it too
        page = text_of(officer.client.get(f"/desk/contacts/{call.id}/"))
        for words in (
            "Ring before noon.",
            "Ann Dunn, carer",
            "They knew two things we hold",
            "Priya Shah",
            "Report a missed bin",
        ):
            assert words in page, words
        assert "speaking/check" not in page
        assert "Why did they have to contact us?" not in page


def test_an_address_typed_over_loses_its_number_without_a_script(adviser: Officer, call: Contact) -> None:
    import_premises(
        [Premises(uprn=72000001, address="14 Mill Lane, Otley", postcode="LS21 1AA", area_code="E05")], by=SYSTEM
    )
    drawn = {"address-uprn": "72000001", "address-of": FILLED["address-text"]}
    for text, uprn in ((FILLED["address-text"], 72000001), ("9 Else Street, Otley, LS21 1AB", None)):
        matter = begin(adviser, call)
        typed = FILLED | drawn | {"address-text": text, "do": "send"}
        answer = adviser.client.post(f"/desk/contacts/{call.id}/matters/{matter.id}/send", typed)
        assert answer.status_code == 303, text_of(answer)
        matter.refresh_from_db()
        found = Case.objects.get(id=matter.case_id)
        assert (found.uprn, found.place_text) == (uprn, text)


@pytest.mark.row("C3")
def test_the_queue_shows_what_is_at_risk_and_the_teams_that_have_work(
    waste: Officer, amina: Customer, missed_bin: Callable[..., Raised], clock: MovableClock
) -> None:
    first = missed_bin(amina)
    case = Case.objects.get(id=first.case_id)
    shown = f"{case.reference[:4]}-{case.reference[4:]}"
    calm = text_of(waste.client.get("/desk/queue/?pace=at_risk"))
    assert shown not in calm
    assert "Nothing here" in calm
    assert case.due_at is not None
    clock.set(case.due_at - timedelta(minutes=30))
    page = text_of(waste.client.get("/desk/queue/?pace=at_risk"))
    assert shown in page
    chooser = page.split('id="filter-team"')[1].split("</select>")[0]
    assert 'value="refuse-collection"' in chooser
    assert 'value="street-lighting"' not in chooser
    clock.set(case.due_at + timedelta(minutes=30))
    assert shown not in text_of(waste.client.get("/desk/queue/?pace=at_risk"))
