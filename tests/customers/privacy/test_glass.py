# ruff: noqa: F811  fixtures come by import
"""Sealed records: met without a trace of what is in them, opened in need for a while, told, judged by somebody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moothall.core.access import Refused
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.models import Event
from moothall.customers.actions import change_customer
from moothall.customers.models import Look
from moothall.customers.privacy.actions import NeedsReason, break_glass, close_opening, review_opening
from moothall.customers.privacy.models import Opening
from moothall.customers.privacy.queries import may_break_glass, openings
from moothall.notifications.models import Message
from tests.customers.linking.conftest import deliver
from tests.interfaces.desk.conftest import officer  # noqa: F401  fixture
from tests.security.test_restricted import person, raised  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
WHY = "Her neighbour says the child was left alone tonight."
NAME = "Report worry about a child"
DATA = (NAME, "Amina", "safeguarding-child")


@pytest.fixture
def leader(officer: Any) -> Any:
    return officer("team-leader", name="Grace Okonjo")


@pytest.fixture
def guardian(officer: Any) -> Any:
    return officer("data-protection-officer", name="Alison Whitcombe")


def open_it(officer: Any, raised: Any) -> str:
    answer = officer.client.post(f"/desk/sealed/case/{raised.case_id}", {"reason": WHY})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return str(answer["Location"])


@pytest.mark.parametrize("path", ["/desk/cases/{case}/", "/desk/search?q={reference}", "/desk/sealed/case/{case}"])
def test_who_may_open_meets_the_seal_and_nothing_behind_it(raised: Any, leader: Any, path: str) -> None:
    where = path.format(case=raised.case_id, reference=raised.reference)
    answer = leader.client.get(where, follow=True)
    text = answer.content.decode()
    assert "This record is sealed" in text
    assert not any(word in text for word in DATA)
    assert not Look.objects.exists()


def test_who_may_not_meets_nothing(raised: Any, officer: Any) -> None:
    adviser = officer("adviser")
    assert adviser.client.get(f"/desk/sealed/case/{raised.case_id}").status_code == 403
    assert adviser.client.get(f"/desk/cases/{raised.case_id}/").status_code == 404


def test_it_opens_for_a_reason_and_a_while_read_only(raised: Any, leader: Any, clock: Any) -> None:
    assert leader.client.post(f"/desk/sealed/case/{raised.case_id}", {"reason": "please"}).status_code == 422
    assert not Opening.objects.exists()
    where = open_it(leader, raised)
    page = leader.client.get(where).content.decode()
    assert NAME in page
    assert 'name="text"' not in page
    assert leader.client.get(f"/desk/cases/{raised.case_id}/").status_code == 303  # its own page stays sealed
    look = Look.objects.get()
    assert (look.purpose, look.screen, look.actor_id) == ("break-glass", "desk.sealed-case", leader.staff.id)
    clock.advance(minutes=30)
    over = leader.client.get(where).content.decode()
    assert "It is sealed again" in over
    assert not any(word in over for word in DATA)
    assert Look.objects.count() == 1


def test_a_form_sent_twice_opens_once_and_is_told_once(raised: Any, leader: Any) -> None:
    assert open_it(leader, raised) == open_it(leader, raised)
    drain()
    told = Message.objects.get(template="glass-broken")
    assert told.to == "data.protection@example.org"
    assert not any(word in told.body + told.subject for word in (*DATA, raised.reference))
    event = Event.objects.get(name="glass.broken")
    assert (event.purpose, event.case_id, event.actor_id) == ("break-glass", raised.case_id, leader.staff.id)
    assert WHY not in str(event.data)


def test_nobody_else_looks_through_it_and_it_shows_that_one_case(
    raised: Any, leader: Any, officer: Any, person: Any, council: Any, clock: Any
) -> None:  # fmt: skip
    where = open_it(leader, raised)
    other = officer("team-leader", name="Omar Reid")
    assert other.client.get(where).status_code == 404
    assert other.client.post(f"{where}close").status_code == 404
    other_case = Opening.objects.get().id
    assert leader.client.get(f"{where}cases/{other_case}").status_code == 404
    assert leader.client.post(f"{where}close").status_code == 303
    assert "You closed it" in leader.client.get(where).content.decode()


def test_about_a_person_it_says_nothing_before_it_is_open(
    raised: Any, leader: Any, person: Any, clock: Any
) -> None:  # fmt: skip
    from moothall.customers.actions import create_customer

    nobody = create_customer(given_name="Rosa", family_name="Marsh", by=SYSTEM, at=clock.now())
    address = "/desk/sealed/person/{}"
    with_, without = (leader.client.get(address.format(one.id)).content.decode() for one in (person, nobody))
    assert with_.count("govuk-radios__item") == without.count("govuk-radios__item") > 0
    told = {"reason": WHY, "kind": "social-care"}
    page = leader.client.post(address.format(person.id), told, follow=True).content.decode()
    assert str(raised.case_id) in page
    assert "There is nothing of this kind" in leader.client.post(
        address.format(nobody.id), told, follow=True
    ).content.decode()  # fmt: skip
    assert leader.client.post(address.format(person.id), told | {"kind": "human-resources"}).status_code == 422


def test_somebody_else_judges_it(raised: Any, leader: Any, guardian: Any, clock: Any) -> None:
    open_it(leader, raised)
    row = Opening.objects.get()
    page = guardian.client.get("/console/sealed").content.decode()
    assert WHY in page.replace("&#39;", "'")
    assert "Social care and safeguarding" in page
    assert NAME not in page
    assert raised.reference[:4] not in page
    assert "1 sealed record opened and not looked into" in guardian.client.get("/console/").content.decode()
    assert guardian.client.post(f"/console/sealed/{row.id}", {"do": "not"}).status_code == 422
    assert guardian.client.post(f"/console/sealed/{row.id}", {"do": "justified"}).status_code == 302
    row.refresh_from_db()
    assert (row.justified, row.reviewed_by) == (True, guardian.staff.id)
    review_opening(row.id, justified=False, finding="Changed my mind.", by=guardian.actor, at=clock.now())
    row.refresh_from_db()
    assert row.justified is True  # the first review stands
    assert guardian.client.get(f"/desk/sealed/case/{raised.case_id}").status_code == 403


def test_nobody_judges_their_own(raised: Any, officer: Any, clock: Any) -> None:
    both = officer("team-leader", "data-protection-officer")
    open_it(both, raised)
    row = Opening.objects.get()
    with pytest.raises(Refused, match="Somebody else"):
        review_opening(row.id, justified=True, finding="", by=both.actor, at=clock.now())


def test_kinds_the_pack_does_not_name_are_never_opened(leader: Any, person: Any, clock: Any) -> None:
    assert may_break_glass(leader.actor, "social-care")
    assert not may_break_glass(leader.actor, "human-resources")
    with pytest.raises(Refused):
        break_glass(kind="human-resources", reason=WHY, customer_id=person.id, by=leader.actor, at=clock.now())
    with pytest.raises(NeedsReason):
        break_glass(kind="social-care", reason=" " * 50, customer_id=person.id, by=leader.actor, at=clock.now())
    with pytest.raises(LookupError):
        close_opening(person.id, by=leader.actor, at=clock.now())


def test_the_list_is_read_by_pages_with_fixed_queries(
    leader: Any, guardian: Any, person: Any, clock: Any, django_assert_num_queries: Any
) -> None:  # fmt: skip
    for _ in range(7):
        break_glass(kind="social-care", reason=WHY, customer_id=person.id, by=leader.actor, at=clock.now())
        clock.advance(minutes=31)
    with django_assert_num_queries(1):
        first = openings(visible_to=guardian.actor, reviewed=False, size=4)
    second = openings(visible_to=guardian.actor, reviewed=False, size=4, after=first.after or "")
    assert [len(first.rows), len(second.rows)] == [4, 3]
    assert len({one.id for one in (*first.rows, *second.rows)}) == 7


# -- whom only a restricted system knows ---------------------------------------------------------------------------

REFUGE = {
    "id": "SC-1", "forename": "Amina", "surname": "Dunnington", "dob": "1948-05-02", "address": "3 Quiet Close, Leeds",
    "postcode": "LS8 2AB", "phone": "0113 496 0123", "key_worker": "Miriam Levy",
}  # fmt: skip
HERS = ("Dunnington", "Quiet Close", "496 0123", "Miriam")
FIND = "/desk/sealed/find"
BY_BIRTH = {"given": "Amina", "family": "Dunnington", "born": "2 5 1948", "kind": "social-care", "reason": WHY}
BY_HOME = BY_BIRTH | {"born": "", "address": "3 quiet close, LS8 2AB"}


@pytest.fixture
def hidden(council: Any, clock: Any) -> Any:
    """Somebody whom social care alone knows."""
    from moothall.customers.linking.models import SourceRecord

    deliver("social-care", json.dumps([REFUGE]).encode(), clock.now())
    return SourceRecord.objects.get().own


@pytest.mark.parametrize("typed", [BY_BIRTH, BY_HOME, BY_HOME | {"given": "AMINA "}], ids=["born", "home", "capitals"])
def test_somebody_known_only_behind_the_seal_is_found_by_exactly_who_she_is(
    hidden: Any, leader: Any, clock: Any, typed: dict[str, str]
) -> None:
    assert "in an emergency" in leader.client.get("/desk/search?q=dunnington").content.decode()
    assert not any(word in leader.client.get("/desk/search?q=amina+2/5/1948").content.decode() for word in HERS)
    answer = leader.client.post(FIND, typed)
    assert answer.status_code == 303, answer.content.decode()[:3000]
    page = leader.client.get(answer["Location"]).content.decode()
    assert all(word in page for word in HERS)
    assert leader.client.post(FIND, typed)["Location"] == answer["Location"], "the same form again opens once"
    look = Look.objects.get()
    assert (look.customer_id, look.purpose, look.actor_id) == (hidden.id, "break-glass", leader.staff.id)
    drain()
    told = Message.objects.get(template="glass-broken")
    assert "has opened a sealed record" in told.body
    assert not any(word in told.body + told.subject for word in HERS)
    event = Event.objects.get(name="glass.broken")
    assert (event.customer_id, event.data["nobody"]) == (hidden.id, False)
    assert leader.client.get(f"/desk/people/{hidden.id}/").status_code == 404, "her own page stays sealed"
    clock.advance(minutes=30)
    over = leader.client.get(answer["Location"]).content.decode()
    assert "It is sealed again" in over
    assert FIND in over
    assert not any(word in over for word in HERS[:1])


@pytest.mark.parametrize(
    "slip",
    [
        {"family": "Duningtan"}, {"given": "Ami"}, {"born": "2 5 1949"}, {"born": "", "address": "4 Quiet Close, LS8 2AB"},
        {"born": "", "address": "3 Quiet Close, LS8 2AD"}, {"born": "2 5 1949", "address": "3 Quiet Close, LS8 2AB"},
        {"kind": "tell-us-once"},
    ],
    ids=["family", "given", "born", "house", "postcode", "one-of-two", "kind"],
)  # fmt: skip
def test_a_slip_finds_nobody_and_is_told_all_the_same(hidden: Any, leader: Any, slip: dict[str, str]) -> None:
    answer = leader.client.post(FIND, BY_BIRTH | slip, follow=True)
    page = answer.content.decode()
    assert "Nobody was found by exactly this" in page
    assert not any(word in page for word in HERS[1:])
    assert Opening.objects.get().nobody
    drain()
    assert Message.objects.get(template="glass-broken").subject == "Sealed records were searched by Grace Okonjo"
    assert not Look.objects.exists()


@pytest.mark.parametrize(
    ("lack", "says"),
    [
        ({"reason": "please"}, "Say in a sentence"), ({"family": ""}, "Enter both names"),
        ({"born": ""}, "Enter both names, and the date of birth or the address"), ({"born": "spring"}, "like 27 3 1964"),
        ({"born": "", "address": "LS8 2AB"}, "Enter both names"), ({"kind": "human-resources"}, "Choose what you need"),
        ({"kind": ""}, "Choose what you need"),
    ],
    ids=["reason", "name", "neither", "date", "postcode-alone", "never-opened-so", "kind"],
)  # fmt: skip
def test_what_does_not_name_her_or_give_a_reason_looks_for_nobody(
    hidden: Any, leader: Any, lack: dict[str, str], says: str
) -> None:
    answer = leader.client.post(FIND, BY_BIRTH | lack)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Amina"' in page, "what was typed stays"
    assert not Opening.objects.exists()


def test_two_whom_it_fits_are_nobody_and_the_address_tells_them_apart(hidden: Any, leader: Any, clock: Any) -> None:
    other = REFUGE | {"id": "SC-2", "address": "9 Mill Lane, Leeds", "postcode": "LS21 1AA", "phone": ""}
    deliver("social-care", json.dumps([REFUGE, other]).encode(), clock.advance(minutes=1))
    assert "Nobody was found" in leader.client.post(FIND, BY_BIRTH, follow=True).content.decode()
    found = leader.client.post(FIND, BY_HOME | {"born": "2/5/1948"}, follow=True).content.decode()
    assert "Quiet Close" in found


def test_only_so_many_are_looked_for_in_an_hour(hidden: Any, leader: Any, clock: Any) -> None:
    for number in range(5):
        leader.client.post(FIND, BY_BIRTH | {"family": f"Guess{number}"})
    stopped = leader.client.post(FIND, BY_BIRTH)
    assert stopped.status_code == 422
    assert "You have looked for as many people" in stopped.content.decode()
    assert Opening.objects.filter(nobody=False).count() == 0
    clock.advance(minutes=61)
    assert leader.client.post(FIND, BY_BIRTH).status_code == 303


def test_who_may_not_open_cannot_look_and_who_is_judged_sees_it(
    hidden: Any, leader: Any, officer: Any, guardian: Any
) -> None:
    adviser = officer("adviser")
    assert adviser.client.get(FIND).status_code == 403
    assert adviser.client.post(FIND, BY_BIRTH).status_code == 403
    assert "behind the seal" not in adviser.client.get("/desk/search?q=dunnington").content.decode()
    leader.client.post(FIND, BY_BIRTH | {"family": "Guess"})
    page = guardian.client.get("/console/sealed").content.decode()
    assert "Looked for: Amina Guess, born 2 May 1948. Nobody was found, and nothing opened." in page
    assert openings(visible_to=guardian.actor, reviewed=False).rows[0].nobody


def test_whom_an_open_system_knows_too_is_not_looked_for_so(hidden: Any, leader: Any, clock: Any) -> None:
    change_customer(customer_id=hidden.id, changes={"title": "Mrs"}, by=SYSTEM, at=clock.now())
    type(hidden).objects.filter(pk=hidden.id).update(sealed="")
    assert "Nobody was found" in leader.client.post(FIND, BY_BIRTH, follow=True).content.decode()
