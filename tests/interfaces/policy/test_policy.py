"""Every view states who may come in; a view that does not is never run."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, ActorKind
from moothall.core.ids import new_id
from moothall.core.models import ApiClient, Staff
from moothall.core.staff.actor import token_digest
from moothall.interfaces import policy as policies
from moothall.interfaces.policy import Audience, PolicyMiddleware, SignInNeeded, TokenRefused, policy


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)  # type: ignore[attr-defined]


def asked(method="get", staff=None, **headers):
    request = getattr(RequestFactory(), method)("/somewhere/?a=b", headers=headers)
    request.user = staff or AnonymousUser()
    request.session = {}
    return request


@pytest.fixture
def officer(common_pack, monkeypatch):
    monkeypatch.setattr(policies, "current_pack", lambda: common_pack)
    return Staff(id=new_id(), username="ravi", name="Ravi Patel", role_codes=["adviser"], team_codes=["waste"])


def test_a_public_page_is_for_everyone_and_nobody_in_particular(officer):
    request = asked(staff=officer)
    policy("public")(page)(request)
    assert request.actor == ANONYMOUS


def test_staff_come_in_with_the_permission_and_act_for_the_purpose_of_the_screen(officer):
    request = asked(staff=officer)
    policy("staff", needs="case.view", purpose="quality")(page)(request)
    assert (request.actor.kind, request.actor.id, request.actor.purpose) == (ActorKind.STAFF, officer.id, "quality")
    assert request.actor.teams == {"waste"}
    assert request.actor.may("contact.take")
    assert not request.actor.may("console.view")


def test_staff_without_it_and_strangers_stay_out(officer):
    with pytest.raises(Refused, match="Open the console"):
        policy("staff", needs="console.view")(page)(asked(staff=officer))
    with pytest.raises(SignInNeeded):
        policy("staff")(page)(asked())
    officer.is_active = False
    with pytest.raises(SignInNeeded):
        policy("staff")(page)(asked(staff=officer))


def test_writing_may_need_more_than_reading(officer):
    view = policy("staff", needs="case.view", to_write="case.assign")(page)
    assert view(asked(staff=officer)).status_code == 200
    with pytest.raises(Refused):
        view(asked("post", staff=officer))


def test_a_demonstration_page_is_not_there_in_production(settings):
    view = policy("demo")(page)
    assert view(asked()).status_code == 200
    settings.MODE = "production"
    with pytest.raises(Http404):
        view(asked())


@pytest.mark.django_db
def test_another_system_comes_in_by_its_token_and_scopes(clock):
    ApiClient.objects.create(
        name="Contractor", token_digest=token_digest("mth_good"), scopes=["api.events"], created_at=clock.now()
    )
    ApiClient.objects.create(
        name="Closed", token_digest=token_digest("mth_closed"), is_active=False, created_at=clock.now()
    )
    ApiClient.objects.create(
        name="Old", token_digest=token_digest("mth_old"), created_at=clock.now(), expires_at=clock.now()
    )
    view = policy("token", needs="api.events")(page)
    assert view(asked(Authorization="Bearer mth_good")).content == b"Contractor"
    with pytest.raises(Refused):
        policy("token", needs="api.cases.write")(page)(asked(Authorization="Bearer mth_good"))
    for header in ("", "Bearer", "Bearer mth_bad", "Basic mth_good", "Bearer mth_closed", "Bearer mth_old"):
        with pytest.raises(TokenRefused):
            view(asked(Authorization=header))


def test_a_view_without_a_policy_is_never_run():
    with pytest.raises(ImproperlyConfigured, match=r"test_policy\.page states no policy"):
        PolicyMiddleware(lambda request: HttpResponse()).process_view(asked(), page, (), {})


def test_a_page_for_everyone_cannot_ask_for_a_permission():
    with pytest.raises(ImproperlyConfigured):
        policy("public", needs="case.view")
    with pytest.raises(ValueError, match="nobody"):
        policy("nobody")


def test_refusals_are_answered_as_what_they_are():
    answer = PolicyMiddleware(lambda request: HttpResponse()).process_exception
    away = answer(asked(), SignInNeeded())
    assert away.status_code == 302
    assert away["Location"] == "/sign-in/?next=%2Fsomewhere%2F%3Fa%3Db"
    assert answer(asked(**{"X-Autosave": "1"}), SignInNeeded()).status_code == 401
    assert answer(asked(), TokenRefused("no")).status_code == 401
    assert answer(asked(), ValueError()) is None
    assert answer(asked(), LookupError()) is None


@pytest.mark.django_db
def test_what_a_room_does_not_have_is_not_there_at_a_staff_screen_and_a_slip_of_ours_is_still_a_failure(officer):
    from django.core.exceptions import ObjectDoesNotExist

    request = asked(staff=officer)
    policy("staff")(page)(request)
    answer = PolicyMiddleware(lambda request: HttpResponse()).process_exception
    assert answer(request, LookupError("There is no such customer.")).status_code == 404
    assert answer(request, ObjectDoesNotExist()).status_code == 404
    assert answer(request, KeyError("x")) is None
    assert answer(request, IndexError()) is None


def test_the_callers_address_is_never_what_the_caller_claims(settings):
    request = asked(**{"X-Forwarded-For": "6.6.6.6, 10.0.0.9"})
    assert policies.address_of(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert policies.address_of(request) == "10.0.0.9"


def test_the_words_for_audiences():
    assert {audience.value for audience in Audience} == {"public", "customer", "staff", "token", "demo", "device"}
