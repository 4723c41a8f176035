"""A person's contacts, for her time line, her copy and her erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.contacts.actions import erase_contacts, give_contact
from moothall.contacts.queries import contact_rows_of, contacts_until, made_between
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.services.past import service_named

_TITLES = {
    "phone": "Rang us",
    "counter": "Came to see us",
    "email": "Emailed us",
    "post": "Wrote to us",
    "sms": "Texted us",
}
_ENDED = {
    "done": "done in this contact", "handed_on": "handed on", "informed": "answered", "signposted": "sent to the right place",
    "abandoned": "not finished", "unknown": "not known how it ended",
}  # fmt: skip


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when she was in touch, how and about what, newest first. Two queries."""
    services, allowed = current_pack().services, restrictions_visible_to(visible_to)
    entries = []
    for view in contacts_until(customer_ids, visible_to=visible_to, until=until, limit=limit):
        # What a contact was about is as private as the case it led to: a restricted service is not named.
        open_ = [m for m in view.matters if not _hidden(services.get(m.service), allowed)]
        about = [f"{_name(services.get(m.service), m.service)}: {_ENDED.get(m.outcome, 'under way')}" for m in open_]
        note = view.note if len(open_) == len(view.matters) else ""
        entries.append(
            PersonEntry(
                at=view.received_at, kind="contact", title=_TITLES.get(view.channel, "Was in touch"),
                detail="; ".join([*about, *([note] if note else [])]), link_kind="contact", link_id=str(view.id),
                channel=view.channel,
            )
        )  # fmt: skip
    return entries


def _hidden(service: Any, allowed: frozenset[str] | None) -> bool:
    kind = str(getattr(service, "restricted", None) or "")
    return bool(kind) and allowed is not None and kind not in allowed


def _name(service: Any, code: str) -> str:
    return str(service.name) if service is not None else service_named(code)


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return every contact she had with us."""
    return {"contacts": contact_rows_of(customer_id)}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take her number and the words about her out of her contacts; that she was in touch stays."""
    return erase_contacts(customer_id, by=by, at=at)


register_person_provider(
    PersonProvider(
        "contacts", timeline, export, erase, kind="contact", made_between=made_between, give=give_contact, rank=50
    )
)
