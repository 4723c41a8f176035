"""Creating, changing and closing staff accounts: the only writers of `Staff`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.packs.sections import ROLES, TEAMS

PERMISSION: Final = "staff.manage"
_USERNAME = re.compile(r"^[a-z0-9][a-z0-9._@+-]{1,149}$")


class CannotKeep(ValueError):
    """An account cannot be as asked. `field` names what is wrong, the message says how to mend it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def create_staff(
    *,
    username: str,
    name: str,
    email: str = "",
    roles: Iterable[str] = (),
    teams: Iterable[str] = (),
    skills: Iterable[str] = (),
    password: str | None = None,
    oidc_subject: str | None = None,
    pack: Pack,
    by: Actor,
    at: datetime,
) -> Staff:
    """Open an account. Without a password it can be used by the council's own sign-in (OpenID Connect) only.

    Raises:
        CannotKeep: a name, role, team or password cannot be. Refused: the actor may not manage staff.
    """
    require(by, PERMISSION)
    staff = Staff(username=_username(username), created_at=at, oidc_subject=oidc_subject or None)
    _set(staff, name=name, email=email, roles=roles, teams=teams, skills=skills, pack=pack)
    if password is None:
        staff.set_unusable_password()
    else:
        staff.set_password(_good_password(password, staff))
        staff.must_change_password = by.id is not None
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
            _say("staff.created", staff, {"roles": staff.role_codes}, by=by, at=at)
    except IntegrityError as error:
        raise CannotKeep("username", "Someone has this sign-in name already. Choose another.") from error
    return staff


def change_staff(
    *,
    staff_id: UUID,
    name: str,
    email: str,
    roles: Iterable[str],
    teams: Iterable[str],
    skills: Iterable[str] = (),
    pack: Pack,
    by: Actor,
    at: datetime,
) -> Staff:
    """Change an account. What its roles let it do changes with the next thing it does.

    Raises:
        CannotKeep, Refused; LookupError when there is no such account.
    """
    require(by, PERMISSION)
    with transaction.atomic():
        staff = _locked(staff_id)
        before = set(staff.role_codes)
        _set(staff, name=name, email=email, roles=roles, teams=teams, skills=skills, pack=pack)
        if staff.id == by.id and not _may_manage(staff, pack):
            raise CannotKeep("roles", "You can’t take away your own right to manage staff. Ask another administrator.")
        staff.save(update_fields=["name", "email", "role_codes", "team_codes", "skill_codes"])
        changed = {"gained": sorted(set(staff.role_codes) - before), "lost": sorted(before - set(staff.role_codes))}
        _say("staff.changed", staff, changed, by=by, at=at)
    return staff


def close_staff(*, staff_id: UUID, by: Actor, at: datetime) -> Staff:
    """Close an account: it can do nothing from its next request on. Closed already is fine.

    Raises:
        CannotKeep: one's own. Refused. LookupError.
    """
    if staff_id == by.id:
        raise CannotKeep("active", "You can’t close your own account. Ask another administrator.")
    return _activate(staff_id, active=False, by=by, at=at)


def open_staff(*, staff_id: UUID, by: Actor, at: datetime) -> Staff:
    """Open a closed account again. Raises Refused, LookupError."""
    return _activate(staff_id, active=True, by=by, at=at)


def reset_password(*, staff_id: UUID, by: Actor, at: datetime) -> str:
    """Give an account a new password, returned to be handed over once; it must be changed at the next sign-in.

    Raises:
        CannotKeep: one's own (change it instead). Refused. LookupError.
    """
    require(by, PERMISSION)
    if staff_id == by.id:
        raise CannotKeep("password", "Change your own password from “Your account”.")
    fresh = new_password()
    with transaction.atomic():
        staff = _locked(staff_id)
        staff.set_password(fresh)
        staff.must_change_password = True
        staff.save(update_fields=["password", "must_change_password"])
        _say("staff.password_reset", staff, {}, by=by, at=at)
    return fresh


