"""The people of a demonstration: one for each part that is played at a desk, with passwords that are printed, not kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from moothall.core import clock
from moothall.core.models import ApiClient, Staff
from moothall.core.packs import Pack
from moothall.core.packs.sections import ROLES, TEAMS
from moothall.core.staff.actor import TOKEN_PREFIX, token_digest


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A sign-in of the demonstration, as `bin/run` prints it."""

    username: str
    name: str
    part: str
    password: str


# sign-in name, name, part, roles, words that pick the teams of the pack
PARTS: Final = (
    ("adviser", "Ravi Patel", "answers calls, and is the host at reception", ("adviser",), ("customer-services",)),
    (
        "leader", "Grace Okonjo", "leads customer services, and keeps the post room", ("team-leader",),
        ("customer-services",),
    ),
    (
        "waste", "Tom Ashworth", "works the waste queue", ("service-officer",),
        ("waste", "refuse", "recycling", "bins", "bulky-waste", "clinical-waste", "street-cleansing"),
    ),
    ("supervisor", "Pat Quinn", "plans the crews’ days", ("field-supervisor",), ("highway-inspectors", "street-cleansing")),
    (
        "crew", "Sam Dyer", "carries a crew’s device: open /field", ("field-worker",),
        ("highway-inspectors", "street-cleansing", "dog-wardens"),
    ),
    (
        "repairs", "Yusuf Adan", "looks after contractors and repairs", ("repairs-officer",),
        ("housing-repairs", "damp-and-mould-team", "roofing-contractor", "contract-manager", "head-of-repairs"),
    ),
    (
        "social", "Miriam Levy", "works restricted social care cases", ("service-officer", "restricted-social-care"),
        ("adult-contact-team", "carers-team"),
    ),
    ("records", "Nadia Ferreira", "keeps one record for each person", ("records-officer",), ("customer-services",)),
    (
        "benefits", "Janet Hirst", "sees people about benefits, and is called in", ("service-officer", "visiting-expert"),
        ("benefits",),
    ),
    ("performance", "Owen Price", "explains the published figures", ("performance-officer", "equality-officer"), ()),
    ("finance", "Ruth Adeyemi", "reconciles payments and asks for refunds", ("finance-officer",), ()),
    ("treasurer", "Colin Marsden", "agrees to larger refunds", ("finance-manager",), ()),
    ("admin", "Sunita Rao", "runs the system from the console", ("administrator",), ()),
    ("privacy", "Alison Whitcombe", "looks after people’s data", ("data-protection-officer",), ("information-governance",)),
    ("councillor", "Dorothy Hale", "sits for a ward, and raises enquiries", ("councillor",), ()),
    ("auditor", "Helen Marsh", "sees who looked at whom", ("auditor",), ()),
)  # fmt: skip


def ensure_demo_staff(pack: Pack, *, at: datetime | None = None) -> list[DemoStaff]:
    """Make the demonstration's people where they are missing, and return their sign-ins. Refused in production.

    Each password follows from the installation's secret key, so a second run prints the same ones and none is stored.
    The second factor that some roles ask for is left out for these accounts only outside production (see `signin`).
    """
    if settings.MODE == "production":
        raise RuntimeError("A production service has no demonstration staff.")
    moment = at or clock.now()
    roles, teams = pack.of(ROLES), pack.of(TEAMS)
    people = []
    with transaction.atomic():
        for username, name, part, role_codes, words in PARTS:
            held = [code for code in role_codes if code in roles]
            own_teams = sorted(
                code for code in teams if any(code == word or code.startswith(f"{word}-") for word in words)
            )
            password = demo_password(username)
            staff, made = Staff.objects.get_or_create(
                username=username,
                defaults={"name": name, "role_codes": held, "team_codes": own_teams, "created_at": moment},
            )
            if made or not staff.check_password(password):
                staff.set_password(password)
                staff.save(update_fields=["password"])
            people.append(DemoStaff(username, name, part, password))
        ApiClient.objects.get_or_create(
            token_digest=token_digest(demo_key()),
            defaults={"name": "Street app (demonstration)", "scopes": ["api.open311"], "created_at": moment},
        )
    return people


def demo_password(username: str) -> str:
    """Return the password of one of the demonstration's people, the same for one installation at every start."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:demo:{username}".encode()).hexdigest()
    return f"{username}-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def demo_key() -> str:
    """Return the demonstration's Open311 key, the same for one installation at every start."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:demo-key:open311".encode()).hexdigest()
    return f"{TOKEN_PREFIX}{digest[:32]}"
