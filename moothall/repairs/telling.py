"""What a contractor is told of an order: the home, the fault, whom to meet and how to meet her; nothing else of her."""

from __future__ import annotations

from uuid import UUID

from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.customers.linking.queries import speaking_for
from moothall.customers.queries import CustomerCard, customer_card
from moothall.repairs.models import Order
from moothall.repairs.pack import REPAIRS, service_rule
from moothall.repairs.protocols import Work


def facts_of(case: Case) -> dict[str, str]:
    """Return the answers whoever mends it needs, in words, as the pack's `show` names them."""
    pack = current_pack()
    service, rule = pack.services.get(case.service), service_rule(pack, case.service)
    found = {}
    for code in rule.show if rule else ():
        question = service.by_question.get(code) if service else None
        value = case.answers.get(code)
        if question is not None and not question.sensitive and value not in (None, "", []):
            found[question.label] = question.in_words(value)
    return found


def _address(case: Case) -> str:
    """The address as it was written, where it is none that is known."""
    held = case.answers.get("address") or {}
    return ", ".join(str(held[part]) for part in ("line1", "line2", "town", "postcode") if held.get(part))


def _phones(card: CustomerCard, customer_id: UUID) -> list[str]:
    """Numbers of hers that a contractor may ring: none that only a restricted system told or that nothing may be sent to, nor
    one of a record that the machine alone took for hers (adr/0085)."""
    told = [one for one in card.points if one.kind == "phone" and not one.sealed and not one.stopped]
    speaking = speaking_for(customer_id, [of for one in told for of in one.of])
    return [one.shown for one in told if speaking.intersection(one.of)]


def work_of(row: Order, case: Case) -> Work:
    """Return an order as its contractor is told it: by a number of the order, because it is told where she lives, and with
    the reference of her request a postcode opens what she told us in confidence. At most twelve queries."""
    pack = current_pack()
    service, rules = pack.services.get(case.service), pack.one(REPAIRS)
    card = customer_card(case.customer_id, SYSTEM, on=clock.now().date()) if case.customer_id else None
    contact = case.answers.get("contact") or {}
    phones = _phones(card, case.customer_id) if card and case.customer_id else []
    return Work(
        key=str(row.id), reference=show_reference(row.reference or ""), kind=row.kind,
        service=service.name if service else case.service, priority=row.priority,
        emergency=row.priority == "emergency", at_risk=row.at_risk, what=row.what, facts=facts_of(case),
        address=case.place_text or _address(case) or (card.address if card else ""), uprn=case.uprn,
        name=card.name if card else str(contact.get("name", "")),
        phone=phones[0] if phones else str(contact.get("phone", "")),
        needs=tuple(n.name for n in card.needs if n.code in rules.tell_needs) if card else (),
        warnings=tuple(one.name for one in card.warnings if one.code in rules.tell_warnings) if card else (),
        due_at=row.due_at, follows=str(row.follows_id or ""),
    )  # fmt: skip
