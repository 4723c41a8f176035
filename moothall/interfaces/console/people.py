"""Who works here and what each may do: accounts, roles, and other systems' tokens."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core import staff as accounts
from moothall.core.access import PERMISSIONS
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.core.packs.sections import ROLES, TEAMS
from moothall.core.staff.clients import SCOPES
from moothall.core.zone import LONDON
from moothall.customers.colleagues.actions import seat
from moothall.customers.colleagues.queries import wards_of
from moothall.interfaces.console.naming import why_name
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.places.queries import area_names

PAGE = 50


@policy("staff", needs="staff.manage", purpose="administration")
@require_safe
def staff(request: Request) -> HttpResponse:
    """Everyone with an account, by sign-in name."""
    text, after = request.GET.get("q", "")[:100], request.GET.get("after", "")[:150]
    lines = accounts.list_staff(request.actor, text=text, after=after, limit=PAGE + 1)
    older = lines[PAGE - 1].username if len(lines) > PAGE else ""
    return draw(request, "staff", here="staff", lines=lines[:PAGE], q=text, older=older, **_names())


@policy("staff", needs="staff.manage", purpose="administration")
@require_http_methods(["GET", "HEAD", "POST"])
def new_staff(request: Request) -> HttpResponse:
    """Open an account; its first password is shown once."""
    form = _account_form(request)
    if request.method != "POST":
        return draw(request, "staff_edit", here="staff", line=None, form=form, **_names())
    password = accounts.new_password() if request.POST.get("by") != "council" else None
    try:
        made = accounts.create_staff(
            **form, username=request.POST.get("username", ""), password=password, pack=current_pack(), by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except accounts.CannotKeep as wrong:
        form |= {"username": request.POST.get("username", ""), "by": request.POST.get("by", "")}
        return _wrong(request, None, form, wrong)
    if password is None:
        messages.success(request, f"{made.name} can sign in with their council account.")
        return HttpResponseRedirect(reverse("console:staff-one", args=[made.id]))
    return draw(
        request, "password", here="staff", name=made.name, username=made.username, password=password, staff_id=made.id
    )


@policy("staff", needs="staff.manage", purpose="administration")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Request, staff_id: UUID) -> HttpResponse:
    """One account: what it may do, and changing it."""
    line = accounts.staff_line(staff_id, request.actor)
    if line is None:
        raise Http404
    if request.method != "POST":
        form: dict[str, Any] = {"name": line.name, "email": line.email, "roles": line.roles, "teams": line.teams}
        return draw(request, "staff_edit", here="staff", line=line, form=form, **_names(), **_seat(request, line))
    form = _account_form(request)
    try:
        accounts.change_staff(
            staff_id=staff_id, **form, skills=line.skills, pack=current_pack(), by=request.actor, at=clock.now()
        )
    except accounts.CannotKeep as wrong:
        return _wrong(request, line, form, wrong)
    return _done(request, staff_id, "Saved. The change counts from the next thing they do.")


def _seat(request: Request, line: accounts.StaffLine) -> dict[str, Any]:
    """The wards somebody sits for, where her roles are a councillor's. Two queries there, none else."""
    if "ward.view" not in accounts.permissions_of(line.roles, current_pack()):
        return {}
    held = wards_of([line.id], visible_to=request.actor).get(line.id, ())
    return {"ward_choices": sorted(area_names().items(), key=lambda ward: ward[1]), "wards": held}


@policy("staff", needs="staff.manage", purpose="administration")
@require_POST
def seated(request: Request, staff_id: UUID) -> HttpResponse:
    """Say for which wards a councillor sits."""
    known = set(area_names())
    try:
        seat(staff_id, wards=[w for w in request.POST.getlist("wards") if w in known], by=request.actor, at=clock.now())
    except ValueError as wrong:
        messages.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:staff-one", args=[staff_id]))
    except LookupError as missing:
        raise Http404 from missing
    return _done(request, staff_id, "Saved. They see these wards from now on.")


@policy("staff", needs="staff.manage", purpose="administration")
@require_POST
def close(request: Request, staff_id: UUID) -> HttpResponse:
    """Close an account."""
    return _act(request, staff_id, accounts.close_staff, "The account is closed. It can do nothing from now on.")


