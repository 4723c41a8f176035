"""What becomes of a resident's word about her councillor: said twice, changed, too late, unreachable, a link nobody made."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from moothall.cases.actions import close_case
from moothall.cases.models import Case, Note, Task
from moothall.core.actors import SYSTEM
from moothall.core.tokens import signed_id
from moothall.intake.actions import raise_request
from moothall.intake.constituents import consent_page, say_consent, tell_unanswered
from moothall.intake.models import ConsentAsked
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES

pytestmark = pytest.mark.django_db


def enquire(council: Any, clock: Any, **more: Any) -> Case:
    answers = {
        "member": {"name": "Dorothy Hale"}, "resident": {"name": "Joan Okoro"}, "consent": "please_ask",
        "reach": {"by": "email", "email": "Joan.Okoro@example.net"}, "about": "Damp", "ask": "When?", "urgent": "no",
        "contact": {"email": "d.hale@example.org"},
    } | more  # fmt: skip
    raised = raise_request(
        council.of(SERVICES)["councillor-enquiry"], answers, pack=council, channel="web", by=SYSTEM, at=clock.now()
    )
    return Case.objects.get(id=raised.case_id)


def token(case: Case) -> str:
    return signed_id("consent", ConsentAsked.objects.get(case_id=case.id).id)


def test_the_same_word_twice_is_told_once_and_another_one_counts(council: Any, clock: Any) -> None:
    case = enquire(council, clock)
    assert consent_page(token(case)).agreed is None
    for _ in range(2):
        assert say_consent(token(case), agreed=True, at=clock.now())
    assert Note.objects.filter(case=case).count() == Task.objects.filter(case=case).count() == 1
    say_consent(token(case), agreed=False, at=clock.now())
    assert consent_page(token(case)).agreed is False
    assert "taken back" in Note.objects.filter(case=case).latest("id").text
    clock.advance(days=30)
    assert tell_unanswered(at=clock.now()) == 0, "she has answered"


def test_she_is_asked_with_nothing_of_hers_in_it(council: Any, clock: Any) -> None:
    case = enquire(council, clock)
    told = Message.objects.get(template="consent-asked")
    assert (told.to, told.customer_id) == ("joan.okoro@example.net", None)
    found = re.search(r"/enquiry/([^)]+)", told.body.replace("\\", ""))  # Markdown: punctuation is escaped
    assert found is not None
    assert consent_page(unquote(found[1])) == consent_page(token(case))
    assert "It is about: Damp." in told.body
    assert not any(word in told.body + told.subject for word in ("Joan", "Okoro", "When?", case.reference[:4]))


def test_where_she_agreed_or_it_is_not_needed_nobody_is_asked(council: Any, clock: Any) -> None:
    for consent in ("asked", "agreed", "none"):
        enquire(council, clock, consent=consent, consent_why="A street.", reach=None)
    assert not ConsentAsked.objects.exists()
    assert not Message.objects.filter(template="consent-asked").exists()


@pytest.mark.parametrize(
    "reach", [{"by": "post"}, {}, {"phone": "0113 496 0302"}], ids=["by-post", "nothing", "landline"]
)
def test_whom_no_message_reaches_is_asked_another_way(council: Any, clock: Any, reach: dict[str, str]) -> None:
    case = enquire(council, clock, reach=reach)
    assert not Message.objects.filter(template="consent-asked").exists()
    assert "could not reach" in Note.objects.get(case=case).text
    assert Task.objects.get(case=case).title == "Ask the resident another way whether we may tell the councillor"
    clock.advance(days=8)
    assert tell_unanswered(at=clock.now()) == 0, "the councillor knows"


def test_no_answer_is_told_once_and_a_late_one_still_counts(council: Any, clock: Any) -> None:
    case = enquire(council, clock)
    assert tell_unanswered(at=clock.now()) == 0
    clock.advance(days=7, minutes=1)
    assert (tell_unanswered(at=clock.now()), tell_unanswered(at=clock.now())) == (1, 0)
    assert say_consent(token(case), agreed=True, at=clock.now())
    assert consent_page(token(case)).agreed is True


def test_once_the_enquiry_is_closed_nothing_is_taken(council: Any, clock: Any, client: Client) -> None:
    case = enquire(council, clock)
    close_case(case.id, outcome="done", resolved=True, by=SYSTEM, at=clock.now())
    assert not say_consent(token(case), agreed=True, at=clock.now())
    page = client.get(f"/enquiry/{token(case)}").content.decode()
    assert "This is over" in page
    assert "Damp" not in page
    assert "<button" not in page.split("<main")[1].split("</main>")[0]


def test_a_link_nobody_made_opens_nothing(council: Any, clock: Any, client: Client) -> None:
    case = enquire(council, clock)
    for made_up in (
        "x",
        f"{ConsentAsked.objects.get().id}:forged",
        signed_id("another-use", ConsentAsked.objects.get().id),
    ):
        assert client.get(f"/enquiry/{made_up}").status_code == 404
        assert client.post(f"/enquiry/{made_up}", {"agreed": "yes"}).status_code == 404
    assert client.post(f"/enquiry/{token(case)}", {"agreed": "maybe"}).status_code == 200
    assert ConsentAsked.objects.get().agreed is None
