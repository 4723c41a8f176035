"""A directory of help and somebody who wants it, for the tests of referrals."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

import pytest
from django.test import Client

from moothall.cases.models import Case, Note, Task
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.tokens import signed_id
from moothall.intake.actions import raise_request
from moothall.notifications.models import Message
from moothall.partners.actions import import_directory
from moothall.partners.models import Help, PersonReferral
from moothall.partners.shared import USE
from moothall.services.pack import SERVICES

PANTRY, NEIGHBOURS, ADVICE = "Millfield Community Pantry", "Riverside Good Neighbours", "Hilltop Advice Centre"
HOME_HELP, SAFE, WALKERS = "Northgate Home Help", "Harbour Safe at Home", "Armley Walkers"
NAMES = {
    PANTRY: ("Food pantry", "Food"), NEIGHBOURS: ("Befriending", "Company"), ADVICE: ("Debt advice", "Money"),
    HOME_HELP: ("Help at home", "Company"), SAFE: ("Safe at home", "Company"), WALKERS: ("Walking group", "Company"),
}  # fmt: skip
_IDS = UUID("5b0a6c1e-7f4e-4d0b-9b1f-0c7d1f3a9e10")


def entry(organization: str, /, **more: Any) -> dict[str, Any]:
    name, topic = NAMES[organization]
    return {
        "id": str(uuid5(_IDS, organization)), "name": name, "description": f"{name} for anyone.", "status": "active",
        "organization": {"id": str(uuid5(_IDS, f"org {organization}")), "name": organization, "description": organization},
        "phones": [{"id": str(uuid5(_IDS, f"phone {organization}")), "number": "01632 960999"}],
        "attributes": [{"taxonomy_term": {"name": topic}}],
    } | more  # fmt: skip


def bring(at: Any) -> dict[str, Help]:
    """Bring the directory in; return it by organisation."""
    import_directory([entry(one) for one in NAMES], source="town", by=SYSTEM, at=at)
    return {one.organization: one for one in Help.objects.filter(gone_at=None)}


def ask(council: Any, clock: Any, organization: str = NEIGHBOURS, consent: str = "share", **more: Any) -> Case:
    """Grace Okoro asks on the web to be put in touch."""
    answers = {
        "help": f"{NAMES[organization][0]}, {organization}", "about": "Somebody to talk to on Sundays",
        "consent": consent, "contact": {"name": "Grace Okoro", "email": "grace.okoro@example.net"},
    } | more  # fmt: skip
    service = council.of(SERVICES)["help-from-others"]
    raised = raise_request(service, answers, pack=council, channel="web", by=ANONYMOUS, at=clock.now())
    assert raised.case_id is not None
    return Case.objects.get(id=raised.case_id)


def link_of(row: PersonReferral) -> str:
    return f"/referrals/{signed_id(USE, row.id)}"


def link_in(message: Message) -> str:
    """The way to the partner's page, out of the words of an e-mail that has not gone yet."""
    found = re.search(r"(/referrals/[^)\s]+)", message.body.replace("\\", ""))
    assert found is not None, message.body
    return unquote(found[1])


@pytest.fixture
def directory(council: Any, clock: Any) -> Any:
    return bring(clock.now())


def notes(case: Case) -> list[str]:
    return list(
        Note.objects.filter(case=case, visible_to_customer=True).order_by("at", "id").values_list("text", flat=True)
    )


def tasks(case: Case) -> list[str]:
    rows = Task.objects.filter(case=case, kind="help").order_by("created_at", "id")
    return list(rows.values_list("title", flat=True))


def partner_mail(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template).order_by("created_at", "id"))


def body(client: Client, link: str) -> str:
    answer = client.get(link)
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[1].split("</main>")[0]
