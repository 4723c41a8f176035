"""Accounts: codes and guessing, ways in, none the last, proof of identity."""

from datetime import date

import pytest

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM, customer_actor
from moothall.core.event_feed import events_of_customers
from moothall.core.limits import TooManyAttempts
from moothall.core.people import person_providers
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.accounts import actions
from moothall.customers.accounts.actions import AccountRefused, CodeRefused, HasAccount, NotTheSame, ProviderSays
from moothall.customers.accounts.models import Account, Authenticator, Code, SignInPoint, Verification
from moothall.customers.accounts.queries import account_with, asks_for_app, holder, ways_in
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.accounts.rules.one_time import code_at, step_of
from moothall.customers.models import ContactPoint, Customer

pytestmark = pytest.mark.django_db
TO = {"kind": "email", "value": "mary.jones@example.com", "address": "192.0.2.1"}


def test_a_code_is_good_once_for_its_address(clock):
    code_id, code = actions.make_code(**TO, at=clock.now())
    assert code not in repr(Code.objects.values())
    assert actions.check_code(code_id, f" {code[:3]} {code[3:]}", address="192.0.2.1", at=clock.now()) == (
        "email", "mary.jones@example.com",
    )  # fmt: skip
    with pytest.raises(CodeRefused, match="run out"):
        actions.check_code(code_id, code, address="192.0.2.1", at=clock.now())


def test_guessing_a_code_ends_after_five_tries_even_with_the_right_one(clock):
    code_id, code = actions.make_code(**TO, at=clock.now())
    wrong = "000000" if code != "000000" else "111111"
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        with pytest.raises(CodeRefused, match=left):
            actions.check_code(code_id, wrong, address="192.0.2.1", at=clock.now())
    with pytest.raises(CodeRefused) as last:
        actions.check_code(code_id, wrong, address="192.0.2.1", at=clock.now())
    assert last.value.over
    with pytest.raises(CodeRefused, match="run out"):
        actions.check_code(code_id, code, address="192.0.2.1", at=clock.now())


def test_a_code_ends_with_its_minutes_and_with_one_that_was_used_but_not_because_a_stranger_asks(clock):
    old, code = actions.make_code(**TO, at=clock.now())
    other, second = actions.make_code(**TO, at=clock.now())
    assert actions.check_code(old, code, address="192.0.2.1", at=clock.now())[1] == "mary.jones@example.com"
    with pytest.raises(CodeRefused, match="run out"):
        actions.check_code(other, second, address="192.0.2.1", at=clock.now())
    new, newer = actions.make_code(**TO, at=clock.now())
    clock.advance(minutes=11)
    with pytest.raises(CodeRefused, match="run out"):
        actions.check_code(new, newer, address="192.0.2.1", at=clock.now())


def test_nobody_is_sent_codes_without_end(clock):
    for _ in range(5):
        actions.make_code(**TO, at=clock.now())
    with pytest.raises(TooManyAttempts):
        actions.make_code(**TO, at=clock.now())
    clock.advance(minutes=61)
    actions.make_code(**TO, at=clock.now())


def test_codes_are_forgotten_with_the_addresses(clock):
    actions.make_code(**TO, at=clock.now())
    clock.advance(days=2)
    assert actions.forget_codes(at=clock.now()) == 1
    assert not Code.objects.exists()


def test_opening_makes_a_record_of_her_own_and_touches_no_other(clock, mary):
    first = Customer.objects.get(pk=mary.customer_id)
    assert (first.given_name, first.proof) == ("Mary", "confirmed")
    assert ContactPoint.objects.get(customer=first).confirmed_at == clock.now()
    with pytest.raises(AccountRefused, match="Another account"):
        actions.open_account(**{"kind": "email", "value": "mary.jones@example.com"}, given_name="Tom", family_name="Jones",
                             by=ANONYMOUS, at=clock.now())  # fmt: skip
    assert Customer.objects.count() == 1
    assert account_with("mary.jones@example.com") == mary.id


def test_the_last_way_in_stays(clock, mary):
    point = SignInPoint.objects.get(account=mary)
    with pytest.raises(AccountRefused, match="only way in"):
        actions.remove_point(mary.id, point.id, at=clock.now())
    actions.add_point(mary.id, kind="phone", value="+447700900001", at=clock.now())
    actions.remove_point(mary.id, point.id, at=clock.now())
    assert [way.words for way in ways_in(mary.id).points] == ["+447700900001"]


def test_a_password_is_kept_only_as_a_digest_and_guessing_is_limited(clock, mary):
    with pytest.raises(AccountRefused, match="12 characters"):
        actions.set_password(mary.id, new="short", at=clock.now())
    with pytest.raises(AccountRefused, match="your name"):
        actions.set_password(mary.id, new="mary-had-a-little-lamb", at=clock.now())
    actions.set_password(mary.id, new="teapot-lantern-river", at=clock.now())
    assert "teapot" not in Account.objects.get(pk=mary.id).password
    come = {"value": "mary.jones@example.com", "address": "192.0.2.1"}
    assert actions.check_password(**come, password="teapot-lantern-river", at=clock.now()).id == mary.id
    for _ in range(10):
        with pytest.raises(AccountRefused):
            actions.check_password(**come, password="wrong", at=clock.now())
    with pytest.raises(TooManyAttempts):
        actions.check_password(**come, password="teapot-lantern-river", at=clock.now())