@policy("staff", needs="staff.manage", purpose="administration")
@require_POST
def reopen(request: Request, staff_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    return _act(request, staff_id, accounts.open_staff, "The account is open again.")


@policy("staff", needs="staff.manage", purpose="administration")
@require_POST
def second_factor(request: Request, staff_id: UUID) -> HttpResponse:
    """Forget a lost telephone."""
    said = "The second factor is forgotten. They set up a new one when they next sign in."
    return _act(request, staff_id, accounts.reset_second_factor, said)


@policy("staff", needs="staff.manage", purpose="administration")
@require_POST
def password(request: Request, staff_id: UUID) -> HttpResponse:
    """Give a new password, shown once. Sent twice, the second sending changes nothing and shows nothing."""
    line = accounts.staff_line(staff_id, request.actor)
    if line is None:
        raise Http404
    fresh: list[str] = []

    def change() -> dict[str, Any]:
        fresh.append(accounts.reset_password(staff_id=staff_id, by=request.actor, at=clock.now()))
        return {"done": True}

    try:
        once("console.password", _key(request), at=clock.now(), do=change)
    except accounts.CannotKeep as wrong:
        messages.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:staff-one", args=[staff_id]))
    shown = fresh[0] if fresh else ""
    return draw(
        request, "password", here="staff", name=line.name, username=line.username, password=shown, staff_id=staff_id
    )


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def roles(request: Request) -> HttpResponse:
    """What each role may do, in words."""
    pack = current_pack()
    return draw(
        request,
        "roles",
        here="roles",
        roles=pack.of(ROLES).values(),
        words=PERMISSIONS,
        why_name=partial(why_name, pack),
    )


@policy("staff", needs="api.manage", purpose="administration")
@require_http_methods(["GET", "HEAD", "POST"])
def systems(request: Request) -> HttpResponse:
    """Other systems that may call us; a new one's token is shown once, in the answer that makes it."""
    form: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "scopes": request.POST.getlist("scopes"),
        "expires": request.POST.get("expires", ""),
    }
    page: dict[str, Any] = {"form": form, "scopes": SCOPES, "wrong": {}, "token": "", "again": False}
    if request.method == "POST":
        made: list[str] = []

        def make() -> dict[str, Any]:
            client, token = accounts.create_client(
                name=form["name"], scopes=form["scopes"], expires_at=_last_day(form["expires"]), by=request.actor,
                at=clock.now(),
            )  # fmt: skip
            made.append(token)
            return {"client": str(client.id)}

        try:
            _, ran = once("console.system", _key(request), at=clock.now(), do=make)
            page |= {
                "token": made[0] if made else "",
                "again": not ran,
                "form": {"name": "", "scopes": [], "expires": ""},
            }
        except accounts.CannotKeep as wrong:
            page["wrong"] = {wrong.field: str(wrong)}
    status = 400 if page["wrong"] else 200
    return draw(request, "systems", here="systems", status=status, lines=accounts.list_clients(request.actor), **page)


@policy("staff", needs="api.manage", purpose="administration")
@require_POST
def close_system(request: Request, client_id: UUID) -> HttpResponse:
    """Shut another system out."""
    try:
        accounts.close_client(client_id=client_id, by=request.actor, at=clock.now())
    except LookupError as missing:
        raise Http404 from missing
    messages.success(request, "That system is shut out from its next call on.")
    return HttpResponseRedirect(reverse("console:systems"))


def _names() -> dict[str, Any]:
    pack = current_pack()
    teams = sorted(pack.of(TEAMS).values(), key=lambda team: team.name)
    return {
        "roles": list(pack.of(ROLES).values()),
        "teams": teams,
        "role_names": {c: r.name for c, r in pack.of(ROLES).items()},
    }


def _account_form(request: Request) -> dict[str, Any]:
    post = request.POST
    return {
        "name": post.get("name", ""),
        "email": post.get("email", ""),
        "roles": post.getlist("roles"),
        "teams": post.getlist("teams"),
    }


def _wrong(request: Request, line: Any, form: dict[str, Any], wrong: accounts.CannotKeep) -> HttpResponse:
    shown = {wrong.field: str(wrong)}
    return draw(request, "staff_edit", here="staff", status=400, line=line, form=form, wrong=shown, **_names())


def _act(request: Request, staff_id: UUID, action: Any, said: str) -> HttpResponse:
    try:
        action(staff_id=staff_id, by=request.actor, at=clock.now())
    except accounts.CannotKeep as wrong:
        messages.error(request, str(wrong))
        return HttpResponseRedirect(reverse("console:staff-one", args=[staff_id]))
    except LookupError as missing:
        raise Http404 from missing
    return _done(request, staff_id, said)


def _done(request: Request, staff_id: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("console:staff-one", args=[staff_id]))


def _key(request: Request) -> str:
    return f"{request.actor.id}:{request.POST.get('key', '')[:100]}"


def _last_day(text: str) -> datetime | None:
    """The end of the day that was typed (2027-03-31), or none. Raises CannotKeep for what is no day."""
    if not text.strip():
        return None
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007  a day, given its zone below
    except ValueError as error:
        raise accounts.CannotKeep("expires", "Enter the last day like 2027-03-31, or leave it empty.") from error
    return datetime.combine(day, time(23, 59, 59), LONDON)