def change_own_password(*, staff_id: UUID, current: str, fresh: str, by: Actor, at: datetime) -> Staff:
    """Change one's own password. Every other session of this account ends with it.

    Raises:
        CannotKeep: the present one is wrong, or the new one is weak or the same.
    """
    with transaction.atomic():
        staff = _locked(staff_id)
        if not staff.check_password(current):
            raise CannotKeep("current", "That is not your present password. Try again.")
        if staff.check_password(fresh):
            raise CannotKeep("fresh", "Choose a password that differs from the present one.")
        staff.set_password(_good_password(fresh, staff, field="fresh"))
        staff.must_change_password = False
        staff.save(update_fields=["password", "must_change_password"])
        _say("staff.password_changed", staff, {}, by=by, at=at)
    return staff


def reset_second_factor(*, staff_id: UUID, by: Actor, at: datetime) -> None:
    """Forget an account's second factor (a lost telephone), so that it is set up afresh at the next sign-in.

    Raises:
        Refused, LookupError.
    """
    require(by, PERMISSION)
    with transaction.atomic():
        staff = _locked(staff_id)
        TOTPDevice.objects.filter(user=staff).delete()
        StaticDevice.objects.filter(user=staff).delete()
        _say("staff.second_factor_reset", staff, {}, by=by, at=at)


def new_password() -> str:
    """Return a random password that can be read out: four groups of four, about 80 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _activate(staff_id: UUID, *, active: bool, by: Actor, at: datetime) -> Staff:
    require(by, PERMISSION)
    with transaction.atomic():
        staff = _locked(staff_id)
        if staff.is_active != active:
            staff.is_active = active
            staff.save(update_fields=["is_active"])
            _say("staff.opened" if active else "staff.closed", staff, {}, by=by, at=at)
    return staff


def _locked(staff_id: UUID) -> Staff:
    staff = Staff.objects.select_for_update().filter(pk=staff_id).first()
    if staff is None:
        raise LookupError("There is no such account.")
    return staff


def _set(
    staff: Staff,
    *,
    name: str,
    email: str,
    roles: Iterable[str],
    teams: Iterable[str],
    skills: Iterable[str],
    pack: Pack,
) -> None:
    staff.name = " ".join(name.split())
    if not 0 < len(staff.name) <= 200:
        raise CannotKeep("name", "Enter the person’s name, up to 200 characters.")
    staff.email = email.strip().lower()
    if staff.email:
        try:
            validate_email(staff.email)
        except ValidationError as error:
            raise CannotKeep("email", "Enter an email address, like name@example.com.") from error
    staff.role_codes = _known(roles, pack.of(ROLES), "roles", "role")
    staff.team_codes = _known(teams, pack.of(TEAMS), "teams", "team")
    staff.skill_codes = sorted({skill.strip() for skill in skills if skill.strip()})


def _known(codes: Iterable[str], known: Iterable[str], field: str, word: str) -> list[str]:
    wanted = sorted(set(codes))
    missing = sorted(set(wanted) - set(known))
    if missing:
        raise CannotKeep(field, f"The council’s pack has no {word} “{missing[0]}”. Choose from the list.")
    return wanted


def _may_manage(staff: Staff, pack: Pack) -> bool:
    roles = pack.of(ROLES)
    return any(PERMISSION in roles[code].may for code in staff.role_codes if code in roles)


def _username(text: str) -> str:
    username = text.strip().lower()
    if not _USERNAME.match(username):
        raise CannotKeep("username", "Enter a sign-in name of letters, numbers, dots and dashes, like r.patel.")
    return username


def _good_password(password: str, staff: Staff, field: str = "password") -> str:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise CannotKeep(field, " ".join(_sentence(message) for message in error.messages)) from error
    return password


def _sentence(message: str) -> str:
    return message.replace("This password", "The password").strip()


def _say(name: str, staff: Staff, data: dict[str, list[str]], *, by: Actor, at: datetime) -> None:
    record([Happening(name=name, subject_kind="staff", subject_id=staff.id, occurred_at=at, data=data)], by=by)
