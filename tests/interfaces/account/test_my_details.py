"""What she changes herself: how she wants to be dealt with, and how she is reached, each proved before it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.accounts.actions import ProviderSays, come_by_provider
from moothall.customers.accounts.models import Account
from moothall.customers.actions import add_contact_point, add_need, create_customer
from moothall.customers.linking.actions import link_record
from moothall.customers.linking.models import Change, SourceRecord
from moothall.customers.models import ContactPoint, Customer, Need
from moothall.notifications.models import Message
from moothall.notifications.recipients import recipient
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row
from tests.interfaces.account.conftest import last_code

pytestmark = pytest.mark.django_db
MARY, NEW, MOBILE = "mary.jones@example.com", "mary@example.net", "07700 900345"
WHOLE = {"quiet": "no", "language": "pl", "format": "large-print", "needs": ["wheelchair", "sight-loss"]}


def own(account: Account) -> Customer:
    return Customer.objects.get(id=account.customer_id)


def needs_of(account: Account) -> set[str]:
    return set(Need.objects.filter(customer_id=account.customer_id, until=None).values_list("code", flat=True))


@pytest.fixture
def mary(come_in: Callable[..., Account]) -> Account:
    return come_in()


@pytest.fixture
def proved(mary: Account, resident: Client, come_in: Callable[..., Account], clock: Any) -> Account:
    """Mary, who has shown who she is, in a session that counts; council tax knows her too."""
    said = ProviderSays(
        issuer="https://id.example.org/", subject="s", trust="P2.Cl.Cm", given_name="Mary", family_name="Jones"
    )
    come_by_provider(said, account_id=mary.id, at=clock.now())
    come_in()
    session = resident.session
    session["account"] = {**session["account"], "how": ["provider"]}
    session.save()
    deliver("council-tax", csv_of(TAX, [tax_row("70041", "Jones", given="Mary")]), clock.now())
    link_record(SourceRecord.objects.get().id, mary.customer_id, by=SYSTEM, at=clock.now())
    return mary


def test_how_she_wants_to_be_dealt_with_is_kept_and_shown(mary: Account, resident: Client) -> None:
    for _ in range(2):  # the button twice
        assert resident.post("/account/wishes", WHOLE)["Location"].endswith("?done=details")
    her = own(mary)
    assert (her.quiet_hours, her.language, her.preferred_format) == (False, "pl", "large-print")
    assert needs_of(mary) == {"wheelchair", "sight-loss"}
    assert Need.objects.count() == 2
    to = recipient(mary.customer_id)
    assert (to.quiet, to.language, to.format) == (False, "pl", "large-print")
    assert "Polish, large print" in resident.get("/account/details").content.decode()
    page = resident.get("/account/wishes").content.decode()
    for ticked in ('value="pl" checked', 'value="large-print" checked', 'value="wheelchair" checked'):
        assert ticked in page
    resident.post("/account/wishes", WHOLE | {"needs": [], "quiet": "yes"})
    assert (needs_of(mary), own(mary).quiet_hours) == (set(), True)


def test_what_is_never_asked_of_her_stays_as_officers_know_it(
    mary: Account, resident: Client, council: Any, clock: Any
) -> None:
    from moothall.customers.pack import NEEDS

    unasked = [code for code, one in council.of(NEEDS).items() if not one.asks]
    for code in (*unasked[:1], "wheelchair"):
        add_need(customer_id=mary.customer_id, code=code, by=SYSTEM, at=clock.now())
    resident.post("/account/wishes", WHOLE | {"needs": []})
    assert needs_of(mary) == set(unasked[:1])


@pytest.mark.parametrize(
    ("wrong", "says"), [({"language": "xx"}, "Choose a language"), ({"format": "papyrus"}, "Choose a format")]
)
def test_what_is_on_no_list_changes_nothing_and_what_she_chose_stays(
    mary: Account, resident: Client, wrong: dict[str, str], says: str
) -> None:
    answer = resident.post("/account/wishes", WHOLE | wrong)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert says in page
    assert 'value="wheelchair" checked' in page
    assert (own(mary).language, needs_of(mary)) == ("en", set())


def reach(resident: Client, address: str, *, instead: Any = "", code: str = "") -> Any:
    resident.post("/account/reach/add", {"address": address, "instead": str(instead)})
    return resident.post("/account/reach/code", {"code": code or last_code()})


def test_an_address_counts_once_a_code_has_shown_that_it_is_hers(mary: Account, resident: Client, clock: Any) -> None:
    clock.advance(minutes=1)
    wrong = reach(resident, NEW, code="123")
    assert wrong.status_code == 400
    assert not ContactPoint.objects.filter(value=NEW).exists()
    assert resident.post("/account/reach/code", {"code": last_code()})["Location"].endswith("?done=reach")
    point = ContactPoint.objects.get(value=NEW)
    assert (point.customer_id, point.confirmed_at is not None) == (mary.customer_id, True)
    assert recipient(mary.customer_id).addresses[0].value == NEW, "the newest she has shown counts first"
    assert Message.objects.get(template="account-changed").to == MARY, (
        "whoever sits there cannot lead her post away unseen"
    )
    assert resident.post("/account/reach/code", {"code": "1"})["Location"] == "/account/reach/add", "it is over"
    assert not Change.objects.exists(), "who has not shown who she is changes our record only"


def test_a_number_is_put_in_the_place_of_another(mary: Account, resident: Client, clock: Any) -> None:
    old = add_contact_point(
        customer_id=mary.customer_id, kind="phone", value="0113 496 0123", by=SYSTEM, at=clock.now()
    )
    page = resident.get(f"/account/reach/add?instead={old.id}").content.decode()
    assert "Change 0113 496 0123" in page
    reach(resident, MOBILE, instead=old.id)
    assert set(ContactPoint.objects.filter(kind="phone").values_list("value", flat=True)) == {"+447700900345"}


def test_of_a_number_that_takes_no_texts_it_is_said_what_to_do(mary: Account, resident: Client) -> None:
    page = resident.post("/account/reach/add", {"address": "0113 496 0123"})
    assert page.status_code == 400
    said = "A text message can’t reach this number, and we do not ring with a code."
    assert said in page.content.decode()
    assert "or ring us" in page.content.decode()
    assert not Message.objects.filter(template="account-code", to="+441134960123").exists()


def test_one_is_taken_off_but_not_the_one_she_signs_in_by(mary: Account, resident: Client, clock: Any) -> None:
    reach(resident, NEW)
    point = ContactPoint.objects.get(value=NEW)
    for _ in range(2):
        assert resident.post("/account/reach/away", {"id": str(point.id)}).status_code == 302
    assert not ContactPoint.objects.filter(value=NEW).exists()
    signs = ContactPoint.objects.get(value=MARY)
    assert resident.post("/account/reach/away", {"id": str(signs.id)}).status_code == 409
    reach(resident, NEW, instead=signs.id)
    assert ContactPoint.objects.filter(value=MARY).exists(), "nor by putting another in its place"
    assert resident.post("/account/reach/away", {"id": "nonsense"})["Location"] == "/account/details"


def test_nobody_elses_is_taken_off(mary: Account, resident: Client, clock: Any) -> None:
    other = create_customer(given_name="Joe", contact_points=[("email", "joe@example.org")], by=SYSTEM, at=clock.now())
    point = ContactPoint.objects.get(customer=other)
    resident.post("/account/reach/away", {"id": str(point.id)})
    reach(resident, NEW, instead=point.id)
    assert ContactPoint.objects.filter(pk=point.pk).exists()
    assert Client().post("/account/reach/away", {"id": str(point.id)}).status_code == 302
    assert ContactPoint.objects.filter(pk=point.pk).exists()


def test_who_has_shown_who_she_is_changes_it_everywhere_once(proved: Account, resident: Client) -> None:
    reach(resident, MOBILE)
    resident.post("/account/wishes", WHOLE | {"key": "k1"})
    resident.post("/account/wishes", WHOLE | {"key": "k1"})
    drain()
    changed = {one.kind: one.values for one in Change.objects.all()}
    assert changed == {
        "contact": {"phone": "+447700900345"},
        "preference": {"language": "pl", "preferred_format": "large-print"},
    }
    assert [one.system for one in Change.objects.get(kind="contact").tellings.all()] == ["council-tax"]
    page = resident.get("/account/details").content.decode()
    assert "What you changed, and who has it" in page
    assert "Council tax" in page


@pytest.mark.parametrize("typed", ["", "0113 496 0123", "+1 900 555 8888", "nobody"])
def test_what_no_code_can_reach_is_said_with_what_to_do(mary: Account, resident: Client, typed: str) -> None:
    answer = resident.post("/account/reach/add", {"address": typed})
    assert answer.status_code == 400
    assert "ring us" in answer.content.decode()
    assert not Message.objects.filter(template="account-code", to=typed).exists()
