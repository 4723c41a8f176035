"""Signing in and out in a browser's terms: sessions, what is kept, where one may be sent."""

import html
import time

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from moothall.core.actors import SYSTEM
from moothall.core.models import Staff
from moothall.core.staff import create_staff, signing_in
from moothall.intake.models import Draft
from moothall.interfaces.policy import IDLE_MINUTES, SEEN
from tests.core.access.test_staff import PASSWORD, code_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(council, clock):
    return create_staff(
        username="r.patel", name="Ravi Patel", roles=["adviser"], password=PASSWORD, pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def admin(council, clock):
    return create_staff(
        username="admin", name="Sunita Rao", roles=["administrator"], password=PASSWORD, pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip


def sign_in(client, username="r.patel", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def inside(client):
    return client.get("/sign-in/account").status_code == 200


def test_the_right_password_lets_in_under_a_new_session(client, staff):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies["moothall_session"] = session.session_key
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.cookies["moothall_session"].value != session.session_key
    assert inside(client)
    stranger = Client()
    stranger.cookies["moothall_session"] = session.session_key
    assert not inside(stranger)


def test_ones_own_account_says_roles_in_words(client, staff):
    sign_in(client)
    page = client.get("/sign-in/account").content.decode()
    assert "<dd>Customer adviser</dd>" in page
    assert "<dd>adviser</dd>" not in page


def test_the_cookies_are_for_this_site_alone_and_out_of_reach_of_scripts(client, staff):
    client.get("/sign-in/")
    sign_in(client)
    for name in ("moothall_session", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_a_wrong_password_says_so_and_no_more(client, staff):
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, username="nobody", password="wrong")
    for answer in (wrong, unknown):
        assert answer.status_code == 403
        assert "The name or password is not right" in answer.content.decode()
    assert not inside(client)


def test_guessing_is_slowed_for_everyone_alike(client, staff):
    answers = [sign_in(client, password="wrong").status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "http:///example.org",
        "/sign-in/out",
        "",
    ],
)
def test_nobody_is_sent_away_from_here_after_signing_in(client, staff, wanted):
    assert sign_in(client, next=wanted)["Location"] == "/desk/"


def test_one_goes_where_one_was_going(client, staff):
    assert client.get("/sign-in/account")["Location"] == "/sign-in/?next=%2Fsign-in%2Faccount"
    assert sign_in(client, next="/desk/cases?team=waste")["Location"] == "/desk/cases?team=waste"


def test_signing_out_is_by_a_button_and_ends_it(client, staff):
    sign_in(client)
    assert client.get("/sign-in/out").status_code == 405
    assert inside(client)
    client.post("/sign-in/out")
    assert not inside(client)


def test_an_account_that_is_closed_is_out_at_its_next_step(client, staff):
    sign_in(client)
    Staff.objects.filter(pk=staff.pk).update(is_active=False)
    assert not inside(client)


def test_a_chair_left_empty_is_signed_out_and_a_form_sent_then_is_not_lost(client, staff):
    sign_in(client)
    session = client.session
    session[SEEN] = int(time.time()) - IDLE_MINUTES * 60 - 1
    session.save()
    answer = client.post(
        "/sign-in/account/password", {"note": ["crew said “not out”", "two"], "current": "x", "password2": "secret"}
    )
    assert answer.status_code == 401
    page = answer.content.decode()
    assert "Nothing is lost" in page
    assert "not out" not in page, "whoever sits down here reads nothing of it"
    answer = sign_in(client, next="/sign-in/account/password")
    assert answer["Location"] == "/sign-in/carry-on"
    page = client.get("/sign-in/carry-on").content.decode()
    assert 'action="/sign-in/account/password"' in page
    assert page.count('name="note"') == 2
    assert "crew said “not out”" in page
    assert "secret" not in page
    assert "crew said" in client.get("/sign-in/carry-on").content.decode(), "the page may be loaded again"
    client.post("/sign-in/out")
    assert sign_in(client)["Location"] == "/desk/", "it is offered once"


def _left_with(client, *sent):
    """The session runs out, and these notes are sent to it."""
    session = client.session
    session[SEEN] = int(time.time()) - IDLE_MINUTES * 60 - 1
    session.save()
    for one in sent:
        assert "Nothing is lost" in client.post("/sign-in/account/password", {"note": one}).content.decode()


def test_only_the_same_officer_has_it_back(client, staff, council, clock):
    sign_in(client)
    _left_with(client, "the crew said “not out”")
    create_staff(
        username="someone",
        name="Someone",
        roles=["adviser"],
        password=PASSWORD,
        pack=council,
        by=SYSTEM,
        at=clock.now(),
    )
    other = sign_in(client, username="someone")
    assert other["Location"] == "/desk/"
    assert client.get("/sign-in/carry-on").status_code == 404
    client.post("/sign-in/out")
    assert sign_in(client)["Location"] == "/sign-in/carry-on", "it still waits for her"


def test_several_come_back_and_the_same_twice_is_one(client, staff):
    sign_in(client)
    _left_with(client, "one", "two", "two")
    sign_in(client)
    page = client.get("/sign-in/carry-on").content.decode()
    assert page.count('name="note"') == 2
    assert "1 of 2" in page


def test_a_session_that_is_gone_altogether_loses_nothing_either(client, staff):
    sign_in(client)
    client.session.flush()
    del client.cookies["moothall_session"]
    assert "kept for you alone" in client.post("/sign-in/account/password", {"note": "a"}).content.decode()
    assert sign_in(client)["Location"] == "/sign-in/carry-on"


@pytest.mark.parametrize("held", ["", "nonsense", "0193-not-ours:abc"])
def test_what_nobody_was_signed_in_for_is_kept_for_nobody(client, staff, held):
    client.cookies["moothall_officer"] = held
    page = client.post("/sign-in/account/password", {"note": "a"})
    assert (page.status_code, "could not be kept" in page.content.decode()) == (401, True)
    assert not Draft.objects.exists()
    assert sign_in(client)["Location"] == "/desk/"


def test_an_endless_form_is_not_kept_in_part(client, staff):
    sign_in(client)
    session = client.session
    session[SEEN] = int(time.time()) - IDLE_MINUTES * 60 - 1
    session.save()
    page = client.post("/sign-in/account/password", {"note": "a" * 250_000}).content.decode()
    assert "could not be kept" in page
    assert not Draft.objects.exists()


def test_text_of_any_kind_comes_back_as_it_was(client, staff):
    sign_in(client)
    typed = "a\x00b \\u0000 <script>alert(1)</script> “ż” 🗑"
    _left_with(client, typed)
    sign_in(client)
    page = html.unescape(client.get("/sign-in/carry-on").content.decode())
    assert f'value="{typed.replace(chr(0), "")}"' in page


def test_a_script_is_told_and_not_sent_round(client, staff):
    answer = client.post("/sign-in/account/password", {"a": "b"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.content) == (401, b"")
    answer = client.get(
        "/sign-in/account", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/contacts/1?tab=2"}
    )
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fdesk%2Fcontacts%2F1%3Ftab%3D2"


def test_staying_awake(client, staff):
    sign_in(client)
    session = client.session
    session[SEEN] = int(time.time()) - 20 * 60
    session.save()
    assert client.get("/sign-in/still-here").status_code == 204
    assert time.time() - client.session[SEEN] < 120


def test_the_code_is_asked_for_and_without_it_nobody_is_in(client, staff):
    device = TOTPDevice.objects.create(user=staff, confirmed=True, name="Authenticator")
    assert sign_in(client)["Location"] == "/sign-in/code"
    assert not inside(client)
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 403
    assert not inside(client)
    answer = client.post("/sign-in/code", {"code": code_now(device)})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert inside(client)


def test_a_step_cannot_be_jumped_over(client, staff):
    TOTPDevice.objects.create(user=staff, confirmed=True, name="Authenticator")
    for page in ("/sign-in/code", "/sign-in/set-up", "/sign-in/onward", "/sign-in/new-password"):
        assert client.get(page)["Location"] == "/sign-in/"
    sign_in(client)
    assert (
        client.get("/sign-in/set-up")["Location"] == "/sign-in/code"
    )  # nobody replaces a factor with a password alone
    assert client.get("/sign-in/onward")["Location"] == "/sign-in/code"
    session = client.session
    session["half_in"] = {**session["half_in"], "at": int(time.time()) - 601}
    session.save()
    assert client.get("/sign-in/code")["Location"] == "/sign-in/"


def test_roles_that_must_set_up_a_second_factor_before_they_are_in(client, admin, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert sign_in(client, "admin")["Location"] == "/sign-in/set-up"
    page = client.get("/sign-in/set-up").content.decode()
    assert "data:image/svg+xml" in page
    assert not inside(client)
    device = TOTPDevice.objects.get(user=admin)
    page = client.post("/sign-in/set-up", {"code": code_now(device)}).content.decode()
    assert "recovery codes" in page
    client.get("/sign-in/onward")
    assert inside(client)
    assert signing_in.has_second_factor(admin)


def test_a_password_that_was_handed_over_is_changed_before_anything_else(client, staff):
    Staff.objects.filter(pk=staff.pk).update(must_change_password=True)
    assert sign_in(client)["Location"] == "/sign-in/new-password"
    assert not inside(client)
    answer = client.post("/sign-in/new-password", {"current": PASSWORD, "fresh": "short"})
    assert answer.status_code == 403
    answer = client.post("/sign-in/new-password", {"current": PASSWORD, "fresh": "orchid barge thirteen"})
    assert answer["Location"] == "/desk/"
    assert inside(client)


def test_changing_the_password_ends_every_other_session(client, staff):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    answer = client.post("/sign-in/account/password", {"current": PASSWORD, "fresh": "orchid barge thirteen"})
    assert answer["Location"] == "/sign-in/account?done=password"
    assert inside(client)
    assert not inside(elsewhere)


def test_without_the_forms_own_token_nothing_is_done(staff):
    strict = Client(enforce_csrf_checks=True)
    strict.get("/sign-in/")
    assert sign_in(strict).status_code == 403
    assert not inside(strict)


def test_every_page_carries_the_guards(client, staff):
    answer = client.get("/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    sign_in(client)
    assert client.get("/sign-in/account")["Cache-Control"] == "no-store, private"


def test_a_host_that_is_not_ours_is_not_answered(client, staff, settings):
    settings.ALLOWED_HOSTS = ["my.example.gov.uk"]
    assert client.get("/sign-in/", headers={"host": "evil.example.org"}).status_code == 400


def test_markup_in_what_was_typed_stays_text(client, staff):
    page = sign_in(client, username="<script>alert(1)</script>", next='/x?"><i>').content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("adviser", "/desk/"),
        ("finance-officer", "/console/"),
        ("field-worker", "/field/"),
    ],
)
def test_each_begins_where_their_work_is(council, clock, client, role, page):
    create_staff(
        username="someone", name="Someone", roles=[role], password=PASSWORD, pack=council, by=SYSTEM, at=clock.now()
    )
    assert sign_in(client, "someone")["Location"] == page
    assert client.get(page).status_code == 200
    assert client.get("/sign-in/onward")["Location"] == page


@pytest.mark.parametrize(
    ("role", "wanted", "there"),
    [
        ("finance-officer", "/desk/", "/console/"),
        ("councillor", "/desk/?number=1", "/mine/"),
        ("performance-officer", "/desk/", "/performance/"),
        ("finance-officer", "/console/reconciliation?after=x", "/console/reconciliation?after=x"),
        ("finance-officer", "/performance/", "/performance/"),
        ("adviser", "/desk/cases", "/desk/cases"),
        ("adviser", "/desk/no-such-page", "/desk/no-such-page"),
    ],
)
def test_a_page_one_may_not_open_leads_to_ones_own_first_page(client, council, clock, role, wanted, there):
    create_staff(
        username="somebody", name="Somebody", roles=[role], password=PASSWORD, pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    answer = sign_in(client, "somebody", next=wanted)
    assert (answer.status_code, answer["Location"]) == (302, there)
