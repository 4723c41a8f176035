"""Name, date of birth and address are no secret: whoever types another's is told nothing of what concerns her, and does not
speak for her."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moothall.cases.actions import wait_for
from moothall.cases.models import Case, Note
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import merge
from moothall.customers.linking.models import Merge
from moothall.customers.models import Customer
from moothall.intake.actions.talking.standing import _whose
from moothall.notifications.actions import Wish
from moothall.notifications.actions.texts import text_arrived
from moothall.notifications.models import Message
from moothall.notifications.recipients import recipient
from tests.notifications.conftest import opened

pytestmark = pytest.mark.django_db
HERS, HIS = "jane.okafor@example.net", "stranger@example.com"
HER_NUMBER, HIS_NUMBER = "+447700900111", "+447700900999"


def typed(clock: Any, email: str, number: str) -> Customer:
    """Somebody asks as Jane Okafor, on the web."""
    made = create_customer(
        given_name="Jane", family_name="Okafor", date_of_birth=date(1984, 5, 17),
        contact_points=[("email", email), ("phone", number)], address_text="14 Mill Lane, Otley, LS21 1AA", by=ANONYMOUS,
        at=clock.now(),
    )  # fmt: skip
    drain()
    clock.advance(minutes=5)
    return made


@pytest.fixture
def jane(council: Any, clock: Any) -> Customer:
    return typed(clock, HERS, HER_NUMBER)


@pytest.fixture
def stranger(jane: Customer, clock: Any) -> Customer:
    made = typed(clock, HIS, HIS_NUMBER)
    assert Merge.objects.get().how == "machine", "by all that was typed they are one"
    return made


def where(customer: Customer) -> list[str]:
    return [one.value for one in recipient(customer.id).addresses if one.channel == "email"]


def text(clock: Any, sender: str, words: str, wish: Wish = Wish.OTHER, reference: str = "") -> Message:
    text_arrived(
        external_id=f"{sender}:{words}", sender=sender, words=words, wish=wish, reference=reference, chasing=bool(reference),
        received_at=clock.now(), at=clock.now(),
    )  # fmt: skip
    return Message.objects.filter(channel="sms").latest("created_at", "id")


def test_her_messages_never_go_to_what_only_somebody_typed(jane: Customer, stranger: Customer) -> None:
    assert where(jane) == [HERS]
    assert where(stranger) == [HIS], "what he asked for himself is told him"


def test_what_an_officer_said_is_one_is_written_to_as_before(jane: Customer, stranger: Customer, clock: Any) -> None:
    elsewhere = create_customer(
        given_name="Jane",
        family_name="Smith",
        contact_points=[("email", "j.smith@example.net")],
        by=SYSTEM,
        at=clock.now(),
    )
    merge(jane.id, elsewhere.id, reason="She told us", by=SYSTEM, at=clock.now())
    assert set(where(jane)) == set(where(elsewhere)) == {HERS, "j.smith@example.net"}
    assert where(stranger) == [HIS]


def test_a_text_from_his_number_hears_nothing_and_answers_nothing_of_hers(
    jane: Customer, stranger: Customer, clock: Any
) -> None:
    case = opened(clock, jane.id)
    assert text(clock, HIS_NUMBER, "STATUS", Wish.ABOUT_CASE, case.reference).template == "text-received"
    assert text(clock, HER_NUMBER, "STATUS", Wish.ABOUT_CASE, case.reference).template == "text-status"
    wait_for(case.id, reason="blocked_access", by=SYSTEM, at=clock.now())
    assert text(clock, HIS_NUMBER, "Please close it").template == "text-received"
    assert not Note.objects.filter(case=case, text="Please close it").exists()
    assert Case.objects.get(id=case.id).state == "waiting"
    assert text(clock, HER_NUMBER, "The blue one").template == "text-joined"


def test_nor_does_a_call_from_his_number(jane: Customer, stranger: Customer, clock: Any) -> None:
    keys = "5721122"  # LS21 1AA
    assert _whose(HIS_NUMBER, keys, clock.now()) == (stranger.id,)
    assert _whose(HER_NUMBER, keys, clock.now()) == (jane.id,)
