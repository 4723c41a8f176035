"""Every address says who may come in: `@policy(...)` on each view and API operation, kept here and nowhere else.

A view without a policy is never run. The decorator puts `request.actor` in place, acting for the screen's purpose;
queries and actions take it from there. A test walks all addresses with all roles.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, ImproperlyConfigured, ObjectDoesNotExist
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html

from moothall.core import clock
from moothall.core.access import Refused, require
from moothall.core.actors import ANONYMOUS, Actor, customer_actor
from moothall.core.models import Staff
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.staff import actor_of_client, actor_of_staff
from moothall.customers.accounts.queries import Holder
from moothall.field.actions.devices import came_by
from moothall.field.queries.device import device_of
from moothall.interfaces.account_session import holder_in

P = ParamSpec("P")
T = TypeVar("T")

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SEEN: Final = "seen"
IDLE_MINUTES: Final = 30
SEEN_EVERY: Final = 60  # seconds between two writes of the session


class Audience(StrEnum):
    """Who a view is for."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    STAFF = "staff"
    TOKEN = "token"  # noqa: S105  a word, not a secret
    DEMO = "demo"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may come in, what they must be allowed to do, and why they are there.

    `needs` are permissions that must all be held, `to_write` further ones for a request that changes something.
    `purpose` goes to the event and access logs. A `quiet` view (polling, autosave) does not keep a sign-in awake.
    """

    audience: Audience
    needs: tuple[str, ...] = ()
    to_write: tuple[str, ...] = ()
    purpose: str = "service"
    quiet: bool = False

    def wanted(self, method: str) -> tuple[str, ...]:
        """Return the permissions that a request by this method must hold."""
        return self.needs if method in SAFE else (*self.needs, *self.to_write)


class Request(HttpRequest):
    """A request that has passed its policy: what views are given. ``device``: the crew's device it came from, if one.
    ``for_case``: the case that says why an officer looks at a person, where one does."""

    actor: Actor
    for_case: UUID | None
    policy: Policy
    device: UUID
    holder: Holder


class AccountNeeded(Exception):
    """Nobody is signed in to an account (or not any more) and the page is its owner's."""


class SignInNeeded(Exception):
    """Nobody is signed in (or not any more) and the view is for staff. ``officer``: who it was until just now."""

    def __init__(self, officer: Staff | None = None) -> None:
        self.officer = officer
        super().__init__("Sign in first.")


class DeviceRefused(Exception):
    """The call comes from no device of ours, or from one that is cut off: then it is told to forget what it holds."""

    def __init__(self, *, cut_off: bool) -> None:
        self.cut_off = cut_off
        super().__init__("This device is not let in.")


class TokenRefused(Exception):
    """The call carries no token, or one that is unknown, closed or run out."""


def _codes(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value)


