"""Every address of the product, with every role of the pack and with nobody: each keeps the policy it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from moothall.core.access import PERMISSIONS, is_permission
from moothall.core.actors import SYSTEM
from moothall.core.models import Staff
from moothall.core.packs.sections import ROLES
from moothall.core.staff import create_client, create_staff, permissions_of
from moothall.core.staff.clients import SCOPES
from moothall.interfaces.policy import Audience, Policy, policies_of

NOBODY = UUID(int=7)
FILLED = {"uuid": str(NOBODY), "int": "7", "slug": "not-there", "str": "not-there", "path": "not/there"}
Address = tuple[str, str, Mapping[str, Policy | None]]


def walk(patterns: list[Any], before: str = "") -> Iterator[Address]:
    """Yield every address as (path with invented values, where its view lives, its policies by method)."""
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from walk(found.url_patterns, before + _filled(found))
        elif isinstance(found, URLPattern):
            view = found.callback
            name = f"{getattr(view, '__module__', '?')}.{getattr(view, '__qualname__', view)}"
            yield "/" + before + _filled(found), name, policies_of(view)


def _filled(found: Any) -> str:
    """The route with a value in each place; in an expression, one that its group takes."""
    route = str(found.pattern)
    if isinstance(found.pattern, RegexPattern):
        route = re.sub(r"\(\?P<\w+>([^()]+)\)", lambda group: _taken(group[1]), route).strip("^$").replace("\\", "")
        assert not set("()[]{}*+?|") & set(route), f"{found.pattern}: cannot be filled in; use path()"
    return re.sub(r"<(?:(\w+):)?\w+>", lambda kind: FILLED.get(kind[1] or "str", "not-there"), route)


def _taken(group: str) -> str:
    """A value that this group of an expression takes."""
    return next(value for value in (*FILLED.values(), *group.split("|")) if re.fullmatch(group, value))


ADDRESSES = list(walk(get_resolver().url_patterns))


def test_every_address_states_a_policy():
    unstated = [f"{path} ({view})" for path, view, held in ADDRESSES if not held or None in held.values()]
    assert not unstated
    assert len(ADDRESSES) > 50


def test_every_permission_that_is_asked_for_is_one_that_roles_can_hold():
    for path, _, held in ADDRESSES:
        for policy in held.values():
            for permission in (*policy.needs, *policy.to_write):
                assert is_permission(permission), f"{path} asks for {permission}"


@pytest.fixture
def staff_by_role(council, clock) -> dict[str, tuple[Staff, frozenset[str]]]:
    """Somebody with each role of the pack, and what it lets do."""
    people = {}
    for code in council.of(ROLES):
        staff = create_staff(username=f"x.{code}", name=code, roles=[code], pack=council, by=SYSTEM, at=clock.now())
        people[code] = (staff, permissions_of([code], council))
    return people


def ask(client: Client, path: str, method: str, **more: Any) -> HttpResponse:
    """Ask as a browser would; a failure of the server comes back as its answer, not as an error here."""
    client.raise_request_exception = False
    return getattr(client, method.lower())(path, **more)


def methods_of(held: Mapping[str, Policy | None]) -> Iterator[tuple[str, Policy]]:
    for method, policy in held.items():
        for asked in ("GET", "POST") if method == "*" else (method,):
            if asked in {"GET", "POST", "PUT", "PATCH", "DELETE"}:
                assert policy is not None
                yield asked, policy


def contradiction(policy: Policy, method: str, answer: HttpResponse, may: frozenset[str] | None) -> str:
    """Say how the answer contradicts the policy; nothing when it does not. `may`: None for nobody."""
    status = answer.status_code
    if status >= 500 and status != 503:
        return f"broke with {status}"
    sent_to_sign_in = status == 302 and answer["Location"].startswith("/sign-in/?next=")
    if (
        policy.audience is Audience.CUSTOMER
    ):  # nobody here has an account: officers and strangers alike are asked to sign in
        asked_in = status == 302 and answer["Location"].startswith("/account/sign-in?next=")
        return "" if asked_in else f"answered {status} to somebody without an account"
    kept_out = status in {401, 403} or sent_to_sign_in
    if policy.audience in {Audience.PUBLIC, Audience.DEMO}:
        public_refusal = policy.audience is Audience.DEMO and kept_out
        return "kept somebody out of what is for everyone" if sent_to_sign_in or public_refusal else ""
    if may is None:
        return "" if kept_out else f"let nobody in with {status}"
    missing = set(policy.wanted(method)) - may
    if missing:
        return "" if status == 403 else f"answered {status} without {', '.join(sorted(missing))}"
    return f"kept out with {status} who may come in" if sent_to_sign_in or status == 401 else ""


@pytest.mark.row("B9")
@pytest.mark.django_db
def test_nobody_comes_in_where_staff_or_systems_work(council, clock):
    wrong = []
    for path, view, held in ADDRESSES:
        for method, policy in methods_of(held):
            found = contradiction(policy, method, ask(Client(), path, method), None)
            if found:
                wrong.append(f"{method} {path} ({view}) {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.row("B9")
@pytest.mark.long
@pytest.mark.django_db
def test_every_role_comes_in_where_it_may_and_nowhere_else(council, clock, staff_by_role):
    wrong = []
    for role, (staff, may) in staff_by_role.items():
        client = Client()
        client.force_login(staff)
        for path, view, held in ADDRESSES:
            for method, policy in methods_of(held):
                if policy.audience not in {Audience.STAFF, Audience.CUSTOMER} or path == "/sign-in/out":
                    continue
                found = contradiction(policy, method, ask(client, path, method), may)
                if found:
                    wrong.append(f"{role}: {method} {path} ({view}) {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.row("B9")
@pytest.mark.django_db
def test_every_token_comes_in_where_its_scopes_reach_and_staff_do_not(council, clock, staff_by_role):
    signed_in = Client()
    signed_in.force_login(next(iter(staff_by_role.values()))[0])
    wrong = []
    for scope in SCOPES:
        _, token = create_client(name=scope, scopes=[scope], by=SYSTEM, at=clock.now())
        bearer = {"Authorization": f"Bearer {token}"}
        for path, view, held in ADDRESSES:
            for method, policy in methods_of(held):
                if policy.audience is not Audience.TOKEN:
                    continue
                answer = ask(Client(), path, method, headers=bearer)
                found = contradiction(policy, method, answer, frozenset({scope}))
                if scope not in policy.wanted(method) and answer.status_code != 403:
                    found = f"answered {answer.status_code} to {scope}"
                if not found and ask(signed_in, path, method).status_code != 401:
                    found = "let a browser's session in"
                if found:
                    wrong.append(f"{scope}: {method} {path} ({view}) {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_what_is_for_demonstrations_is_not_there_in_production(council, settings):
    settings.MODE = "production"
    demo = [path for path, _, held in ADDRESSES for policy in held.values() if policy.audience is Audience.DEMO]
    for path in demo:
        assert ask(Client(), path, "GET").status_code == 404, path


def test_every_permission_is_asked_for_somewhere_or_by_an_action():
    """A permission nothing asks for would promise a guard that is not there."""
    from pathlib import Path

    source = "\n".join(
        path.read_text() for path in Path("moothall").rglob("*.py") if path.as_posix() != "moothall/core/access.py"
    )
    unasked = [code for code in PERMISSIONS if f'"{code}"' not in source]
    assert not unasked


@pytest.mark.django_db
def test_every_answer_carries_the_guards(council, clock, staff_by_role):
    """Strict content policy, no framing, no sniffing; what staff see is kept nowhere."""
    client = Client()
    client.force_login(staff_by_role["team-leader"][0])
    for path, view, held in ADDRESSES:
        if "GET" not in {method for method, _ in methods_of(held)}:
            continue
        policy = next(policy for method, policy in methods_of(held) if method == "GET")
        answer = ask(client, path, "GET")
        content_policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in content_policy, f"{path} ({view})"
        assert "frame-ancestors 'none'" in content_policy, path
        assert "unsafe" not in content_policy, path
        assert answer["X-Frame-Options"] == "DENY", path
        assert answer["X-Content-Type-Options"] == "nosniff", path
        if policy.audience is Audience.STAFF and answer.status_code == 200:
            assert "no-store" in answer["Cache-Control"], path


@pytest.mark.django_db
def test_nobody_gets_a_session_for_looking(council, clock):
    """A resident who only reads is given no session cookie: nothing to steal, nothing to consent to."""
    for path, _, held in ADDRESSES:
        for method, policy in methods_of(held):
            if policy.audience is Audience.PUBLIC and method == "GET":
                client = Client()
                ask(client, path, "GET")
                assert "moothall_session" not in client.cookies, path


@pytest.mark.django_db
def test_without_the_forms_own_token_nothing_is_written(council, clock, staff_by_role):
    """Every staff form is refused when it comes from elsewhere."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff_by_role["team-leader"][0])
    for path, _, held in ADDRESSES:
        for method, policy in methods_of(held):
            if policy.audience is Audience.STAFF and method == "POST":
                assert ask(strict, path, "POST").status_code in {403, 405}, path
