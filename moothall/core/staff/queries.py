"""Reading staff: lists for the console, names for time lines, colleagues of a team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.models import Staff
from moothall.core.packs import current_pack
from moothall.core.packs.sections import ROLES, TEAMS
from moothall.core.staff.actor import permissions_of


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One account as the console shows it."""

    id: UUID
    username: str
    name: str
    email: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    skills: tuple[str, ...]
    active: bool
    second_factor: bool
    by_password: bool
    last_signed_in: datetime | None


def list_staff(visible_to: Actor, *, text: str = "", after: str = "", limit: int = 50) -> list[StaffLine]:
    """Return accounts by sign-in name, from after `after`; `text` is part of a name, sign-in name or e-mail. One query."""
    require(visible_to, "staff.manage")
    found = Staff.objects.filter(username__gt=after).order_by("username")
    if text:
        found = found.filter(name__icontains=text) | found.filter(username__icontains=text.lower())
    return [_line(staff) for staff in _with_factor(found)[:limit]]


def staff_line(staff_id: UUID, visible_to: Actor) -> StaffLine | None:
    """Return one account: for those who manage staff, and anyone's own."""
    if visible_to.id != staff_id:
        require(visible_to, "staff.manage")
    staff = _with_factor(Staff.objects.filter(pk=staff_id)).first()
    return None if staff is None else _line(staff)


def names_of(line: StaffLine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the roles and the teams of an account by name, in its order; one the pack does not know is left out."""
    roles, teams = current_pack().of(ROLES), current_pack().of(TEAMS)
    return (
        tuple(roles[code].name for code in line.roles if code in roles),
        tuple(teams[code].name for code in line.teams if code in teams),
    )


def staff_names(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these colleagues, for time lines and lists. One query; colleagues' names are no secret."""
    return dict(Staff.objects.filter(pk__in=set(staff_ids)).values_list("id", "name"))


def team_codes_of(staff_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the teams of these colleagues, for who may know the team and not the name. One query."""
    return dict(Staff.objects.filter(pk__in=set(staff_ids)).values_list("id", "team_codes"))


def skills_of(staff_id: UUID | None) -> tuple[str, ...]:
    """Return what somebody can do, by codes of the pack. One query."""
    found = Staff.objects.filter(pk=staff_id).values_list("skill_codes", flat=True).first() if staff_id else None
    return tuple(found or ())


def staff_id_of(username: str) -> UUID | None:
    """Return whose sign-in name this is, open or closed, or nothing."""
    return Staff.objects.filter(username=username.strip().lower()).values_list("id", flat=True).first()


def username_of(staff_id: UUID | None) -> str:
    """Return somebody's sign-in name, or nothing. One query."""
    return Staff.objects.filter(id=staff_id).values_list("username", flat=True).first() or "" if staff_id else ""


def private_mark(staff_id: UUID, *, may: str) -> tuple[str, str] | None:
    """Return somebody's sign-in name, and what private links of theirs are made of: it is another one once their password is.

    ``None`` where the account is closed or may no longer do what the link is for. One query.
    """
    staff = Staff.objects.filter(id=staff_id, is_active=True).first()
    if staff is None or may not in permissions_of(staff.role_codes, current_pack()):
        return None
    return staff.username, f"{staff.id}:{staff.get_session_auth_hash()}"


def staff_of_team(team: str) -> list[tuple[UUID, str]]:
    """Return the open accounts of a team by name, for giving work to a colleague. One query."""
    return list(
        Staff.objects.filter(team_codes__contains=[team], is_active=True).order_by("name").values_list("id", "name")
    )


def _with_factor(found: QuerySet[Staff]) -> QuerySet[Any]:
    factor = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    return found.annotate(second_factor=Exists(factor))


def _line(staff: Any) -> StaffLine:
    return StaffLine(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        email=staff.email,
        roles=tuple(staff.role_codes),
        teams=tuple(staff.team_codes),
        skills=tuple(staff.skill_codes),
        active=staff.is_active,
        second_factor=staff.second_factor,
        by_password=staff.has_usable_password(),
        last_signed_in=staff.last_login,
    )
