"""Checking who signs in: password, second factor, the council's own sign-in.

Guessing is counted, and nothing tells which part was wrong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from moothall.core import limits
from moothall.core.actors import ANONYMOUS, Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.packs.sections import ROLES

SCOPE: Final = "sign-in"
CODE_SCOPE: Final = "sign-in-code"
FROM_ONE_ADDRESS: Final = 60  # an office shares one address
ON_ONE_ACCOUNT: Final = 10  # from one address: a stranger elsewhere cannot lock an officer out with ten wrong tries
ON_ONE_NAME: Final = 60  # from everywhere: guessing from many addresses is slow enough to be hopeless
RECOVERY_CODES: Final = 8


class SignInRefused(ValueError):
    """The name and password do not belong together, or the account is closed: which, is never said."""

    def __init__(self) -> None:
        super().__init__("The name or password is not right. Try again, or ask an administrator for a new password.")


class CodeRefused(ValueError):
    """The code is not right (any more)."""

    def __init__(self) -> None:
        super().__init__("That code is not right. Codes change every 30 seconds: enter the one you see now.")


def check_password(*, username: str, password: str, address: str, browser: str = "", at: datetime) -> Staff:
    """Return whose name and password these are. Takes as long when there is no such account as when there is.

    ``browser`` names one on which this name was let in before: its tries are counted by themselves, so that strangers' wrong
    ones, even from the same office, do not keep an officer out.

    Raises:
        SignInRefused: they do not belong together.
        limits.TooManyAttempts: too many wrong tries from this address, on this name from here, or on this name.
    """
    name = username.replace("\x00", "").strip().lower()[:150]
    by_address, by_name = f"address:{address}", f"name:{name}"
    pair = f"name:{name}#{browser}" if browser else f"name:{name}@{address}"
    others = {} if browser else {by_address: FROM_ONE_ADDRESS, by_name: ON_ONE_NAME}
    tries = limits.count(SCOPE, {pair: ON_ONE_ACCOUNT} | others, at=at)
    staff = Staff.objects.filter(username=name).first()
    if staff is None:
        Staff().set_password(password[:4096])  # the same work as checking one
    elif staff.check_password(password[:4096]) and staff.is_active:
        limits.give_back(tries)
        limits.forgive(SCOPE, [pair])
        return staff
    _say("staff.refused", staff, "password", by=ANONYMOUS, at=at)
    raise SignInRefused


def signed_in(*, staff: Staff, how: str, at: datetime) -> None:
    """Write down that someone is in (`password`, `second_factor`, `oidc`), and forget the wrong tries on the name."""
    limits.forgive(SCOPE, [f"name:{staff.username}"])
    limits.forgive(CODE_SCOPE, [f"name:{staff.username}"])
    actor = Actor(kind=ActorKind.STAFF, id=staff.id, name=staff.name)
    _say("staff.signed_in", staff, how, by=actor, at=at)


def open_account(staff_id: UUID) -> Staff | None:
    """Return the account unless it is closed or gone: for the steps between password and being in."""
    return Staff.objects.filter(pk=staff_id, is_active=True).first()


def has_second_factor(staff: Staff) -> bool:
    """Say whether the account has a second factor set up."""
    return TOTPDevice.objects.filter(user=staff, confirmed=True).exists()


def needs_second_factor(staff: Staff, pack: Pack) -> bool:
    """Say whether any of the account's roles asks for one."""
    roles = pack.of(ROLES)
    return any(roles[code].second_factor for code in staff.role_codes if code in roles)


def begin_second_factor(*, staff: Staff) -> TOTPDevice:
    """Return the second factor being set up: the same one until a code confirms it, so that a reload changes nothing."""
    device, _ = TOTPDevice.objects.get_or_create(user=staff, confirmed=False, defaults={"name": "Authenticator"})
    return device  # type: ignore[no-any-return]


def confirm_second_factor(*, staff: Staff, code: str, at: datetime) -> list[str]:
    """Set the second factor up with a first right code; any older one goes. Returns recovery codes, each good once.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    bucket = f"name:{staff.username}"
    tries = limits.count(CODE_SCOPE, {bucket: ON_ONE_ACCOUNT}, at=at)
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=staff, confirmed=False).first()
        right = device is not None and device.verify_token(_digits(code))
        if right and device is not None:
            TOTPDevice.objects.filter(user=staff, confirmed=True).delete()
            device.confirmed = True
            device.save()
            codes = _new_recovery_codes(staff)
            limits.give_back(tries)
            _say("staff.second_factor_set", staff, "second_factor", by=Actor(ActorKind.STAFF, staff.id), at=at)
            return codes
    raise CodeRefused


def check_code(*, staff: Staff, code: str, at: datetime) -> None:
    """Let through with the code of the telephone or a recovery code, which is used up by it.

    Raises:
        CodeRefused; limits.TooManyAttempts.
    """
    bucket = f"name:{staff.username}"
    tries = limits.count(CODE_SCOPE, {bucket: ON_ONE_ACCOUNT}, at=at)
    typed = "".join(code.replace("\x00", "").split()).lower()
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=staff, confirmed=True).first()
        if device is not None:
            if _digits(code) and device.verify_token(_digits(code)):
                limits.give_back(tries)
                return
            spare = StaticDevice.objects.select_for_update().filter(user=staff).first()
            if spare is not None and not typed.isdigit() and spare.verify_token(typed):
                limits.give_back(tries)
                return
    _say("staff.refused", staff, "second_factor", by=ANONYMOUS, at=at)
    raise CodeRefused


def staff_of_claims(*, subject: str, email: str, email_verified: bool) -> Staff | None:
    """Return the open account that the council's own sign-in speaks of: by its subject, else once by a verified e-mail.

    An account bound to a subject is never found by e-mail again: addresses are handed on, subjects are not.
    """
    staff = Staff.objects.filter(oidc_subject=subject, is_active=True).first() if subject else None
    if staff is None and subject and email and email_verified:
        unbound = Staff.objects.filter(email=email.strip().lower(), oidc_subject__isnull=True, is_active=True)[:2]
        staff = unbound[0] if len(unbound) == 1 else None
        if staff is not None:
            Staff.objects.filter(pk=staff.pk, oidc_subject__isnull=True).update(oidc_subject=subject)
    return staff


def _new_recovery_codes(staff: Staff) -> list[str]:
    spare, _ = StaticDevice.objects.get_or_create(user=staff, name="Recovery codes")
    spare.token_set.all().delete()
    codes = [str(StaticToken.random_token()) for _ in range(RECOVERY_CODES)]  # type: ignore[no-untyped-call]
    StaticToken.objects.bulk_create([StaticToken(device=spare, token=code) for code in codes])
    return codes


def _digits(code: str) -> str:
    digits = "".join(code.split())
    return digits if digits.isdigit() and len(digits) == 6 else ""


def _say(name: str, staff: Staff | None, how: str, *, by: Actor, at: datetime) -> None:
    happening = Happening(
        name=name, subject_kind="staff", subject_id=staff.id if staff else None, occurred_at=at, data={"how": how}
    )
    with transaction.atomic():
        record([happening], by=by)
