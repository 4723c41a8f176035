"""The queue, the case, the person, the tasks: what officers do with work, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.actions import NewCase, open_case
from moothall.cases.models import Case, Note
from moothall.contacts.actions import record_contact, record_ended_matter
from moothall.contacts.models import Outcome
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.customers.models import Customer
from moothall.promises.models import Promise
from moothall.promises.sweep import sweep
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, says_why
from tests.interfaces.desk.pages import counting, text_of
from tests.interfaces.desk.working import Raises, do

pytestmark = [pytest.mark.django_db]


def test_the_queue_says_when_first_and_the_state_in_words(
    waste: Officer, missed_bin: Raises, clock: MovableClock
) -> None:
    missed_bin(address={"text": "1 Late Lane"})
    clock.advance(days=1)
    missed_bin(address={"text": "2 Later Lane"})
    clock.advance(hours=26)
    page = text_of(waste.client.get("/desk/queue/")).split("<tbody>")[1]
    assert page.index("today, 5pm") < page.index("At risk") < page.index("1 Late Lane") < page.index("tomorrow, 5pm")
    clock.advance(hours=7)
    page = text_of(waste.client.get("/desk/queue/")).split("<tbody>")[1]
    assert page.index("1 hour late") < page.index("Late</span>") < page.index("1 Late Lane")
    sweep(clock.now())
    page = text_of(waste.client.get("/desk/queue/"))
    assert page.index("now Fri 6 Mar, 5pm") < page.index("First date missed</span>") < page.index("1 Late Lane")


def test_the_queue_turns_pages_by_key_and_costs_the_same_for_any_page(
    waste: Officer, missed_bin: Raises, clock: MovableClock
) -> None:
    missed_bin(address={"text": "House 0"})
    waste.client.get("/desk/queue/")
    with counting() as short:
        waste.client.get("/desk/queue/")
    for n in range(1, 31):
        missed_bin(address={"text": f"House {n}"})
        clock.advance(seconds=1)
    with counting() as long:
        first = waste.client.get("/desk/queue/")
    assert long.kinds == short.kinds
    assert long.number <= 10
    assert not any("COUNT(*)" in s and "LIMIT" not in s for s in long.statements)
    shown = text_of(first)
    older = shown[shown.index('rel="next"') - 400 : shown.index('rel="next"')].rpartition('href="')[2].partition('"')[0]
    second = text_of(waste.client.get(older.replace("&amp;", "&")))
    on_first = {n for n in range(31) if f"House {n}<" in shown}
    on_second = {n for n in range(31) if f"House {n}<" in second}
    assert on_first | on_second == set(range(31))
    assert not on_first & on_second


def test_a_leader_finds_what_is_late_in_every_team(
    officer: Callable[..., Officer], missed_bin: Raises, clock: MovableClock
) -> None:
    leader = officer("team-leader", teams=("customer-services",), name="Ruth Bell")
    adviser = officer("adviser", teams=("customer-services",), name="Ravi Patel")
    assert "Of all teams, nothing is late." in text_of(leader.client.get("/desk/"))
    missed_bin(address={"text": "1 Late Lane"})
    clock.advance(days=5)
    missed_bin(address={"text": "2 Early Lane"})
    sweep(clock.now())
    drain()
    own = text_of(leader.client.get("/desk/queue/?pace=late"))
    assert "Nothing here" in own
    assert '/desk/queue/?team=all&amp;pace=late">Show the same of all teams' in own
    home = text_of(leader.client.get("/desk/"))
    assert 'Of all teams, 1 case is late. <a href="/desk/queue/?team=all&amp;pace=late">' in home
    page = text_of(leader.client.get("/desk/queue/?team=all&pace=late"))
    assert "<h1>All teams</h1>" in page
    assert '<option value="all" selected>All teams' in page
    assert ("1 Late Lane" in page, "2 Early Lane" in page) == (True, False)
    hers = text_of(adviser.client.get("/desk/queue/?team=all&pace=late"))
    assert "Nothing here" in hers, "her own teams', as without the word"
    assert "All teams" not in hers
    assert "Of all teams" not in text_of(adviser.client.get("/desk/"))


def test_an_officer_of_no_team_is_shown_nobodys_work(officer: Callable[..., Officer], missed_bin: Raises) -> None:
    missed_bin(address={"text": "1 Late Lane"})
    new = officer("adviser", teams=(), name="Nina Shah")
    page = text_of(new.client.get("/desk/queue/"))
    assert "1 Late Lane" not in page
    assert "Nothing here" in page


def test_filters_and_giving_many_at_once(waste: Officer, missed_bin: Raises) -> None:
    raised = [missed_bin(address={"text": f"House {n}"}) for n in range(3)]
    none = waste.client.post("/desk/queue/many", {"do": "mine"})
    assert (none.status_code, "Mark at least one row first." in text_of(none)) == (422, True)
    given = waste.client.post(
        "/desk/queue/many", {"do": "mine", "case": [str(r.case_id) for r in raised[:2]]}, follow=True
    )
    assert "2 cases given to you." in text_of(given)
    assert "House 2" not in text_of(waste.client.get("/desk/queue/?whose=mine"))
    assert "House 0" not in text_of(waste.client.get("/desk/queue/?whose=nobody"))
    assert "House" not in text_of(waste.client.get("/desk/queue/?pace=late"))


def test_giving_many_leaves_a_colleagues_unless_it_is_said_again(
    waste: Officer, officer: Callable[..., Officer], missed_bin: Raises
) -> None:
    ruth = officer("service-officer", teams=("refuse-collection",), name="Ruth Okafor")
    hers, free = missed_bin(address={"text": "1 Her House"}), missed_bin(address={"text": "2 Free House"})
    assert do(ruth, hers, "take").status_code == 303
    both = {"case": [str(hers.case_id), str(free.case_id)]}
    asked = waste.client.post("/desk/queue/many", both | {"do": "mine"})
    said = text_of(asked)
    assert asked.status_code == 409
    assert "1 case given to you." in said
    assert "<strong>Ruth Okafor</strong> has" in said
    assert "1 Her House" in said.partition("all the same")[0]
    owners = dict(Case.objects.values_list("id", "assignee_id"))
    assert owners == {hers.case_id: ruth.staff.id, free.case_id: waste.staff.id}
    seen = f"{hers.case_id}:{ruth.staff.id}"
    assert f'value="{seen}"' in said
    again = {"case": str(hers.case_id), "theirs": seen, "do": "mine"}
    assert "1 case given to you." in text_of(waste.client.post("/desk/queue/many", again, follow=True))
    assert Case.objects.get(id=hers.case_id).assignee_id == waste.staff.id
    # Ruth saw nobody's: a colleague's case does not leave him for a team either, and what she saw before is no longer so
    moved = {"case": str(hers.case_id), "theirs": seen, "do": "team", "to_team": "customer-services"}
    assert ruth.client.post("/desk/queue/many", moved).status_code == 409
    assert Case.objects.get(id=hers.case_id).team == "refuse-collection"
    moved["theirs"] = f"{hers.case_id}:{waste.staff.id}"
    assert ruth.client.post("/desk/queue/many", moved).status_code == 303
    assert Case.objects.values_list("team", "assignee_id").get(id=hers.case_id) == ("customer-services", None)


def test_one_key_leads_to_the_next_case_of_the_list(waste: Officer, missed_bin: Raises, clock: MovableClock) -> None:
    first = missed_bin(address={"text": "House 1"})
    clock.advance(days=1)
    second = missed_bin(address={"text": "House 2"})
    page = text_of(waste.client.get("/desk/queue/"))
    link = page[page.index(f"/desk/cases/{first.case_id}/") :].partition('"')[0].replace("&amp;", "&")
    case = text_of(waste.client.get(link))
    following = case[case.index("/desk/queue/next") :].partition('"')[0].replace("&amp;", "&")
    answer = waste.client.get(following)
    assert f"/desk/cases/{second.case_id}/" in answer["Location"]
    last = text_of(waste.client.get(answer["Location"]))
    following = last[last.index("/desk/queue/next") :].partition('"')[0].replace("&amp;", "&")
    assert "That was the last of the list." in text_of(waste.client.get(following, follow=True))


@pytest.mark.row("D1")
def test_a_case_is_worked_from_its_page(
    waste: Officer, amina: Customer, missed_bin: Raises, clock: MovableClock
) -> None:
    raised = missed_bin(amina)
    assert do(waste, raised, "take").status_code == 303
    assert do(waste, raised, "note", text="Crew told.").status_code == 303
    assert do(waste, raised, "status", status="in_progress").status_code == 303
    refused = do(waste, raised, "wait", reason="waiting_list")
    assert refused.status_code == 422
    assert "It may stop for: Weather makes it unsafe" in text_of(refused)
    assert do(waste, raised, "wait", reason="severe_weather").status_code == 303
    assert Promise.objects.get(subject_id=raised.case_id, kind="complete").state == "paused"
    assert do(waste, raised, "resume").status_code == 303
    assert do(waste, raised, "task", title="Look at the lane", team="refuse-collection").status_code == 303
    half = do(waste, raised, "close", outcome="emptied-on-return-visit")
    assert (half.status_code, "Closed is not the same as fixed." in text_of(half)) == (422, True)
    assert do(waste, raised, "close", outcome="emptied-on-return-visit", fixed="yes").status_code == 303
    page = text_of(waste.client.get(f"/desk/cases/{raised.case_id}/"))
    for words in ("Closed: Emptied on return visit", "Crew told.", "Status: Being done", "Waiting", "Kept: the work"):
        assert words in page or words.replace("the work", "The work".lower()) in page, words
    assert do(waste, raised, "reopen", why="not_put_right").status_code == 303
    assert Case.objects.get(id=raised.case_id).state == "open"


@pytest.mark.row("C3")
def test_a_broken_promise_is_explained_with_a_new_date(
    waste: Officer, amina: Customer, missed_bin: Raises, clock: MovableClock
) -> None:
    raised = missed_bin(amina)
    clock.advance(days=4)
    sweep(clock.now())
    promise = Promise.objects.get(subject_id=raised.case_id, kind="complete")
    empty = do(waste, raised, "explain", promise=str(promise.id), reason="vehicle_breakdown")
    assert (empty.status_code, "Enter the new date" in text_of(empty) or "New date" in text_of(empty)) == (422, True)
    past = do(
        waste, raised, "explain", promise=str(promise.id), reason="vehicle_breakdown",
        **{"new_date-day": "3", "new_date-month": "3", "new_date-year": "2026"},
    )  # fmt: skip
    assert (past.status_code, "has passed" in text_of(past)) == (422, True)
    assert 'value="3"' in text_of(past)
    told = {"new_date-day": "10", "new_date-month": "3", "new_date-year": "2026"}
    assert do(waste, raised, "explain", promise=str(promise.id), reason="vehicle_breakdown", **told).status_code == 303
    page = text_of(waste.client.get(f"/desk/cases/{raised.case_id}/"))
    assert "New date: Tuesday 10 March, 5pm" in page
    assert "First promised by Wednesday 4 March, 5pm" in page
    promise.refresh_from_db()
    assert promise.broken_at is not None, "a new date never makes a broken promise kept"


@pytest.mark.row("C9")
def test_priority_the_double_and_what_is_owed(
    waste: Officer, missed_bin: Raises, amina: Customer, clock: MovableClock
) -> None:
    kept, double = (missed_bin(amina, assisted="yes") for _ in range(2))
    here = f"/desk/cases/{kept.case_id}/"
    assert waste.client.post(f"{here}priority", {"priority": "urgent", "why": "nonsense"}).status_code == 422
    waste.client.post(f"{here}priority", {"priority": "urgent", "why": "risk"})
    page = text_of(waste.client.get(here))
    assert "Priority: Urgent" in page
    assert "Somebody may come to harm" in page
    other = f"/desk/cases/{double.case_id}/"
    for wrong in ("nonsense", "4HTK-7W2C", double.reference):
        assert waste.client.post(f"{other}join", {"into": wrong}).status_code == 422, wrong
    waste.client.post(f"{other}join", {"into": show_reference(kept.reference).lower()})
    page = text_of(waste.client.get(other))
    assert "Joined to another case of the same thing" in page
    assert f'href="{here}"' in page
    assert "case merged" not in page.lower()
    clock.set("2026-03-03T17:30")
    sweep(clock.now())
    page = text_of(waste.client.get(here))
    owed = next(p for p in Promise.objects.filter(subject_id=kept.case_id) if p.kind == "complete")
    assert "It has been given" in page
    waste.client.post(f"{here}redress", {"promise": str(owed.id)})
    page = text_of(waste.client.get(here))
    assert "Given for the broken promise" in page
    assert "It has been given" not in page


def test_two_who_save_at_once_both_keep_their_words(
    waste: Officer, officer: Callable[..., Officer], missed_bin: Raises, clock: MovableClock
) -> None:
    raised = missed_bin()
    other = officer("service-officer", teams=("refuse-collection",), name="Ada Moss")
    seen = str(Case.objects.get(id=raised.case_id).version)
    at = clock.now().isoformat()
    clock.advance(seconds=20)
    assert do(other, raised, "status", status="in_progress", version=seen).status_code == 303
    late = do(waste, raised, "assign", team="customer-services", version=seen, seen_at=at)
    page = text_of(late)
    assert late.status_code == 409
    assert "What your colleague did" in page
    assert "Ada Moss" in page
    assert '<option value="customer-services" selected>' in page
    fresh = str(Case.objects.get(id=raised.case_id).version)
    assert do(waste, raised, "assign", team="customer-services", version=fresh).status_code == 303
    case = Case.objects.get(id=raised.case_id)
    assert (case.status, case.team) == ("in_progress", "customer-services")


def test_a_colleague_on_the_same_case_is_seen(
    waste: Officer, officer: Callable[..., Officer], missed_bin: Raises
) -> None:
    raised = missed_bin()
    other = officer("service-officer", teams=("refuse-collection",), name="Ada Moss")
    other.client.get(f"/desk/cases/{raised.case_id}/")
    assert "Ada Moss has this open too." in text_of(waste.client.get(f"/desk/cases/{raised.case_id}/"))
    assert "Tom Ashworth has this open too." in text_of(other.client.post(f"/desk/cases/{raised.case_id}/here"))


def test_a_half_written_note_outlives_the_browser(waste: Officer, missed_bin: Raises) -> None:
    raised = missed_bin()
    waste.client.post(f"/desk/cases/{raised.case_id}/keep", {"text": "The gate is loc"})
    assert "The gate is loc" in text_of(waste.client.get(f"/desk/cases/{raised.case_id}/"))
    do(waste, raised, "note", text="The gate is locked.")
    assert Note.objects.get().text == "The gate is locked."
    assert "The gate is loc<" not in text_of(waste.client.get(f"/desk/cases/{raised.case_id}/"))


@pytest.mark.row("B9")
def test_restricted_cases_are_invisible_not_locked(
    waste: Officer, adviser: Officer, amina: Customer, clock: MovableClock
) -> None:
    case = open_case(
        NewCase(
            service="adult-needs-assessment", channel="web", team="refuse-collection", restricted="social-care",
            customer_id=amina.id, place_text="Secret Street",
        ),
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    for address in (f"/desk/cases/{case.id}/", f"/desk/cases/{case.id}/note"):
        answer = waste.client.get(address) if address.endswith("/") else waste.client.post(address, {"text": "x"})
        assert answer.status_code == 404
    says_why(waste.client, amina)
    for address in ("/desk/queue/", f"/desk/people/{amina.id}/", f"/desk/search?q={show_reference(case.reference)}"):
        page = text_of(waste.client.get(address))
        assert "Secret Street" not in page
        assert case.reference[4:] not in page.replace(f"q={show_reference(case.reference)}", "").replace(
            show_reference(case.reference), "", 3
        )


def test_a_contact_about_something_restricted_does_not_say_what(
    waste: Officer, officer: Callable[..., Officer], amina: Customer, council: Any, clock: MovableClock
) -> None:
    private = next(s for s in council.services.values() if s.restricted == "social-care")
    contact = record_contact(channel="phone", received_at=clock.now(), customer_id=amina.id, note="She is frightened.",
                             by=SYSTEM, at=clock.now())  # fmt: skip
    record_ended_matter(contact, service=private.code, outcome=Outcome.HANDED_ON, by=SYSTEM, at=clock.now())
    says_why(waste.client, amina)
    page = text_of(waste.client.get(f"/desk/people/{amina.id}/"))
    assert "Rang us" in page
    assert private.name not in page
    assert "frightened" not in page
    social = officer("service-officer", "restricted-social-care", teams=("adult-contact-team",), name="Miriam Levy")
    says_why(social.client, amina)
    page = text_of(social.client.get(f"/desk/people/{amina.id}/"))
    assert private.name in page
    assert "frightened" in page


@pytest.mark.parametrize("screen", ["case", "contact", "tasks", "home"])
def test_each_screen_costs_a_fixed_number_of_queries(
    screen: str,
    adviser: Officer,
    waste: Officer,
    amina: Customer,
    missed_bin: Raises,
    on_the_line: Any,
    clock: MovableClock,
) -> None:
    raised = missed_bin(amina)
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    address = {
        "case": f"/desk/cases/{raised.case_id}/", "contact": f"/desk/contacts/{contact.id}/?add=1", "tasks": "/desk/tasks/",
        "home": "/desk/",
    }[screen]  # fmt: skip
    who = waste if screen in {"case", "tasks"} else adviser

    def grow(times: int) -> None:
        for n in range(times):
            do(waste, raised, "note", text=f"Note {n}")
            do(waste, raised, "task", title=f"Task {n}", team="refuse-collection")
            missed_bin(amina, address={"text": f"House {n}"})
            adviser.client.post(f"/desk/contacts/{contact.id}/chase/{raised.case_id}")

    grow(1)
    who.client.get(address)
    with counting() as short:
        assert who.client.get(address).status_code == 200
    grow(6)
    with counting() as long:
        assert who.client.get(address).status_code == 200
    assert long.kinds == short.kinds
    assert long.number <= 41
