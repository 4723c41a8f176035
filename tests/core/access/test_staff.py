"""Accounts, second factors and who a token speaks for."""

import pytest
from django.db import connection
from django_otp.oath import TOTP

from moothall.core import limits
from moothall.core.access import PERMISSIONS, Refused
from moothall.core.actors import SYSTEM, ActorKind
from moothall.core.models import Staff
from moothall.core.packs import PackErrors, load_pack
from moothall.core.packs.sections import ROLES
from moothall.core.staff import (
    CannotKeep,
    actor_of_staff,
    change_own_password,
    change_staff,
    close_staff,
    create_staff,
    ensure_demo_staff,
    list_staff,
    open_staff,
    permissions_of,
    reset_password,
    reset_second_factor,
    signing_in,
    staff_of_team,
)

PASSWORD = "lantern orchard ninety"
pytestmark = pytest.mark.django_db


def opened(council, clock, username="r.patel", roles=("adviser",), **more):
    return create_staff(
        username=username,
        name="Ravi Patel",
        roles=roles,
        password=PASSWORD,
        pack=council,
        by=SYSTEM,
        at=clock.now(),
        **more,
    )


def code_now(device, ahead=0):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    import time

    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06d}"


def told(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE name = %s", [name])
        return cursor.fetchone()[0]


def test_every_permission_a_role_holds_is_one_that_policies_know(council):
    held = {permission for role in council.of(ROLES).values() for permission in role.may}
    assert held - set(PERMISSIONS) == {
        "restricted.social-care", "restricted.enforcement", "restricted.tell-us-once", "restricted.human-resources",
    }  # fmt: skip


def test_a_role_with_a_misspelt_permission_is_no_pack(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "council.yaml").write_text("name: Here\n")
    (tmp_path / "here" / "roles.yaml").write_text("- code: adviser\n  name: Adviser\n  may: [case.veiw]\n")
    with pytest.raises(PackErrors, match=r"here/roles.yaml:3.*case\.veiw.*did you mean `case.view`"):
        load_pack("here", tmp_path)


def test_roles_become_permissions_and_a_closed_account_has_none(council, clock):
    staff = opened(council, clock, roles=("service-officer", "restricted-social-care"))
    actor = actor_of_staff(staff, council, purpose="service")
    assert actor.kind is ActorKind.STAFF
    assert actor.may("case.close")
    assert actor.may("restricted.social-care")
    assert not actor.may("contact.take")
    admin = actor_of_staff(opened(council, clock, "admin", roles=("administrator",)), council)
    close_staff(staff_id=staff.id, by=admin, at=clock.now())
    staff.refresh_from_db()
    assert actor_of_staff(staff, council).permissions == frozenset()
    open_staff(staff_id=staff.id, by=admin, at=clock.now())
    assert (told("staff.closed"), told("staff.opened")) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "a b"}, "username"), ({"username": ""}, "username"), ({"name": " "}, "name"),
        ({"email": "nowhere"}, "email"), ({"roles": ["king"]}, "roles"), ({"teams": ["nobody"]}, "teams"),
        ({"password": "password1234"}, "password"), ({"password": "short"}, "password"),
        ({"username": "R.PATEL"}, "username"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_says_what_is_wrong(council, clock, wrong, field):
    opened(council, clock)
    asked = {"username": "new", "name": "New Person", "pack": council, "by": SYSTEM, "at": clock.now(), **wrong}
    with pytest.raises(CannotKeep) as refused:
        create_staff(**asked)
    assert refused.value.field == field
    assert Staff.objects.count() == 1


def test_only_those_who_manage_staff_do_and_not_against_themselves(council, clock):
    admin = opened(council, clock, "admin", roles=("administrator",))
    other = opened(council, clock)
    by = actor_of_staff(admin, council)
    nobody = actor_of_staff(other, council)
    same = {"name": "X", "email": "", "teams": (), "pack": council, "at": clock.now()}
    with pytest.raises(Refused):
        change_staff(staff_id=admin.id, roles=("administrator",), by=nobody, **same)
    with pytest.raises(Refused):
        list_staff(nobody)
    with pytest.raises(CannotKeep, match="your own right"):
        change_staff(staff_id=admin.id, roles=("adviser",), by=by, **same)
    with pytest.raises(CannotKeep, match="your own account"):
        close_staff(staff_id=admin.id, by=by, at=clock.now())
    change_staff(staff_id=other.id, roles=("team-leader",), by=by, **same)
    assert [line.roles for line in list_staff(by, text="r.pat")] == [("team-leader",)]


def test_a_wrong_name_and_a_wrong_password_are_answered_alike_and_cost_the_same_work(
    council, clock, monkeypatch, settings
):
    from django.contrib.auth import hashers

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    opened(council, clock)
    closed = opened(council, clock, "closed")
    Staff.objects.filter(pk=closed.pk).update(is_active=False)
    work: list[str] = []
    real = hashers.Argon2PasswordHasher.encode
    real_verify = hashers.Argon2PasswordHasher.verify
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", lambda *a: work.append("hash") or real(*a))
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", lambda *a: work.append("hash") or real_verify(*a))
    said = []
    for username, password in (("r.patel", "wrong"), ("nobody", "wrong"), ("closed", PASSWORD)):
        work.clear()
        with pytest.raises(signing_in.SignInRefused) as refused:
            signing_in.check_password(username=username, password=password, address="192.0.2.1", at=clock.now())
        said.append((str(refused.value), len(work)))
    assert len(set(said)) == 1
    assert told("staff.refused") == 3


def test_guessing_stops_but_a_stranger_cannot_lock_an_officer_out(council, clock):
    staff = opened(council, clock)
    for _ in range(10):
        with pytest.raises(signing_in.SignInRefused):
            signing_in.check_password(username="R.Patel", password="wrong", address="192.0.2.1", at=clock.now())
    with pytest.raises(limits.TooManyAttempts, match="15 minutes"):
        signing_in.check_password(username="r.patel", password=PASSWORD, address="192.0.2.1", at=clock.now())
    at_her_desk = signing_in.check_password(username="r.patel", password=PASSWORD, address="192.0.2.99", at=clock.now())
    assert at_her_desk.id == staff.id
    for n in range(50):  # and from many places: up to a bound on the name itself
        with pytest.raises(signing_in.SignInRefused):
            signing_in.check_password(
                username="r.patel", password="wrong", address=f"198.51.100.{n % 6}", at=clock.now()
            )
    with pytest.raises(limits.TooManyAttempts):
        signing_in.check_password(username="r.patel", password=PASSWORD, address="192.0.2.99", at=clock.now())
    clock.advance(minutes=16)
    found = signing_in.check_password(username="r.patel", password=PASSWORD, address="192.0.2.1", at=clock.now())
    assert found.id == staff.id
    for _ in range(60):
        limits.count("sign-in", {"address:192.0.2.7": 60}, at=clock.now())
    with pytest.raises(limits.TooManyAttempts):
        signing_in.check_password(username="someone", password="wrong", address="192.0.2.7", at=clock.now())


def test_a_second_factor_is_set_up_once_asked_for_and_reset(council, clock):
    staff = opened(council, clock, roles=("administrator",))
    assert signing_in.needs_second_factor(staff, council)
    device = signing_in.begin_second_factor(staff=staff)
    assert signing_in.begin_second_factor(staff=staff).pk == device.pk
    with pytest.raises(signing_in.CodeRefused):
        signing_in.confirm_second_factor(staff=staff, code="12345", at=clock.now())
    codes = signing_in.confirm_second_factor(staff=staff, code=code_now(device), at=clock.now())
    assert len(set(codes)) == 8
    assert signing_in.has_second_factor(staff)
    device.refresh_from_db()
    with pytest.raises(signing_in.CodeRefused):  # the same code twice
        signing_in.check_code(staff=staff, code=code_now(device), at=clock.now())
    signing_in.check_code(staff=staff, code=code_now(device, ahead=1), at=clock.now())
    signing_in.check_code(staff=staff, code=codes[0].upper(), at=clock.now())
    with pytest.raises(signing_in.CodeRefused):  # a recovery code is good once
        signing_in.check_code(staff=staff, code=codes[0], at=clock.now())
    other = actor_of_staff(opened(council, clock, "other", roles=("administrator",)), council)
    reset_second_factor(staff_id=staff.id, by=other, at=clock.now())
    assert not signing_in.has_second_factor(staff)


def test_a_reset_password_is_handed_over_once_and_must_be_changed(council, clock):
    staff = opened(council, clock)
    admin = actor_of_staff(opened(council, clock, "admin", roles=("administrator",)), council)
    fresh = reset_password(staff_id=staff.id, by=admin, at=clock.now())
    staff.refresh_from_db()
    assert staff.must_change_password
    with pytest.raises(CannotKeep) as wrong:
        change_own_password(staff_id=staff.id, current="no", fresh="orchid barge thirteen", by=admin, at=clock.now())
    assert wrong.value.field == "current"
    with pytest.raises(CannotKeep):
        change_own_password(staff_id=staff.id, current=fresh, fresh="password1234", by=admin, at=clock.now())
    changed = change_own_password(
        staff_id=staff.id, current=fresh, fresh="orchid barge thirteen", by=admin, at=clock.now()
    )
    assert not changed.must_change_password


def test_the_councils_own_sign_in_finds_accounts_by_subject_and_by_a_verified_address_once(council, clock):
    staff = opened(council, clock, email="ravi@example.org")
    closed = opened(council, clock, "closed", email="closed@example.org")
    Staff.objects.filter(pk=closed.pk).update(is_active=False)
    find = signing_in.staff_of_claims
    assert find(subject="s-1", email="ravi@example.org", email_verified=False) is None
    assert find(subject="", email="ravi@example.org", email_verified=True) is None
    assert find(subject="s-9", email="closed@example.org", email_verified=True) is None
    assert find(subject="s-1", email="Ravi@Example.org", email_verified=True) == staff
    assert find(subject="s-1", email="", email_verified=False) == staff
    assert find(subject="s-2", email="ravi@example.org", email_verified=True) is None  # the address was handed on


def test_the_demonstration_has_its_people_twice_over_the_same_and_production_has_none(council, clock, settings):
    people = ensure_demo_staff(council, at=clock.now())
    assert ensure_demo_staff(council, at=clock.now()) == people
    assert {person.username for person in people} >= {"adviser", "leader", "waste", "admin", "performance", "auditor"}
    for person in people:
        staff = Staff.objects.get(username=person.username)
        assert staff.check_password(person.password)
        assert staff.role_codes
    assert staff_of_team("customer-services")
    told = {person.username: person.part for person in people}
    for username, said, needed in (("adviser", "reception", "reception.run"), ("leader", "post room", "post.file")):
        assert said in told[username]
        assert needed in permissions_of(Staff.objects.get(username=username).role_codes, council)
    settings.MODE = "production"
    with pytest.raises(RuntimeError):
        ensure_demo_staff(council, at=clock.now())
