"""What a partner's closing words mean: by the pack's words, and by a person where these do not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from moothall.cases.models import Case, Note, Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack, load_pack
from moothall.notifications.models import Message
from moothall.partners.actions import hand_over
from moothall.partners.actions.following import MOST_ASKED, NOT_KNOWN, ask_partners
from moothall.partners.adapters.open311 import Open311
from moothall.partners.adapters.open311.twin import KEY, Twin
from moothall.partners.models import Referral
from moothall.partners.pack import PARTNERS, WHOSE_JOB
from moothall.partners.protocols import CannotSend, NotTaken
from moothall.partners.rules import closing_means
from moothall.reports.actions import follow
from moothall.reports.queries.finding import report_of_case
from tests.partners.conftest import OURS

CONTRACTOR = "surfacing-contractor"


@pytest.fixture(scope="module")
def common() -> Pack:
    return load_pack("leeds")


@pytest.mark.parametrize(
    ("note", "means"),
    [
        ("Mended", "done"), ("FIXED.", "done"), ("Pothole filled, 3 Mar. No further action required", "done"),
        ("Could not be located", "not_found"), ("We could not find it", "not_found"), ("Not found when we came", "not_found"),
        ("No action needed", "not_done"), ("Not fixed", "not_done"), ("Closed without a repair", "not_done"),
        ("Not our responsibility", "not_ours"),
        ("Case invalid", None), ("Referred to state", None), ("", None), ("Closed", None), ("Duplicate request.", None),
        ("To be repaired in March", None), ("Repair completed? Not yet", None), ("Made safe, to be filled later", None),
        ("The surface isn’t repaired", None), ("Half was filled, the other could not be found", None),
        ("Affixed a notice", None), ("Uncompleted", None),
    ],
)  # fmt: skip
def test_only_words_that_say_so_are_done(common: Pack, note: str, means: str | None) -> None:
    job = common.one(WHOSE_JOB)
    assert closing_means(note, common.of(PARTNERS)[CONTRACTOR], job) == means


def test_a_partners_own_words_count_before_everybodys(common: Pack) -> None:
    job, known = common.one(WHOSE_JOB), common.of(PARTNERS)[CONTRACTOR]
    theirs = known.model_copy(update={"closing_words": {"done": ("code 40",), "not_done": ("filled",)}})
    assert closing_means("Code 40", theirs, job) == "done"
    assert closing_means("Filled", theirs, job) == "not_done"
    assert closing_means("Code 40", known, job) is None


@pytest.fixture
def twin(council: Any, settings: Any, clock: Any, tmp_path: Path) -> Iterator[Twin]:
    running = Twin(keep=tmp_path / "kept.json").start()
    settings.PARTNER_ADDRESSES = {CONTRACTOR: running.address(CONTRACTOR)}
    settings.PARTNER_KEYS = {CONTRACTOR: KEY}
    yield running
    running.stop()


def at_the_contractor(case: Case, clock: Any) -> Referral:
    hand_over(case.id, at=clock.now())
    jobs.drain(at=clock.now())
    return Referral.objects.get(case_id=case.id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("note", "outcome", "says"),
    [
        ("Could not be located", "not-found-by-contractor", "Closed: we went and could not find it"),
        ("No action needed", "not-done-by-contractor", "Closed without a repair"),
    ],
)
def test_closed_and_not_done_is_not_called_fixed(
    twin: Twin, report: Callable[..., Case], clock: Any, note: str, outcome: str, says: str
) -> None:
    case = report(*OURS)
    row = at_the_contractor(case, clock)
    clock.advance(hours=1)
    twin.say(row.their_reference, "closed", note)
    ask_partners(at=clock.now())
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, case.resolved, case.outcome, row.state) == ("closed", False, outcome, "closed")
    shown = report_of_case(case.id)
    assert shown is not None
    assert shown.says == says


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["Referred to state", " "])
def test_words_that_nobody_knows_are_read_by_a_person_and_nobody_is_told_it_is_done(
    twin: Twin, report: Callable[..., Case], clock: Any, note: str
) -> None:
    case = report(*OURS, email="alma.dunn@example.org")
    follow(case.id, address="second@example.com", by=SYSTEM, at=clock.now())
    row = at_the_contractor(case, clock)
    clock.advance(hours=1)
    twin.say(row.their_reference, "closed", note)
    for _ in range(2):
        ask_partners(at=clock.now())
        jobs.drain(at=clock.now())
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, row.state) == ("open", "closed")
    task = Task.objects.get(case_id=case.id, kind="pass_on")
    assert "does not say whether it is done" in task.title
    assert task.team == case.team
    assert Note.objects.filter(case_id=case.id, visible_to_customer=False, text__contains="has closed it").count() == 1
    assert not Message.objects.filter(template__in=["follow-closed", "case-closed-done"]).exists()
    shown = report_of_case(case.id)
    assert shown is not None
    assert shown.is_open
    again = at_the_contractor(case, clock)
    assert (again.state, len(twin.held)) == ("sent", 2), "it can be sent there again"


class _Lacks(Open311):
    """A system that answers 404 to a whole list for one number that it lacks."""

    def __init__(self, lacks: set[str], held: set[str]) -> None:
        super().__init__("https://contractor.example.org")
        self.lacks, self.held, self.calls = lacks, held, 0

    def _get(self, path: str, query: Any, name: str) -> Any:
        self.calls += 1
        asked = query["service_request_id"].split(",")
        if self.lacks.intersection(asked):
            raise NotTaken("Not found", missing=True)
        return [{"service_request_id": one, "status": "open"} for one in asked if one in self.held]


def test_a_number_it_lacks_costs_the_others_nothing() -> None:
    numbers = [f"C{n}" for n in range(120)]
    one = _Lacks({"C7", "C71"}, set(numbers))
    assert {state.reference for state in one.states(numbers)} == set(numbers) - {"C7", "C71"}
    assert one.calls < 40
    gone = _Lacks(set(numbers), set())
    with pytest.raises(NotTaken):
        gone.states(numbers)


@pytest.mark.django_db
def test_each_has_its_turn_however_many_are_with_one_partner(
    council: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []

    def states(references: list[str]) -> list[Any]:
        asked.append(set(references))
        return []

    sender = SimpleNamespace(states=states)
    monkeypatch.setattr(
        "moothall.partners.actions.following.sender_of", lambda partner: sender if partner.code == CONTRACTOR else None
    )
    Referral.objects.bulk_create(
        Referral(
            case_id=uuid4(), service="pothole", partner=CONTRACTOR, purpose="for_us", way="open311", state="accepted",
            their_reference=f"C{n}", their_change=clock.now(), made_at=clock.now(),
        )
        for n in range(MOST_ASKED + 20)
    )  # fmt: skip
    for _ in range(2):
        clock.advance(minutes=10)
        ask_partners(at=clock.now())
    assert len(asked[0] | asked[1]) == MOST_ASKED + 20
    assert Referral.objects.filter(trouble=NOT_KNOWN).count() == MOST_ASKED + 20

    def down(references: list[str]) -> list[Any]:
        raise CannotSend("It did not answer.")

    sender.states = down
    clock.advance(minutes=10)
    assert ask_partners(at=clock.now()) == 0
