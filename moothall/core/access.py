"""Policies: what an actor may see and do. Applied in ``queries.py`` and ``actions.py``, never in a template.

Permissions come from the pack's ``roles.yaml``. A case kind may be *restricted*: its rows are invisible (not merely
locked) to an actor without ``restricted.<kind>``.
"""

import re
from typing import Final

from moothall.core.actors import Actor, ActorKind

PERMISSIONS: Final[dict[str, str]] = {
    "contact.take": "Take a contact: speak for the council on any channel",
    "contact.view": "See contacts: who was in touch, how and about what",
    "inbox.answer": "Answer what people write to us: letters, e-mails, texts, posts",
    "social.mute": "Mute accounts on social media that are abusive, and hear them again",
    "post.file": "Work in the post room: scan, file letters, keep the register of cheques and originals",
    "case.view": "See cases",
    "case.work": "Work on cases: notes, tasks, waiting, answers",
    "case.assign": "Give cases to a team or a colleague",
    "case.close": "Close and reopen cases",
    "customer.search": "Find customers",
    "customer.view": "See a customer's record",
    "customer.change": "Change a customer's record",
    "customer.erase": "Erase a customer’s record for good",
    "customer.import": "Bring in customers from another system",
    "import.run": "Bring in addresses, contacts, cases and promises from another system",
    "identity.decide": "Decide whether two records are one person, and take it back",
    "delivery.bring": "Bring in records of line-of-business systems",
    "delivery.manage": "See what other systems delivered, and deal with what is held",
    "linking.view": "See what linking learnt: weights and counts, nobody’s record",
    "identity.verify": "Check in person who somebody is, and take such a check back",
    "representation.manage": "Write down who may speak for a customer, and end it",
    "ward.view": "See the cases of one’s own wards, without who asked",
    "enquiry.raise": "Raise a councillor’s enquiry for a constituent",
    "equality.view": "See the sums of equalities monitoring",
    "warning.manage": "Add, review and end safe-contact warnings",
    "booking.manage": "Run the diary: arrivals, block bookings, moving and cancelling for customers",
    "reception.run": "Run reception: book visitors in, see who waits, call them and see them out",
    "reception.join": "Be called in to a desk as an expert",
    "rounds.view": "See collection rounds and what the crews recorded",
    "rounds.record": "Record what happens on a collection round",
    "rounds.plan": "Deliver the plans of collection rounds: when each passes which street",
    "announcement.make": "Announce what fails for many at once, give news of it and say when it is over",
    "field.work": "Carry a device: do jobs outdoors and report on them",
    "field.plan": "Plan crews’ days, give jobs to crews and cut devices off",
    "contractor.manage": "See what contractors have of repairs, what is late or refused, and give work to another",
    "message.manage": "Retry and settle messages that failed",
    "quarantine.manage": "Deal with what came in and could not be read",
    "payment.view": "See payments, refunds and the ledger",
    "payment.take": "Put callers through to pay by card, send links to pay, set up direct debits",
    "payment.collect": "Make files of Direct Debits for the bank, and bring in its reports",
    "payment.refund": "Ask for money to go back",
    "payment.agree": "Agree to a refund that somebody else asked for",
    "report.review": "Look at photos from the street and decide what everyone may see",
    "payment.reconcile": "Bring in statements and settle what does not fit",
    "report.explain": "Explain a dip on the performance pages",
    "console.view": "Open the console",
    "pack.apply": "Apply a new version of the council's pack",
    "staff.manage": "Create, change and close staff accounts",
    "jobs.manage": "See and retry background work",
    "api.manage": "Create and close the tokens of other systems",
    "retention.manage": "See what is due to go and when, keep it longer, and let it go",
    "copy.manage": "Build, look through and release copies of what is held on a person",
    "glass.break": "Open a sealed record in an emergency, for a reason that is looked into",
    "glass.review": "Look into sealed records that were opened",
    "audit.view": "See who looked at whom, and why",
    "api.services": "Other systems: read the service catalogue",
    "api.cases.read": "Other systems: read cases",
    "api.cases.write": "Other systems: open and work cases",
    "api.contacts.read": "Other systems: read contacts",
    "api.contacts.write": "Other systems: record contacts",
    "api.customers.read": "Other systems: read customers",
    "api.customers.write": "Other systems: create and change customers",
    "api.records.write": "Line-of-business systems: deliver their records",
    "api.open311": "Other systems: report things in public places by Open311",
    "api.events": "Other systems: follow the feed of events",
    "api.bookings.read": "Other systems: read free times and bookings",
    "api.bookings.write": "Other systems: book, move and cancel",
    "api.machine": "Other systems: one payment machine, its till and its journal",
    "api.rounds.read": "Other systems: read a crew’s sheet and bin days",
    "api.rounds.write": "Other systems: send what happens on a round",
    "api.rounds.plan": "Other systems: deliver the plans of rounds",
    "hook.messages": "Message providers: tell us of deliveries and of texts that came in",
}
"""Every permission there is, with the words an administrator reads; ``restricted.<kind>`` comes on top."""

IMPLIED: Final[dict[str, frozenset[str]]] = {
    "api.cases.read": frozenset({"case.view"}),
    "api.cases.write": frozenset({"case.view", "case.work", "case.close", "contact.take"}),
    "api.contacts.read": frozenset({"contact.view"}),
    "api.contacts.write": frozenset({"contact.take"}),
    "api.bookings.read": frozenset({"case.view"}),
    "api.bookings.write": frozenset({"case.view", "case.work", "contact.take"}),
    "api.open311": frozenset({"contact.take"}),
    "api.customers.read": frozenset({"customer.search", "customer.view"}),
    "api.customers.write": frozenset({"customer.search", "customer.view", "customer.change"}),
    "api.records.write": frozenset({"delivery.bring"}),
    "api.rounds.read": frozenset({"rounds.view"}),
    "api.rounds.write": frozenset({"rounds.record"}),
    "api.rounds.plan": frozenset({"rounds.plan"}),
}
"""What a token's scope lets it do in the rooms behind the interface."""

RESTRICTED: Final = re.compile(r"^restricted\.[a-z0-9]+(?:[-_][a-z0-9]+)*$")


class Refused(PermissionError):
    """The actor may not do this. Shown as a plain page that says who can help; never says whether the thing exists.

    ``hidden``: even that there is something to refuse must not show; the answer is the one for a thing that is not there.
    """

    def __init__(self, message: str = "", *, hidden: bool = False) -> None:
        self.hidden = hidden
        super().__init__(message or "You can’t do this. Ask your team leader or an administrator.")


def is_permission(code: str) -> bool:
    """Say whether the code is a permission that some policy may ask for."""
    return code in PERMISSIONS or RESTRICTED.match(code) is not None


def require(actor: Actor, permission: str) -> None:
    """Let the actor pass, or raise ``Refused``."""
    if not actor.may(permission):
        words = PERMISSIONS.get(permission, permission)
        raise Refused(f"Your roles don’t include “{words}”. Ask your team leader or an administrator.")


def restrictions_visible_to(actor: Actor) -> frozenset[str] | None:
    """Return the restricted kinds this actor may see; ``None`` means every kind (the system itself)."""
    if actor.kind is ActorKind.SYSTEM:
        return None
    prefix = "restricted."
    return frozenset(code.removeprefix(prefix) for code in actor.permissions if code.startswith(prefix))
