"""Coming in, going out, and what stands between."""

import re

import pytest
from django.test import Client

from moothall.customers.accounts.actions import add_point, begin_authenticator, confirm_authenticator, set_password
from moothall.customers.accounts.models import Account, Authenticator
from moothall.customers.accounts.rules.one_time import code_at, step_of
from moothall.notifications.models import Message
from tests.interfaces.account.conftest import last_code

pytestmark = pytest.mark.django_db


def test_nobody_sees_an_account_without_signing_in(resident):
    answer = resident.get("/account/details")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/sign-in?next=%2Faccount%2Fdetails"


def test_a_newcomer_gets_a_code_gives_her_name_and_is_in(resident, come_in):
    account = come_in(then="/account/details")
    page = resident.get("/account/")
    assert "Mary Jones" in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert Account.objects.count() == 1
    resident.post("/account/out")
    assert resident.get("/account/").status_code == 302
    assert come_in().id == account.id


def test_the_page_says_the_same_whether_there_is_an_account_or_not(resident, come_in):
    come_in()
    other = Client()
    for address in ("mary.jones@example.com", "nobody@example.com"):
        other.post("/account/sign-in", {"address": address})
        page = other.get("/account/sign-in/code").content.decode()
        assert "We sent it to" in page
    assert Message.objects.filter(template="account-code").count() == 3


ABROAD = ("+881 612 345 678", "+1 900 555 8888", "+372 5123 4567", "+53 5 1234567")


def test_a_number_abroad_gets_a_code_only_where_an_account_has_it_and_the_page_does_not_tell(resident, come_in, clock):
    account = come_in()
    add_point(account.id, kind="phone", value="+37251234567", at=clock.now())
    Message.objects.all().delete()
    pages = set()
    for typed in ABROAD:
        other = Client()
        answer = other.post("/account/sign-in", {"address": typed})
        assert answer["Location"] == "/account/sign-in/code"
        page = other.get("/account/sign-in/code").content.decode()
        lead = re.search(r"If an account signs in with .*?instead\.", page)
        assert lead, page
        pages.add(re.sub(r"with .*? already", "with … already", lead[0]))
        assert "We sent it to" not in page
        wrong = other.post("/account/sign-in/code", {"code": "000000"})
        assert wrong.status_code == 400
        assert "That is not the code we sent." in wrong.content.decode()
    assert len(pages) == 1
    assert "an email address or a UK mobile number" in pages.pop()
    sent = Message.objects.get(template="account-code")
    assert (sent.channel, sent.to) == ("sms", "+37251234567")
    other = Client()
    other.post("/account/sign-in", {"address": "+372 5123 4567"})
    other.post("/account/sign-in/code", {"code": last_code()})
    assert other.get("/account/").status_code == 200


@pytest.mark.parametrize("typed", ABROAD)
def test_a_number_abroad_is_not_added_to_an_account(resident, come_in, typed):
    come_in()
    Message.objects.all().delete()
    answer = resident.post("/account/ways/add", {"address": typed})
    assert answer.status_code == 400
    assert "UK mobile numbers only. Enter an email address" in answer.content.decode()
    assert not Message.objects.exists()


def test_a_wrong_code_lets_nobody_in(resident):
    resident.post("/account/sign-in", {"address": "mary.jones@example.com"})
    right = last_code()
    wrong = "000000" if right != "000000" else "111111"
    answer = resident.post("/account/sign-in/code", {"code": wrong})
    assert answer.status_code == 400
    assert "not the code we sent" in answer.content.decode()
    assert resident.get("/account/").status_code == 302


@pytest.mark.parametrize("typed", ["", "mary", "0113 496 0000", "mary@", "\x00", "x" * 3000])
def test_what_cannot_be_reached_is_asked_again(resident, typed):
    answer = resident.post("/account/sign-in", {"address": typed})
    assert answer.status_code == 400
    assert not Message.objects.exists()


def test_nobody_is_sent_away_from_here(resident, come_in):
    resident.post("/account/sign-in", {"address": "mary.jones@example.com", "next": "https://example.org/"})
    resident.post("/account/sign-in/code", {"code": last_code()})
    answer = resident.post("/account/sign-in/name", {"given": "Mary", "family": ""})
    assert answer["Location"] == "/account/"


def test_a_session_gets_a_new_key_when_she_comes_in(resident, come_in):
    resident.post("/account/sign-in", {"address": "mary.jones@example.com"})
    before = resident.cookies["moothall_session"].value
    come_in()
    assert resident.cookies["moothall_session"].value != before


def test_an_hour_without_a_move_signs_her_out(resident, come_in, monkeypatch):
    from datetime import timedelta

    from moothall.core import clock

    come_in()
    now = clock.machine_now()
    monkeypatch.setattr("moothall.core.clock.machine_now", lambda: now + timedelta(minutes=61))
    assert resident.get("/account/").status_code == 302


