"""What a person began and has not sent, and what officers typed about it, for her copy and her erasure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.intake.models import Conversation, Dialogue, Draft


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: what was sent is a case, and what was not is nobody's to see."""
    return []


def _dialogues(customer_id: UUID) -> QuerySet[Dialogue]:
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    contacts = Contact.objects.filter(customer_id=customer_id).values("id")
    return Dialogue.objects.filter(Q(customer_id=customer_id) | Q(case_id__in=cases) | Q(contact_id__in=contacts))


def _drafts(customer_id: UUID) -> QuerySet[Draft]:
    """What officers typed about her: their key names her record, a case, a contact or a matter of hers."""
    things = [customer_id, *Case.objects.filter(customer_id=customer_id).values_list("id", flat=True)]
    things += Contact.objects.filter(customer_id=customer_id).values_list("id", flat=True)
    things += Matter.objects.filter(contact__customer_id=customer_id).values_list("id", flat=True)
    return Draft.objects.filter(key__regex="|".join(str(one) for one in things))


def _conversations(customer_id: UUID) -> QuerySet[Conversation]:
    begun = _dialogues(customer_id).values("id")
    contacts = Contact.objects.filter(customer_id=customer_id).values("id")
    return Conversation.objects.filter(
        Q(customer_id=customer_id) | Q(dialogue_id__in=begun) | Q(contact_id__in=contacts)
    )


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return the requests she began with the answers so far, and what officers typed and have not sent."""
    begun = _dialogues(customer_id).exclude(answers={}).order_by("started_at", "id")
    talked = _conversations(customer_id).order_by("started_at", "id")
    return {
        "calls_and_texts_a_machine_answered": list(
            talked.values("channel", "caller", "started_at", "ended_at", "held", "turn")
        ),
        "requests_begun": [
            {
                "service": one.service,
                "state": one.state,
                "started_at": one.started_at,
                "answers": one.answers,
                "link_to": one.link_to,
            }
            for one in begun
        ],
        "typed_and_not_sent": list(_drafts(customer_id).order_by("changed_at").values("fields", "changed_at")),
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty her requests of their answers, end those under way, and delete what officers typed about them."""
    require(by, "customer.erase")
    gone = _conversations(customer_id).delete()[0]
    hers = _dialogues(customer_id)
    gone += _drafts(customer_id).delete()[0]
    hers.filter(state="open").update(state="expired", changed_at=at)
    return gone + hers.exclude(answers={}, link_to="").update(answers={}, link_to="")


register_person_provider(PersonProvider("intake", timeline, export, erase))
