"""A person is referred to somebody else's help: as she agreed, no more than is needed, each step told, never into silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Note, Task
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.core.tokens import signed_id
from moothall.customers.actions import create_customer, withdraw_consent
from moothall.customers.linking.actions import merge
from moothall.customers.models import Consent, Look
from moothall.customers.queries import survivor_of
from moothall.intake.queries import prove_case
from moothall.notifications.models import Message
from moothall.partners.actions import CannotRefer, IsOver, answer_person, chase, refer_person, take_back
from moothall.partners.models import HelpState, PersonReferral
from moothall.partners.people import erase, export
from moothall.partners.queries import answering, help_page, search_help
from moothall.partners.retention import forget
from moothall.promises.models import Promise
from tests.interfaces.desk.conftest import Officer, officer
from tests.partners.help import (
    ADVICE,
    HOME_HELP,
    NAMES,
    NEIGHBOURS,
    PANTRY,
    SAFE,
    WALKERS,
    ask,
    bring,
    link_in,
    link_of,
)

__all__ = ["officer"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(council: Any, clock: Any) -> Any:
    return bring(clock.now())


def notes(case: Case) -> list[str]:
    return list(
        Note.objects.filter(case=case, visible_to_customer=True).order_by("at", "id").values_list("text", flat=True)
    )


def tasks(case: Case) -> list[str]:
    rows = Task.objects.filter(case=case, kind="help").order_by("created_at", "id")
    return list(rows.values_list("title", flat=True))


def partner_mail(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template).order_by("created_at", "id"))


def body(client: Client, link: str) -> str:
    answer = client.get(link)
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.row("C4")
def test_she_agrees_the_partner_is_asked_by_a_link_and_says_yes(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    assert (row.state, row.organization, row.agreed_how) == ("sent", NEIGHBOURS, "web")
    assert "May we tell Riverside Good Neighbours your name, how to reach you and why you want help" in row.agreed
    mail = partner_mail("help-asked")[0]
    assert mail.to == "referrals@neighbours.example.org"
    assert mail.case_id is None, "it is no message of hers"
    assert not any(word in f"{mail.subject} {mail.body}" for word in ("Grace", "Okoro", "grace", "Sundays"))
    assert link_in(mail) == link_of(row)
    assert Consent.objects.get(code="share-with-partners").withdrawn_at is None
    assert "We tell you what they say by Saturday 7 March" in notes(case)[0]

    page = body(client, link_of(row))
    assert all(word in page for word in ("Grace Okoro", "grace.okoro@example.net", "Somebody to talk to on Sundays"))
    look = Look.objects.get(screen="partner.referral")
    assert (look.customer_id, look.case_id, look.actor_kind) == (case.customer_id, case.id, "partner")
    assert PersonReferral.objects.get().state == "sent", "looking is no answer: mail programs open links"
    for _ in range(2):
        assert client.post(link_of(row), {"said": "accepted", "words": "Jo rings on Monday"}).status_code == 302
    assert notes(case)[1:] == [
        "Riverside Good Neighbours has taken this on (Befriending). They get in touch with you. They say: Jo rings on Monday"
    ]
    assert Promise.objects.get(subject_id=case.id, kind="complete").state == "met"
    assert "Grace Okoro" in body(client, link_of(row)), "they need it until it is done"
    client.post(link_of(row), {"said": "done"})
    case.refresh_from_db()
    assert (case.state, case.outcome, case.resolved) == ("closed", "done", True)
    assert "Grace" not in body(client, link_of(row))
    with pytest.raises(IsOver):
        answer_person(row.id, "accepted", by=SYSTEM, at=clock.now())


def test_a_partner_sees_only_what_its_service_needs(council: Any, clock: Any, directory: Any, client: Client) -> None:
    ask(council, clock, PANTRY)
    row = PersonReferral.objects.get()
    page = body(client, link_of(row))
    assert row.shares == ["name", "reach"]
    assert row.about == "", "what it need not know is not even kept for it"
    assert "Grace Okoro" in page
    assert "Sundays" not in page
    assert row.due_at is not None
    assert (row.due_at - row.made_at).days == 2, "its own days, of the pack"


def test_who_needs_more_than_she_was_asked_is_rung_about_first(
    council: Any, clock: Any, directory: Any, officer: Callable[..., Officer]
) -> None:
    case = ask(council, clock, HOME_HELP)
    assert not PersonReferral.objects.exists()
    assert "May we tell Northgate Home Help" in tasks(case)[0]
    adviser = officer("adviser", teams=("customer-services",))
    told: dict[str, Any] = {"about": "Shopping", "by": adviser.actor, "at": clock.now()}
    with pytest.raises(CannotRefer, match="where you live, and nothing else"):
        refer_person(case.id, directory[HOME_HELP].id, agreed=False, how="phone", **told)
    row = refer_person(case.id, directory[HOME_HELP].id, agreed=True, how="phone", **told)
    again = refer_person(case.id, directory[HOME_HELP].id, agreed=True, how="phone", **told)
    assert row.id == again.id
    assert len(partner_mail("help-asked")) == 1


def test_who_wants_to_go_herself_is_told_how_and_nobody_hears_of_her(council: Any, clock: Any, directory: Any) -> None:
    for organization, consent in ((NEIGHBOURS, "myself"), (WALKERS, "share")):
        case = ask(council, clock, organization, consent)
        if organization == WALKERS:
            assert case.state == "closed"
            assert case.outcome == "told"
            assert "Ring 01632 960999. We have told them nothing of you." in notes(case)[0]
        else:
            assert tasks(case) == ["They want to reach Riverside Good Neighbours themselves: tell them how"]
    assert not partner_mail("help-asked")
    assert not Consent.objects.exists()


def test_a_declined_one_comes_back_with_the_next_choice(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    wrong = client.post(link_of(row), {"said": "declined", "words": "Sorry"})
    assert wrong.status_code == 422
    assert "Choose why." in wrong.content.decode()
    assert 'value="Sorry"' in wrong.content.decode(), "what was typed stays"
    client.post(link_of(row), {"said": "declined", "reason": "full", "words": "Try us in May"})
    assert PersonReferral.objects.get().reason == "full"
    assert "cannot take this on: they are full at the moment. They say: Try us in May" in notes(case)[1]
    assert tasks(case) == [
        "Riverside Good Neighbours cannot take this on. Find other help: Help at home (Northgate Home Help)"
    ]
    assert "Grace" not in body(client, link_of(row))
    case.refresh_from_db()
    assert case.state == "open"
    row = refer_person(
        case.id, directory[PANTRY].id, about="", agreed=True, how="phone", by=SYSTEM, at=clock.now()
    )  # fmt: skip
    assert row.state == "sent"


def test_silence_is_chased_once_and_then_is_an_advisers(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    assert chase(at=clock.now()) == 0
    clock.advance(days=5, minutes=1)
    assert (chase(at=clock.now()), chase(at=clock.now())) == (1, 0)
    assert len(partner_mail("help-chased")) == 1
    clock.advance(days=5, minutes=1)
    assert (chase(at=clock.now()), chase(at=clock.now())) == (1, 0)
    row = PersonReferral.objects.get()
    assert row.state == "silent"
    assert tasks(case)[-1].startswith("Riverside Good Neighbours has not answered. Find other help: ")
    assert "has not answered us twice" in notes(case)[-1]
    late = answer_person(row.id, "accepted", by=SYSTEM, at=clock.now())
    assert late.state == "accepted", "a late answer counts as long as nobody else was asked"


def test_who_is_asked_next_takes_the_place_of_the_silent_one(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    for _ in range(2):
        clock.advance(days=5, minutes=1)
        chase(at=clock.now())
    refer_person(case.id, directory[ADVICE].id, about="", agreed=True, how="phone", by=SYSTEM, at=clock.now())
    silent = PersonReferral.objects.get(organization=NEIGHBOURS)
    assert silent.state == "over"
    assert len(partner_mail("help-taken-back")) == 1
    assert "Grace" not in body(client, link_of(silent))
    assert client.post(link_of(silent), {"said": "accepted"}).status_code == 302
    silent.refresh_from_db()
    assert silent.state == "over"
    assert tasks(case)[-1].startswith("Ring Hilltop Advice Centre on 01632 960440")


def test_what_was_taken_on_is_shut_after_the_packs_days(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    answer_person(row.id, "accepted", by=SYSTEM, at=clock.now())
    clock.advance(days=28, minutes=1)
    assert chase(at=clock.now()) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "taken-on")
    assert "Grace" not in body(client, link_of(row))


def test_not_met_is_asked_about_and_not_the_end(council: Any, clock: Any, directory: Any) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    for said in ("accepted", "missed", "missed"):
        answer_person(row.id, said, by=SYSTEM, at=clock.now())
    assert "they could not reach you, or that you were not there" in notes(case)[-1]
    assert len(tasks(case)) == 1
    case.refresh_from_db()
    assert case.state == "open"


@pytest.mark.parametrize("how", ["tracking", "request", "agreement"])
def test_she_takes_it_back_at_any_time(how: str, council: Any, clock: Any, directory: Any, client: Client) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    answer_person(row.id, "accepted", by=SYSTEM, at=clock.now())
    drain()
    hers = Client()
    hers.post("/track", {"reference": case.reference, "second": "grace.okoro@example.net"})
    page = hers.get(f"/track/{case.id}").content.decode()
    assert "They have taken it on, and get in touch with you." in page
    sees = page.split("They can see this, and nothing else:")[1].split("</ul>")[0]
    assert re.findall("<li>(.*?)</li>", sees) == ["Your name", "How to reach you", "Why you want help"]
    if how == "tracking":
        assert hers.post(f"/track/{case.id}/help/{row.id}/back", follow=True).status_code == 200
        assert "Take it back" not in hers.get(f"/track/{case.id}").content.decode()
    elif how == "request":
        hers.post(f"/track/{case.id}/withdraw")
    else:
        withdraw_consent(customer_id=row.customer_id, code="share-with-partners", by=SYSTEM, at=clock.now())
    drain()
    row.refresh_from_db()
    assert row.state == "taken"
    assert "Grace" not in body(client, link_of(row))
    told = partner_mail("help-taken-back")
    assert [one.to for one in told] == ["referrals@neighbours.example.org"]
    assert "Grace" not in told[0].body
    if how != "request":
        assert Consent.objects.get(code="share-with-partners").withdrawn_at is not None
        assert tasks(case) == [
            "They took back that they are referred to Riverside Good Neighbours. Ask whether they want other help"
        ]
    assert take_back(row.id, how="web", by=SYSTEM, at=clock.now()).ended_at == row.ended_at, "twice is once"


def test_what_a_partner_is_told_never_opens_her_request(
    council: Any, clock: Any, directory: Any, client: Client, officer: Callable[..., Officer]
) -> None:
    """It is told her email address: with the reference of her request it could read all of it, and speak for her."""
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    mail = partner_mail("help-asked")[0]
    page = body(client, link_of(row))
    assert "grace.okoro@example.net" in page
    hers = (case.reference, show_reference(case.reference))
    assert not any(one in f"{mail.subject} {mail.body} {page}" for one in hers)
    assert row.reference
    quoted = show_reference(row.reference)
    assert quoted in mail.subject
    assert quoted in page
    tried = client.post("/track", {"reference": quoted, "second": "grace.okoro@example.net"})
    assert tried.status_code == 400
    assert client.get(f"/track/{case.id}").status_code == 302
    assert prove_case(quoted, "grace.okoro@example.net", address="192.0.2.1", at=clock.now()) is None

    adviser = officer("adviser", teams=[case.team])
    found = adviser.client.get("/desk/search", {"q": quoted})
    assert found.headers["Location"].startswith(f"/desk/cases/{case.id}"), "an officer it rings finds her request by it"
    assert f"they quote {quoted}" in adviser.client.get(f"/desk/cases/{case.id}/").content.decode()


def test_what_she_takes_back_in_her_account_ends_what_she_asked_for_with_an_earlier_record(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    """Her record of now leads from the one she was referred with: taken back there, the link shows nothing of her."""
    ask(council, clock)
    row = PersonReferral.objects.get()
    now = create_customer(given_name="Grace", family_name="Okoro", proof="confirmed", by=SYSTEM, at=clock.now())
    merge(now.id, row.customer_id, reason="She showed us", by=SYSTEM, at=clock.now())
    drain()
    assert survivor_of(row.customer_id) == now.id
    assert "Somebody to talk to" in body(client, link_of(row))
    ask(council, clock, PANTRY)
    second = PersonReferral.objects.exclude(id=row.id).get()
    merge(now.id, second.customer_id, reason="She showed us", by=SYSTEM, at=clock.now())
    take_back(second.id, how="web", by=SYSTEM, at=clock.now())
    drain()
    row.refresh_from_db()
    assert row.state == "sent", "the other stands"
    withdraw_consent(customer_id=now.id, code="share-with-partners", channel="web", by=SYSTEM, at=clock.now())
    drain()
    row.refresh_from_db()
    assert row.state == "taken"
    assert "Somebody to talk to" not in body(client, link_of(row))


def test_a_stranger_takes_nothing_back_and_sees_nothing(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case, other = ask(council, clock), ask(council, clock, PANTRY)
    row = PersonReferral.objects.get(case_id=case.id)
    assert client.post(f"/track/{case.id}/help/{row.id}/back").status_code == 302
    hers = Client()
    hers.post("/track", {"reference": other.reference, "second": "grace.okoro@example.net"})
    assert hers.post(f"/track/{other.id}/help/{row.id}/back").status_code == 404, "not of this request"
    row.refresh_from_db()
    assert row.state == "sent"
    for made_up in ("x", f"{row.id}:forged", signed_id("another-use", row.id), signed_id("help.referral", uuid4())):
        assert client.get(f"/referrals/{made_up}").status_code == 404
        assert client.post(f"/referrals/{made_up}", {"said": "accepted"}).status_code == 404
    assert client.post(link_of(row), {"said": "stolen"}).status_code == 422


def test_nothing_is_shown_once_the_request_is_anothers(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case, other = ask(council, clock), ask(council, clock, contact={"name": "Ann Lee", "email": "ann@example.net"})
    row = PersonReferral.objects.get(case_id=case.id)
    Case.objects.filter(id=case.id).update(customer_id=other.customer_id)
    page = body(client, link_of(row))
    assert "Grace" not in page
    assert "Ann" not in page
    assert "Ring us and quote" in page
    assert not Look.objects.filter(screen="partner.referral").exists()


def test_what_few_may_know_of_is_found_by_few_and_never_named_to_who_reads_with_her(
    council: Any, clock: Any, directory: Any, client: Client, officer: Callable[..., Officer]
) -> None:
    help_id = directory[SAFE].id
    adviser = officer("adviser", teams=("customer-services",))
    carer = officer("adviser", "restricted-social-care", name="Cara Lyle", teams=("adult-contact-team",))
    assert not search_help("safe").rows
    assert help_page(help_id) is None
    assert client.get(f"/help/{help_id}").status_code == 404
    assert "Safe at home" not in client.get("/help?words=safe").content.decode()
    assert "Safe at home" not in adviser.client.get(f"/desk/help/?words=safe&open={help_id}").content.decode()
    assert "Few may know of it" in carer.client.get(f"/desk/help/?words=safe&open={help_id}").content.decode()
    case = ask(council, clock, SAFE)
    assert not PersonReferral.objects.exists(), "nobody refers herself there by its name"
    with pytest.raises(LookupError):
        refer_person(case.id, help_id, about="", agreed=True, how="phone", by=adviser.actor, at=clock.now())
    with pytest.raises(CannotRefer, match="only for requests that few may see"):
        refer_person(case.id, help_id, about="", agreed=True, how="phone", by=carer.actor, at=clock.now())
    Case.objects.filter(id=case.id).update(restricted="social-care")
    refer_person(case.id, help_id, about="", agreed=True, how="phone", by=carer.actor, at=clock.now())
    assert not any("Harbour" in text or "Safe" in text for text in notes(case))
    assert tasks(case)[-1].startswith("Ring Harbour Safe at Home on 01632 960450")
    assert NAMES[SAFE][0] not in [one.organization for one in answering(
        since=clock.now().replace(year=2025), until=clock.now().replace(year=2027), visible_to=adviser.actor
    )]  # fmt: skip
    assert adviser.client.get(f"/desk/cases/{case.id}/").status_code == 404


def test_at_the_desk_with_errors_that_say_what_to_do(
    council: Any, clock: Any, directory: Any, officer: Callable[..., Officer]
) -> None:
    case = ask(council, clock, PANTRY, help="")
    adviser = officer("adviser", teams=("customer-services",))
    page = adviser.client.get(f"/desk/cases/{case.id}/").content.decode()
    assert f"/desk/help/?case={case.id}" in page
    help_id = directory[NEIGHBOURS].id
    page = adviser.client.get(f"/desk/help/?case={case.id}&open={help_id}").content.decode()
    assert "May we tell Riverside Good Neighbours" in page
    to = f"/desk/help/{help_id}/refer"
    for form, says in (
        ({"agreed": "yes"}, "Choose how they agreed."),
        ({"how": "phone", "about": "Company & tea"}, "Ask first: May we tell"),
    ):
        answer = adviser.client.post(to, {"case": case.id, **form})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert "Company &amp; tea" in answer.content.decode() or "about" not in form
    assert adviser.client.post(to, {"case": str(uuid4()), "agreed": "yes", "how": "phone"}).status_code == 404
    answer = adviser.client.post(to, {"case": case.id, "agreed": "yes", "how": "phone", "about": "Company"})
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/cases/{case.id}/")
    row = PersonReferral.objects.get()
    page = adviser.client.get(f"/desk/cases/{case.id}/").content.decode()
    assert "Referred to help from others" in page, "on its time line"
    assert "Agreed on the telephone" in page
    act = f"/desk/cases/{case.id}/help-answer"
    assert adviser.client.post(act, {"referral": row.id, "said": "declined"}).status_code == 422
    assert adviser.client.post(act, {"referral": str(uuid4()), "said": "accepted"}).status_code == 422
    adviser.client.post(act, {"referral": row.id, "said": "declined", "reason": "full"})
    row.refresh_from_db()
    assert row.state == "declined"
    viewer = officer("auditor", name="Olu Ade")
    assert viewer.client.post(to, {"case": case.id, "agreed": "yes", "how": "phone"}).status_code == 403


@pytest.mark.parametrize(
    ("roles", "teams", "may"),
    [
        (("adviser",), ("customer-services",), True), (("service-officer",), ("adult-contact-team",), True),
        (("auditor",), (), False), (("councillor",), (), False), (("field-worker",), ("highway-inspectors",), False),
    ],
)  # fmt: skip
def test_whoever_works_on_requests_takes_it_back_for_her_and_nobody_else_can(
    roles: tuple[str, ...], teams: tuple[str, ...], may: bool, council: Any, clock: Any, directory: Any, client: Client,
    officer: Callable[..., Officer],
) -> None:  # fmt: skip
    case, other = ask(council, clock), ask(council, clock, PANTRY)
    row, elsewhere = PersonReferral.objects.get(case_id=case.id), PersonReferral.objects.get(case_id=other.id)
    who = officer(*roles, teams=teams)
    page, act = f"/desk/cases/{case.id}/", f"/desk/cases/{case.id}/help-back"
    if not may:
        seen = who.client.get(page)
        assert seen.status_code in {403, 404} or "They take it back" not in seen.content.decode()
        assert who.client.post(act, {"referral": row.id, "how": "phone"}).status_code in {403, 404}
        row.refresh_from_db()
        assert row.state == "sent"
        assert "Grace" in body(client, link_of(row))
        return
    assert "They take it back" in who.client.get(page).content.decode()
    for form, says in (
        ({"referral": row.id}, "Choose how they told you that they take it back."),
        ({"referral": row.id, "how": "pigeon"}, "Choose how they told you that they take it back."),
        ({"referral": elsewhere.id, "how": "phone"}, "Nobody was referred there from this case."),
        ({"how": "phone"}, "Nobody was referred there from this case."),
    ):
        answer = who.client.post(act, form)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert set(PersonReferral.objects.values_list("state", flat=True)) == {"sent"}
    for _ in range(2):
        assert who.client.post(act, {"referral": row.id, "how": "phone"}).status_code == 303
    row.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (row.state, elsewhere.state) == ("taken", "sent")
    assert "Grace" not in body(client, link_of(row))
    assert [one.to for one in partner_mail("help-taken-back")] == ["referrals@neighbours.example.org"]
    assert notes(case)[-1].startswith(f"You took back that we share your details with {NEIGHBOURS}.")
    assert len(tasks(case)) == 1
    assert "They take it back" not in who.client.get(page).content.decode()


def test_how_partners_answer_is_counted_from_what_happened(
    council: Any, clock: Any, directory: Any, officer: Callable[..., Officer]
) -> None:
    ask(council, clock)
    ask(council, clock, PANTRY)
    clock.advance(days=1, hours=2)
    answer_person(PersonReferral.objects.get(organization=NEIGHBOURS).id, "accepted", by=SYSTEM, at=clock.now())
    reader = officer("adviser")
    rows = {
        one.organization: one
        for one in answering(since=clock.now().replace(year=2025), until=clock.now(), visible_to=reader.actor)
    }
    assert rows[PANTRY].counts["referred"] == 1
    assert rows[PANTRY].days is None
    clock.advance(minutes=1)
    page = reader.client.get("/desk/help/figures").content.decode()
    assert NEIGHBOURS in page
    assert "<td>1.0</td>" in page or ">1</td>" in page


def test_what_is_written_of_her_goes_with_her_case_and_is_copied_and_erased(
    council: Any, clock: Any, directory: Any, client: Client
) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    assert case.customer_id is not None
    copy = export(case.customer_id)["referred_to"]
    assert (copy[0]["organization"], copy[0]["about"]) == (NEIGHBOURS, "Somebody to talk to on Sundays")
    erase(case.customer_id, SYSTEM, clock.now())
    row.refresh_from_db()
    assert (row.about, row.agreed, row.state) == ("", "", "taken")
    PersonReferral.objects.filter(id=row.id).update(about="x")
    assert forget([case.id], SYSTEM, clock.now()) == 1


def test_a_closed_request_shuts_what_was_shared(council: Any, clock: Any, directory: Any, client: Client) -> None:
    case = ask(council, clock)
    row = PersonReferral.objects.get()
    close_case(case.id, outcome="nobody-found", resolved=False, by=SYSTEM, at=clock.now())
    assert "Grace" not in body(client, link_of(row)), "at once, before anything that follows has run"
    clock.advance(days=6)
    assert chase(at=clock.now()) == 0
    assert not partner_mail("help-chased")
    drain()
    row.refresh_from_db()
    assert row.state == HelpState.OVER
    with pytest.raises(CannotRefer, match="closed"):
        refer_person(case.id, directory[PANTRY].id, about="", agreed=True, how="phone", by=SYSTEM, at=clock.now())


def test_the_pages_cost_the_same_however_many(
    council: Any, clock: Any, directory: Any, client: Client, officer: Callable[..., Officer]
) -> None:
    case = ask(council, clock)
    adviser = officer("adviser", teams=("customer-services",))
    costs = []
    for organization in (PANTRY, ADVICE, HOME_HELP):
        adviser.client.get(f"/desk/cases/{case.id}/")
        with CaptureQueriesContext(connection) as asked:
            assert adviser.client.get(f"/desk/cases/{case.id}/").status_code == 200
        costs.append(len(asked))
        refer_person(case.id, directory[organization].id, about="", agreed=True, how="phone", by=SYSTEM, at=clock.now())
    assert len(set(costs)) == 1, costs
    row = PersonReferral.objects.get(organization=PANTRY)
    with CaptureQueriesContext(connection) as asked:
        client.get(link_of(row))
    assert len(asked) <= 22
