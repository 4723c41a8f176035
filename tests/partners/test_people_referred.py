"""A person is referred to somebody else's help: as she agreed, each step told, never into silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.models import Case, Task
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import events_of_case
from moothall.customers.models import Consent, Look
from moothall.partners.actions import CannotRefer, IsOver, answer_person, chase, refer_person, take_back
from moothall.partners.models import PersonReferral
from moothall.partners.queries import answering
from moothall.promises.models import Promise
from tests.interfaces.desk.conftest import Officer, officer
from tests.partners.help import (
    ADVICE,
    HOME_HELP,
    NEIGHBOURS,
    PANTRY,
    WALKERS,
    ask,
    body,
    directory,
    link_in,
    link_of,
    notes,
    partner_mail,
    tasks,
)

__all__ = ["directory", "officer"]
pytestmark = pytest.mark.django_db


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


def open_tasks(case: Case) -> list[str]:
    rows = Task.objects.filter(case=case, kind="help", done_at=None).order_by("created_at", "id")
    return list(rows.values_list("title", flat=True))


@pytest.mark.parametrize(
    ("by_link", "said", "outcome"),
    [
        (True, "accepted", "They have taken it on"), (False, "declined", "They cannot take it on"),
        (True, "missed", "They were not met or not reached"), (False, "done", "They say it is done"),
    ],
)  # fmt: skip
def test_to_ring_them_is_done_of_itself_once_they_have_answered(
    by_link: bool, said: str, outcome: str, council: Any, clock: Any, directory: Any, client: Client,
    officer: Callable[..., Officer],
) -> None:  # fmt: skip
    case = ask(council, clock, HOME_HELP)
    adviser = officer("adviser", teams=("customer-services",))
    row = refer_person(
        case.id, directory[ADVICE].id, about="", agreed=True, how="phone", by=adviser.actor, at=clock.now()
    )
    ring = Task.objects.get(id=row.task_id)
    assert ring.title.startswith("Ring Hilltop Advice Centre on 01632 960440")
    clock.advance(hours=1)
    for _ in range(2):
        if by_link:
            client.post(link_of(row), {"said": said})
        else:
            answer_person(row.id, said, reason="full", by=adviser.actor, at=clock.now())
    ring.refresh_from_db()
    assert (ring.outcome, ring.done_at) == (f"{ADVICE}: {outcome}", clock.now())
    (done,) = (one for one in events_of_case(case.id) if one.data.get("task_id") == str(ring.id) and "done" in one.name)
    assert done.actor_id == (None if by_link else adviser.actor.id)
    assert not any(title.startswith("Ring") for title in open_tasks(case))


def test_what_is_to_be_done_for_a_referral_is_one_thing_at_a_time(
    council: Any, clock: Any, directory: Any, officer: Callable[..., Officer]
) -> None:
    """Rung and to answer; silent, and to be rung again; silent twice, so another is to be found; another is asked."""
    case = ask(council, clock, PANTRY, help="")
    Task.objects.filter(case=case).update(done_at=clock.now())
    how: dict[str, Any] = {"about": "", "agreed": True, "how": "phone", "by": SYSTEM, "at": clock.now()}
    row = refer_person(case.id, directory[ADVICE].id, **how)
    assert [one[:26] for one in open_tasks(case)] == ["Ring Hilltop Advice Centre"]
    adviser = officer("adviser", teams=("customer-services",))
    adviser.client.post(f"/desk/cases/{case.id}/help-answer", {"referral": row.id, "said": "asked"})
    assert open_tasks(case) == []
    said = []
    for _ in range(2):
        clock.advance(days=20)
        assert chase(at=clock.now()) == 1
        said += open_tasks(case)
    assert len(said) == 2
    assert said[0] == "Ring Hilltop Advice Centre again: they have not said whether they help"
    assert said[1].startswith("Hilltop Advice Centre has not answered. Find other help")
    refer_person(case.id, directory[PANTRY].id, **how | {"at": clock.now()})
    assert open_tasks(case) == []
    assert Task.objects.get(title=said[1]).outcome == f"They were referred to {PANTRY}"


def test_to_ring_them_is_over_when_she_takes_it_back(council: Any, clock: Any, directory: Any) -> None:
    case = ask(council, clock, PANTRY, help="")
    Task.objects.filter(case=case).update(done_at=clock.now())
    row = refer_person(case.id, directory[ADVICE].id, about="", agreed=True, how="phone", by=SYSTEM, at=clock.now())
    take_back(row.id, how="phone", by=SYSTEM, at=clock.now())
    assert open_tasks(case) == [f"They took back that they are referred to {ADVICE}. Ask whether they want other help"]