def test_a_password_and_then_the_app(resident, come_in, clock):
    account = come_in()
    set_password(account.id, new="teapot-lantern-river", at=clock.now())
    secret = begin_authenticator(account.id, at=clock.now())
    confirm_authenticator(account.id, code_at(secret, step_of(clock.now())), at=clock.now())
    clock.advance(minutes=2)
    resident.post("/account/out")
    no = resident.post("/account/sign-in/password", {"address": "mary.jones@example.com", "password": "no"})
    assert no.status_code == 403
    yes = resident.post(
        "/account/sign-in/password", {"address": "mary.jones@example.com", "password": "teapot-lantern-river"}
    )
    assert yes["Location"] == "/account/sign-in/app"
    assert resident.get("/account/").status_code == 302
    assert resident.post("/account/sign-in/app", {"code": "000000"}).status_code == 400
    answer = resident.post("/account/sign-in/app", {"code": code_at(secret, step_of(clock.now()))})
    assert answer["Location"] == "/account/"
    assert resident.get("/account/").status_code == 200


def test_the_app_is_asked_for_after_a_code_too(resident, come_in, clock):
    account = come_in()
    secret = begin_authenticator(account.id, at=clock.now())
    confirm_authenticator(account.id, code_at(secret, step_of(clock.now())), at=clock.now())
    resident.post("/account/out")
    resident.post("/account/sign-in", {"address": "mary.jones@example.com"})
    answer = resident.post("/account/sign-in/code", {"code": last_code()})
    assert answer["Location"] == "/account/sign-in/app"


def test_where_an_app_is_set_up_its_code_is_asked_for_before_anything_is_changed(resident, come_in, clock):
    account = come_in()
    first = resident.post("/account/ways/password", {"password": "teapot-lantern-river"})
    assert first.status_code == 302, "no app yet"
    secret = begin_authenticator(account.id, at=clock.now())
    assert resident.post("/account/ways/app", {"code": code_at(secret, step_of(clock.now()))}).status_code == 200
    clock.advance(minutes=2)
    account.refresh_from_db()
    before = account.password
    new = {"password": "orchard-kettle-window"}
    for code in ({}, {"code": "000000"}):
        answer = resident.post("/account/ways/password", new | code)
        assert (answer.status_code, "That is not the code your app shows" in answer.content.decode()) == (400, True)
    assert resident.post("/account/ways/take-away", {"what": "app"})["Location"] == "/account/ways/app/away"
    assert resident.post("/account/ways/app/away", {"code": "000000"}).status_code == 400
    account.refresh_from_db()
    assert account.password == before
    right = {"code": code_at(secret, step_of(clock.now()))}
    weak = resident.post("/account/ways/password", {"password": "short"} | right)
    assert weak.status_code == 400, "and the code is still good"
    assert resident.post("/account/ways/password", new | right)["Location"] == "/account/ways?done=password"
    account.refresh_from_db()
    assert account.password != before
    clock.advance(minutes=2)
    gone = resident.post("/account/ways/app/away", {"code": code_at(secret, step_of(clock.now()))})
    assert gone["Location"] == "/account/ways?done=gone"
    assert not Authenticator.objects.exists()


def test_ways_to_sign_in_are_added_and_taken_away(resident, come_in, clock):
    account = come_in()
    resident.post("/account/ways/add", {"address": "07700 900123"})
    answer = resident.post("/account/ways/add/code", {"code": last_code()})
    assert answer["Location"] == "/account/ways?done=point"
    assert "07700 900123" in resident.get("/account/ways").content.decode()
    first = account.points.get(kind="email")
    resident.post("/account/ways/take-away", {"what": "point", "id": str(first.id)})
    last = account.points.get()
    refused = resident.post("/account/ways/take-away", {"what": "point", "id": str(last.id)})
    assert refused.status_code == 409
    assert "only way in" in refused.content.decode()


def test_a_passkey_that_is_none_lets_nobody_in(resident):
    for credential in ("", "{}", "[]", '{"id": "AAAA"}', '{"id": "AAAA", "response": {"clientDataJSON": "e30"}}'):
        answer = resident.post("/account/sign-in/passkey", {"credential": credential})
        assert answer.status_code == 403, credential


def test_details_and_consents_are_hers_to_change(resident, come_in):
    come_in()
    answer = resident.post(
        "/account/details", {"given": "May", "family": "Jones", "channel": "sms", "consent": ["news"]}
    )
    assert answer["Location"] == "/account/?done=details"
    page = resident.get("/account/details").content.decode()
    assert 'value="May"' in page
    assert resident.post("/account/details", {"given": "", "family": " "}).status_code == 400


def test_the_first_page_costs_the_same_however_much_is_on_it(resident, come_in, django_assert_max_num_queries):
    come_in()
    with django_assert_max_num_queries(26):
        resident.get("/account/")
