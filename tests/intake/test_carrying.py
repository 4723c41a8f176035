"""What was begun elsewhere is gone on with at the desk: only for whose it is, nothing asked twice, nothing sent twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, Actor
from moothall.core.event_feed import events_of_case
from moothall.core.models import Event
from moothall.core.packs import Pack
from moothall.core.references import new_reference, show_reference
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.documents.models import Document
from moothall.intake.actions import add_file, save_for_later, start_dialogue
from moothall.intake.actions.dialogues import answer
from moothall.intake.carrying import NotBegun, ShowWho, carry_by_code, carry_to_desk
from moothall.intake.desk_actions import begin_contact, check_identity, say_who
from moothall.intake.draft_queries import draft
from moothall.intake.models import Dialogue
from moothall.intake.queries.begun import begun_elsewhere
from moothall.intake.tokens import code_of, token_of

from .every_channel.answers import on_all, wanted_for
from .every_channel.desk import an_adviser, fill_and_send

pytestmark = [pytest.mark.django_db]
HERS = "+447700900123"


@pytest.fixture
def ravi(council: Pack, clock: Any) -> Actor:
    """An adviser."""
    staff = create_staff(username="ravi.patel", name="Ravi Patel", roles=["adviser"], teams=["customer-services"],
                         pack=council, by=SYSTEM, at=clock.now())  # fmt: skip
    return actor_of_staff(staff, council)


@pytest.fixture
def amina(council: Pack, clock: Any) -> Customer:
    """Whoever has that number."""
    return create_customer(
        given_name="Amina", family_name="Dunn", contact_points=[("phone", HERS)], by=SYSTEM, at=clock.now()
    )


@pytest.fixture
def begun(council: Pack, clock: Any) -> Dialogue:
    """A missed bin half told on the web, its link sent to her number."""
    dialogue_id, token = start_dialogue("missed-bin", channel="web", by=SYSTEM, at=clock.now())
    given = {
        "address": {"line1": "14 Mill Lane", "town": "Otley", "postcode": "LS21 1AA"}, "bin": "recycling",
        "out_time": "night_before",
    }  # fmt: skip
    for question, value in given.items():
        answer(dialogue_id, token, question=question, given=value, by=SYSTEM, at=clock.now())
    save_for_later(dialogue_id, token, to=HERS, by=SYSTEM, at=clock.now())
    return Dialogue.objects.get(id=dialogue_id)


@pytest.fixture
def ringing(ravi: Actor, clock: Any) -> Contact:
    """She rings."""
    return begin_contact(channel="phone", caller=HERS, by=ravi, at=clock.now())


def test_what_she_began_is_listed_but_not_opened_before_we_know_that_it_is_she(
    ravi: Actor, amina: Customer, begun: Dialogue, ringing: Contact, clock: Any
) -> None:
    (line,) = begun_elsewhere(customer_ids=[amina.id], points=[HERS], channel="phone", visible_to=ravi, at=clock.now())
    assert (line.id, line.channel, line.service) == (begun.id, "web", "missed-bin")
    with pytest.raises(NotBegun):  # nobody is named yet
        carry_to_desk(ringing.id, dialogue_id=begun.id, by=ravi, at=clock.now())
    say_who(ringing.id, customer_id=amina.id, by=ravi, at=clock.now())
    with pytest.raises(ShowWho, match="make sure who it is"):
        carry_to_desk(ringing.id, dialogue_id=begun.id, by=ravi, at=clock.now())
    check_identity(ringing.id, how="facts", by=ravi, at=clock.now())
    matter = carry_to_desk(ringing.id, dialogue_id=begun.id, by=ravi, at=clock.now())
    assert matter is not None
    typed = dict(draft(f"matter:{matter.id}", visible_to=ravi).fields)
    assert typed["bin"] == ["recycling"]
    assert typed["address-text"] == ["14 Mill Lane, Otley, LS21 1AA"]
    assert carry_to_desk(ringing.id, dialogue_id=begun.id, by=ravi, at=clock.now()) is None, "once a contact"
    assert Event.objects.filter(name="dialogue.carried", contact_id=ringing.id).count() == 1


def test_somebody_elses_is_never_found(ravi: Actor, begun: Dialogue, ringing: Contact, clock: Any) -> None:
    other = create_customer(given_name="Jo", family_name="Bell", by=SYSTEM, at=clock.now())
    say_who(ringing.id, customer_id=other.id, by=ravi, at=clock.now())
    check_identity(ringing.id, how="facts", by=ravi, at=clock.now())
    assert not begun_elsewhere(customer_ids=[other.id], points=(), channel="phone", visible_to=ravi, at=clock.now())
    with pytest.raises(NotBegun):
        carry_to_desk(ringing.id, dialogue_id=begun.id, by=ravi, at=clock.now())


@pytest.mark.parametrize(
    ("second", "opens"),
    [
        ("LS21 1AA", True),
        ("ls211aa", True),
        ("07700 900123", True),
        ("LS21 1AB", False),
        ("", False),
        ("14 Mill Lane", False),
    ],
)
def test_a_code_opens_with_one_thing_she_answered(
    second: str, opens: bool, ravi: Actor, begun: Dialogue, ringing: Contact, clock: Any
) -> None:
    code = code_of(begun.id)
    if opens:
        assert carry_by_code(ringing.id, code=f"{code[:4]}-{code[4:]}".lower(), second=second, by=ravi, at=clock.now())
    else:
        with pytest.raises(ShowWho, match="Ask again"):
            carry_by_code(ringing.id, code=code, second=second, by=ravi, at=clock.now())


def test_a_wrong_code_and_what_is_sent_or_of_a_kind_she_may_not_know_are_answered_alike(
    ravi: Actor, begun: Dialogue, ringing: Contact, clock: Any
) -> None:
    with pytest.raises(ShowWho, match="8 letters"):
        carry_by_code(ringing.id, code="ABC", second="LS21 1AA", by=ravi, at=clock.now())
    said = set()
    other, _ = start_dialogue("safeguarding-child", channel="web", by=SYSTEM, at=clock.now())
    for code in (code_of(other), new_reference()):
        with pytest.raises(ShowWho) as told:
            carry_by_code(ringing.id, code=code, second="LS21 1AA", by=ravi, at=clock.now())
        said.add(str(told.value))
    Dialogue.objects.filter(id=begun.id).update(state="sent")
    with pytest.raises(ShowWho) as told:
        carry_by_code(ringing.id, code=code_of(begun.id), second="LS21 1AA", by=ravi, at=clock.now())
    assert said == {str(told.value)}


@pytest.mark.row("A14")
def test_at_the_desk_it_is_gone_on_with_and_sent_once_with_its_photo(
    council: Pack, clock: Any, client: Client, on_desk: Callable[..., Any]
) -> None:
    started = client.post("/services/pothole/start")
    here = started["Location"]
    row = Dialogue.objects.get()
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(picture, "JPEG")
    answer(row.id, token_of(row.id), question="where", given={"search": "Mill Lane, Otley"}, by=SYSTEM, at=clock.now())
    photos = next(q.id for q in council.services["pothole"].questions if q.type == "photo")
    add_file(
        row.id,
        token_of(row.id),
        question=photos,
        name="hole.jpg",
        content=picture.getvalue(),
        by=SYSTEM,
        at=clock.now(),
    )
    shown = client.get(here, follow=True).content.decode()
    code = code_of(row.id)
    assert f"{code[:4]}-{code[4:]}" in shown
    adviser, contact = on_desk()
    page = adviser.get(contact).content.decode()
    assert "They have a code" in page
    wrong = adviser.post(f"{contact}carry", {"code": show_reference(new_reference()), "second": "x"})
    assert (wrong.status_code, "Nothing under way has that code" in wrong.content.decode()) == (422, True)
    carried = adviser.post(f"{contact}carry", {"code": code, "second": ""})
    assert carried.status_code == 303, carried.content.decode()[:500]
    form = adviser.get(carried["Location"]).content.decode()
    assert "They sent hole.jpg already." in form
    assert 'value="Mill Lane, Otley"' in form
    assert client.get(here).status_code == 302, "she may still look at it"
    service = council.services["pothole"]
    wanted = {k: v for k, v in on_all(service, wanted_for(service, 0, clock), []).items() if k not in {"where", photos}}
    case = fill_and_send(adviser, carried["Location"], service, wanted)
    assert case is not None
    assert case.channel == "phone"
    assert Document.objects.get().case_id == case.id
    assert client.post(f"/requests/{row.id}/send").status_code == 302
    assert Case.objects.count() == 1, "the page she left open sends nothing twice"
    assert any(event.name == "case.opened" for event in events_of_case(case.id))


def test_codes_are_not_guessed_at_by_the_dozen_well_or_badly_formed(
    on_desk: Callable[..., tuple[Client, str]], clock: Any
) -> None:
    adviser, contact = on_desk()
    said = [
        adviser.post(f"{contact}carry", {"code": code, "second": ""}).content.decode()
        for code in [show_reference(new_reference()), "nonsense", ""] * 7
    ]
    assert "There have been too many tries" not in "".join(said[:20])
    assert "There have been too many tries" in said[20]
    clock.advance(minutes=61)
    assert "too many" not in adviser.post(f"{contact}carry", {"code": "nonsense", "second": ""}).content.decode()


@pytest.fixture
def on_desk(council: Pack, clock: Any) -> Callable[..., tuple[Client, str]]:
    """An adviser's browser with a call in hand."""

    def make(number: str = "") -> tuple[Client, str]:
        adviser = an_adviser(clock)
        return adviser, adviser.post("/desk/contacts/begin", {"channel": "phone", "number": number})["Location"]

    return make
