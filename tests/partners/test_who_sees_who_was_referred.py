"""Who sees what of a person who was referred: no more than she agreed to, and nothing once she takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.core.tokens import signed_id
from moothall.customers.actions import create_customer, withdraw_consent
from moothall.customers.linking.actions import merge
from moothall.customers.models import Consent, Look
from moothall.customers.queries import survivor_of
from moothall.intake.queries import prove_case
from moothall.partners.actions import CannotRefer, answer_person, chase, refer_person, take_back
from moothall.partners.models import HelpState, PersonReferral
from moothall.partners.people import erase, export
from moothall.partners.queries import answering, help_page, search_help
from moothall.partners.retention import forget
from tests.interfaces.desk.conftest import Officer, officer
from tests.partners.help import (
    NAMES,
    NEIGHBOURS,
    PANTRY,
    SAFE,
    ask,
    body,
    directory,
    link_of,
    notes,
    partner_mail,
    tasks,
)

__all__ = ["directory", "officer"]
pytestmark = pytest.mark.django_db


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
