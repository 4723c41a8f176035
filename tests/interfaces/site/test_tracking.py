"""Tracking: who may see, what is told, and what may be done about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.cases.actions import close_case, note_case, wait_for
from moothall.cases.models import Case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import queries as packs
from moothall.core.references import reference_of, show_reference
from moothall.feedback.models import Rating
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.intake.queries.tracking import team_words
from moothall.services.pack import SERVICES

from ...intake.catalogue import TODAY
from ...intake.test_raising import MISSED_BIN

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def case(council: Any, clock: Any) -> Case:
    service = council.of(SERVICES)["missed-bin"]
    answers, _ = read_all(service, MISSED_BIN, today=TODAY)
    raised = raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now())
    return Case.objects.get(id=raised.case_id)


def find(client: Client, reference: str, second: str) -> Any:
    return client.post("/track", {"reference": reference, "second": second}, follow=True)


@pytest.mark.parametrize("second", ["Amina.Dunn@Example.com ", "ls1 1ur", "LS11UR"])
def test_the_reference_and_one_thing_she_knows_show_it(client: Client, case: Case, second: str) -> None:
    shown = show_reference(case.reference)
    pasted = f"Your reference {shown.replace('-', '–')}."
    for written in (shown, case.reference.lower(), " ".join(case.reference), f" #{shown} ", pasted):
        answer = find(client, written, second)
        assert answer.redirect_chain == [(f"/track/{case.id}", 302)]
        text = answer.content.decode()
        assert "It is with our refuse collection team" in text
        assert "Wednesday 4 March, 5pm" in text


def test_a_wrong_reference_and_a_wrong_second_thing_are_answered_the_same(client: Client, case: Case) -> None:
    answers = [
        find(client, case.reference, "someone@example.com"),
        find(client, reference_of(1), "amina.dunn@example.com"),
        find(client, reference_of(1), "y" * 10_000),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.content.decode().count("We could not find a request with both of these") == 2


@pytest.mark.parametrize(
    ("reference", "second", "says"),
    [
        ("", "", ("Enter your reference", "Enter your email address or postcode")),
        ("\x00", "\x00", ("Enter your reference", "Enter your email address or postcode")),
        ("nonsense", "a@example.com", ("That reference is not one of ours",)),
        ("x" * 10_000, "LS1 1UR", ("A reference has 8 letters and numbers",)),
        ("right", " ", ("Enter your email address or postcode",)),
    ],
)  # fmt: skip
def test_what_is_left_out_or_cannot_be_one_is_named_and_costs_no_try(
    reference: str, second: str, says: tuple[str, ...], client: Client, case: Case
) -> None:
    for _ in range(12):
        answer = find(client, case.reference if reference == "right" else reference, second)
        assert answer.status_code == 400
        for words in says:
            assert answer.content.decode().count(words) >= 2, "at the field and in the summary"
    assert find(client, case.reference, "LS1 1UR").status_code == 200


def test_guessing_is_stopped_per_address_and_per_reference(client: Client, case: Case, clock: Any) -> None:
    for number in range(10):
        find(client, case.reference, f"guess{number}@example.com")
    assert find(client, case.reference, "amina.dunn@example.com").status_code == 429
    # a stranger's ten wrong tries do not shut the customer out at home; thirty, from wherever, put the reference at rest
    home = Client(REMOTE_ADDR="203.0.113.9")
    assert find(home, case.reference, "amina.dunn@example.com").status_code == 200
    for number in range(20):
        find(Client(REMOTE_ADDR=f"198.51.100.{number % 2}"), case.reference, f"guess{number}@example.com")
    shut = find(home, case.reference, "amina.dunn@example.com")
    assert shut.status_code == 429
    for words in ("Wait 15 minutes", "They need not have been yours", "your account still open your request"):
        assert words in shut.content.decode()
    clock.advance(minutes=16)
    assert find(home, case.reference, "amina.dunn@example.com").status_code == 200


def test_someone_elses_case_is_not_shown_by_its_address(case: Case) -> None:
    stranger = Client()
    for path in ("", "/rate", "/not-right"):
        assert stranger.get(f"/track/{case.id}{path}").headers["Location"] == "/track"
    for path in ("/add", "/withdraw", "/rate", "/not-right"):
        assert stranger.post(f"/track/{case.id}{path}", {"text": "x", "score": "poor"}).headers["Location"] == "/track"
    case.refresh_from_db()
    assert (case.state, case.version) == ("open", 1)


def test_an_officers_note_is_seen_only_when_it_is_meant_to_be(client: Client, case: Case, clock: Any) -> None:
    note_case(case.id, text="Crew says the lane was blocked", visible_to_customer=False, by=SYSTEM, at=clock.now())
    note_case(case.id, text="We will come back tomorrow", visible_to_customer=True, by=SYSTEM, at=clock.now())
    text = find(client, case.reference, "LS1 1UR").content.decode()
    assert "We will come back tomorrow" in text
    assert "lane was blocked" not in text


def test_a_stopped_clock_says_why(client: Client, case: Case, clock: Any) -> None:
    wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    text = find(client, case.reference, "LS1 1UR").content.decode()
    assert "Our clock has stopped for now: the street or bin store was blocked." in text


def test_adding_withdrawing_and_saying_it_is_not_right(client: Client, case: Case, clock: Any) -> None:
    find(client, case.reference, "LS1 1UR")
    here = f"/track/{case.id}"
    assert client.post(f"{here}/add", {"text": " "}).status_code == 400
    assert (
        "It is behind the gate"
        in client.post(f"{here}/add", {"text": "It is behind the gate"}, follow=True).content.decode()
    )
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    assert "This is finished: emptied on return visit." in client.get(here).content.decode()
    client.post(f"{here}/not-right", {"text": "It is still full"})
    case.refresh_from_db()
    assert case.state == "open"
    client.post(f"{here}/withdraw")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "withdrawn")
    assert "you do not need this any more" in client.get(here).content.decode()


def test_rating_is_one_voice_that_may_change_its_mind(client: Client, case: Case, clock: Any) -> None:
    find(client, case.reference, "LS1 1UR")
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    here = f"/track/{case.id}/rate"
    assert client.post(here, {"score": "wonderful"}).status_code == 400
    assert client.post(here, {"score": "poor", "why": "x" * 3000}).status_code == 400
    client.post(here, {"score": "poor", "why": "Late"})
    client.post(here, {"score": "good", "why": "Late but kind"})
    assert [(row.score, row.why) for row in Rating.objects.all()] == [("good", "Late but kind")]


def test_the_page_costs_the_same_however_much_was_said(client: Client, case: Case, clock: Any) -> None:
    find(client, case.reference, "LS1 1UR")
    counts = []
    for more in (0, 30):
        for number in range(more):
            note_case(case.id, text=f"Note {number}", visible_to_customer=True, by=SYSTEM, at=clock.now())
        packs.forget()  # else whether a second has gone decides over one query
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/track/{case.id}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 11


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Refuse collection", "our refuse collection team"),
        ("Anti-social behaviour team", "our anti-social behaviour team"),
        ("ASB team leader", "our ASB team leader"),
        ("Head of waste", "our head of waste"),
        ("Round supervisors", "our round supervisors"),
    ],
)
def test_teams_are_named_as_people_speak(name: str, said: str) -> None:
    assert team_words(name) == said