def test_an_app_shows_codes_that_are_taken_once(clock, mary):
    secret = actions.begin_authenticator(mary.id, at=clock.now())
    assert not asks_for_app(mary.id)
    spare = actions.confirm_authenticator(mary.id, code_at(secret, step_of(clock.now())), at=clock.now())
    assert asks_for_app(mary.id)
    assert len(spare) == 8
    assert spare[0] not in repr(Authenticator.objects.values())
    with pytest.raises(CodeRefused):
        actions.check_authenticator(mary.id, code_at(secret, step_of(clock.now())), at=clock.now())
    clock.advance(seconds=31)
    actions.check_authenticator(mary.id, code_at(secret, step_of(clock.now())), at=clock.now())
    actions.check_authenticator(mary.id, spare[0].upper(), at=clock.now())
    with pytest.raises(CodeRefused):
        actions.check_authenticator(mary.id, spare[0], at=clock.now())


ONE = "https://identity.example.org/"


def says(**more):
    return ProviderSays(**{"issuer": ONE, "subject": "sub-1", "trust": "P2.Cl.Cm", "given_name": "Mary",
                           "family_name": "Jones", "date_of_birth": date(1947, 3, 9), **more})  # fmt: skip


def test_a_provider_proves_who_she_is_and_knows_her_again(clock, mary):
    actions.come_by_provider(says(), account_id=mary.id, at=clock.now())
    person = Customer.objects.get(pk=mary.customer_id)
    assert (person.proof, person.date_of_birth) == ("verified", date(1947, 3, 9))
    assert actions.come_by_provider(says(trust="Cl"), account_id=None, at=clock.now()).id == mary.id
    assert Verification.objects.count() == 1
    assert holder(mary.id, how=["provider"]).proof is Proof.VERIFIED
    weak = holder(mary.id, how=["code"])
    assert (weak.held, weak.proof) == (Proof.VERIFIED, Proof.CONTACT)


@pytest.mark.parametrize(
    "other", [{"date_of_birth": date(1980, 1, 1)}, {"family_name": "Smith"}, {"given_name": "Zoe"}]
)
def test_a_proved_identity_of_somebody_else_is_not_hers(clock, mary, other):
    if "date_of_birth" in other:
        Customer.objects.update(date_of_birth=date(1947, 3, 9))
    with pytest.raises(NotTheSame):
        actions.come_by_provider(says(**other), account_id=mary.id, at=clock.now())
    assert Customer.objects.get().proof == "confirmed"
    assert ways_in(mary.id).identities == ()


def test_a_provider_never_opens_an_account_by_e_mail_alone(clock, mary):
    with pytest.raises(HasAccount):
        actions.come_by_provider(says(email="Mary.Jones@example.com"), account_id=None, at=clock.now())
    new = actions.come_by_provider(says(email="m.jones@example.net"), account_id=None, at=clock.now())
    assert new.id != mary.id
    assert Customer.objects.get(pk=new.customer_id).proof == "verified"
    with pytest.raises(AccountRefused, match="another account"):
        actions.come_by_provider(says(), account_id=mary.id, at=clock.now())


@pytest.fixture
def adviser(council, clock):
    staff = create_staff(username="ravi", name="Ravi", roles=["adviser"], pack=council, by=SYSTEM, at=clock.now())
    return actor_of_staff(staff, council)


def test_an_officer_sees_two_things_one_with_a_photograph(clock, mary, adviser):
    prove = {"customer_id": mary.customer_id, "by": adviser, "at": clock.now()}
    with pytest.raises(ValueError, match="at least 2"):
        actions.verify_in_person(evidence=["passport", "passport", "a-hat"], **prove)
    with pytest.raises(ValueError, match="photograph"):
        actions.verify_in_person(evidence=["utility-bill", "bank-statement"], **prove)
    row = actions.verify_in_person(evidence=["passport", "utility-bill"], **prove)
    assert Customer.objects.get().proof == "verified"
    names = {event.name for event in events_of_customers([mary.customer_id])}
    assert "customer.verified" in names
    with pytest.raises(ValueError, match="why"):
        actions.revoke_verification(row.id, because=" ", by=adviser, at=clock.now())
    actions.revoke_verification(row.id, because="The passport was another's", by=adviser, at=clock.now())
    assert Customer.objects.get().proof == "stated"


def test_only_officers_who_may_can_prove(clock, mary):
    with pytest.raises(Refused):
        actions.verify_in_person(
            customer_id=mary.customer_id, evidence=["passport", "utility-bill"], by=customer_actor(mary.customer_id),
            at=clock.now(),
        )  # fmt: skip


def test_erasing_her_closes_the_account_and_leaves_no_way_in(clock, mary):
    actions.come_by_provider(says(), account_id=mary.id, at=clock.now())
    provider = next(one for one in person_providers() if one.room == "accounts")
    assert "mary.jones@example.com" in repr(provider.export(mary.customer_id))
    provider.erase(mary.customer_id, SYSTEM, clock.now())
    assert "mary.jones" not in repr(provider.export(mary.customer_id))
    assert account_with("mary.jones@example.com") is None
    assert holder(mary.id) is None