def policy(
    audience: str,
    *,
    needs: str | tuple[str, ...] = (),
    to_write: str | tuple[str, ...] = (),
    purpose: str = "service",
    quiet: bool = False,
) -> Callable[[Callable[Concatenate[Any, P], T]], Callable[Concatenate[HttpRequest, P], T]]:
    """State a view's policy and hold it: `@policy("public")`, `@policy("staff", needs="case.view", to_write="case.work")`,
    `@policy("customer")`, `@policy("token", needs="api.cases.read")`, `@policy("demo")`. Outermost decorator, for API
    operations too.

    The view may then use `request.actor`; one for customers `request.holder` too. Raises (for the middleware or the API's
    own handlers) AccountNeeded, SignInNeeded, TokenRefused or Refused.
    """
    stated = Policy(Audience(audience), _codes(needs), _codes(to_write), purpose, quiet)
    if stated.audience in {Audience.PUBLIC, Audience.DEMO, Audience.CUSTOMER} and (stated.needs or stated.to_write):
        raise ImproperlyConfigured("A page for residents cannot need a permission.")

    def decorate(view: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[HttpRequest, P], T]:
        @functools.wraps(view)
        def held(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> T:
            admitted = cast("Request", request)
            if getattr(request, "policy", None) is not stated:  # else the middleware has let them in already
                admitted.actor = admit(request, stated)
                admitted.policy = stated
            return view(admitted, *args, **kwargs)

        held.policy = stated  # type: ignore[attr-defined]
        return held

    return decorate


def admit(request: HttpRequest, stated: Policy) -> Actor:
    """Return the actor this policy lets in, or raise AccountNeeded, SignInNeeded, TokenRefused, Refused or Http404."""
    if stated.audience is Audience.DEMO and settings.MODE == "production":
        raise Http404
    if stated.audience in {Audience.PUBLIC, Audience.DEMO}:
        return ANONYMOUS
    if stated.audience is Audience.CUSTOMER:
        return _customer(request, stated)
    if stated.audience is Audience.DEVICE:
        actor = _device(request, stated)
    else:
        actor = _staff(request, stated) if stated.audience is Audience.STAFF else _client(request, stated)
    for permission in stated.wanted(request.method or "GET"):
        require(actor, permission)
    return actor


def _customer(request: HttpRequest, stated: Policy) -> Actor:
    found = holder_in(request)
    if found is None:
        raise AccountNeeded
    cast("Request", request).holder = found
    return customer_actor(found.customer_id).because(stated.purpose)


def _staff(request: HttpRequest, stated: Policy) -> Actor:
    staff = request.user
    if not isinstance(staff, Staff) or not staff.is_active:
        raise SignInNeeded
    # The machine's own clock: how long a chair stands empty has nothing to do with the council's movable one.
    now = int(clock.machine_now().timestamp())
    seen = request.session.get(SEEN, now)
    if now - seen > IDLE_MINUTES * 60:
        logout(request)
        raise SignInNeeded(staff)
    if not stated.quiet and (now - seen >= SEEN_EVERY or SEEN not in request.session):
        request.session[SEEN] = now
    return actor_of_staff(staff, current_pack(), purpose=stated.purpose)


def _client(request: HttpRequest, stated: Policy) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    actor = None
    if scheme.lower() == "bearer" and token:
        actor = actor_of_client(token.strip(), at=clock.now(), purpose=stated.purpose)
    if actor is None:
        raise TokenRefused("Send a token: the header Authorization with Bearer and the token.")
    return actor


def _device(request: HttpRequest, stated: Policy) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    carried = device_of(token.strip(), purpose=stated.purpose) if scheme.lower() == "bearer" and token else None
    if carried is None:
        raise DeviceRefused(cut_off=False)
    if carried.actor is None:
        came_by(carried.id, at=clock.now())
        raise DeviceRefused(cut_off=True)
    cast("Request", request).device = carried.id
    return carried.actor


def policies_of(callback: Callable[..., Any]) -> Mapping[str, Policy | None]:
    """Return the policies behind an address by method (`*`: any); `None` where none is stated.

    An address of the API holds one operation for each method, each with its own.
    """
    operations = _operations(callback)
    if operations:
        return {
            method: getattr(operation.view_func, "policy", None)
            for operation in operations
            for method in operation.methods
        }
    return {"*": getattr(callback, "policy", None)}


def _operations(callback: Callable[..., Any]) -> list[Any]:
    """The API's operations behind an address: the view that ninja makes holds them in its closure."""
    for cell in getattr(callback, "__closure__", None) or ():
        found = getattr(cell.cell_contents, "operations", None)
        if found:
            return list(found)
    return []


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may show of who is in: `actor`, and for staff when the sign-in runs out and where it is renewed.

    The token of a page's forms is made once for all of them, when the first asks for it.
    """
    token = SimpleLazyObject(lambda: get_token(request))
    field = SimpleLazyObject(lambda: format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token))
    shown: dict[str, Any] = {"actor": getattr(request, "actor", ANONYMOUS), "csrf_token": token, "csrf_input": field}
    shown["kiosk"] = getattr(request, "kiosk", None)
    stated: Policy | None = getattr(request, "policy", None)
    if stated is None or stated.audience is not Audience.STAFF:
        return shown
    ends = clock.machine_now() + timedelta(minutes=IDLE_MINUTES)
    return shown | {"session_ends": ends, "session_renew": "/sign-in/still-here"}


def address_of(request: HttpRequest) -> str:
    """Return the caller's network address: the last hop our own proxy saw, never what the caller claims."""
    hops: int = getattr(settings, "TRUSTED_PROXIES", 0)
    claimed = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if hops and len(claimed) >= hops:
        return claimed[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


class PolicyMiddleware:
    """Runs no view that states no policy, and turns refusals into pages that say what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; pages for somebody signed in are never kept by a browser or proxy."""
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content and _wants_a_page(request):
            response = self._one_step(request, response)
        stated: Policy | None = getattr(request, "policy", None)
        if stated is not None and stated.audience in {
            Audience.CUSTOMER,
            Audience.STAFF,
            Audience.TOKEN,
            Audience.DEVICE,
        }:
            response.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Stop a view without a policy; hold every other's before anything of the request is read.

        An API operation reads and checks its input before its function runs: without this, a stranger would be told
        what is wrong with what he sent.
        """
        held = policies_of(view)
        if None in held.values():
            name = f"{getattr(view, '__module__', '')}.{getattr(view, '__qualname__', view)}"
            raise ImproperlyConfigured(f"{name} states no policy: put @policy(...) on it.")
        stated = held.get(request.method or "GET") or held.get("*")
        if stated is None:
            return None  # a method the address does not have; it says so itself
        admitted = cast("Request", request)
        try:
            admitted.actor = admit(request, stated)
            admitted.policy = stated
        except (AccountNeeded, SignInNeeded, TokenRefused, DeviceRefused, Refused) as refusal:
            return self._answer(request, refusal, stated)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal, or at a staff screen a thing that is not there, in the house voice; leave the rest to Django."""
        stated: Policy | None = getattr(request, "policy", None)
        if isinstance(exception, DataError):  # NUL, or a number no column holds: nothing was kept
            raise BadRequest from exception
        if stated is not None and stated.audience is Audience.STAFF and _is_missing(exception):
            from moothall.interfaces.signin import answers

            return answers.not_here(request)
        return self._answer(request, exception, getattr(request, "policy", None))

    def _one_step(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A page in place of the empty answer to a form's address that somebody opened again."""
        from moothall.interfaces.signin import answers

        page = answers.one_step(request)
        page["Allow"] = response["Allow"]
        return page

    def _answer(self, request: HttpRequest, why: Exception, stated: Policy | None) -> HttpResponseBase | None:
        from moothall.interfaces.signin import answers

        if isinstance(why, AccountNeeded):
            return answers.account_first(request)
        if isinstance(why, SignInNeeded):
            return answers.sign_in_first(request, why.officer)
        if isinstance(why, DeviceRefused):
            return answers.device_refused(cut_off=why.cut_off)
        if isinstance(why, TokenRefused):
            return answers.token_refused(why)
        if isinstance(why, Refused):
            system = stated is not None and stated.audience is Audience.TOKEN
            return answers.scope_refused() if system else answers.refused(request, why)
        return None


def _wants_a_page(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _is_missing(exception: Exception) -> bool:
    """Whether a room says that there is no such thing; a slip with a dictionary or list is none of that."""
    if isinstance(exception, BadCursor):
        return True
    said = isinstance(exception, LookupError) and not isinstance(exception, (KeyError, IndexError))
    return said or isinstance(exception, ObjectDoesNotExist)
