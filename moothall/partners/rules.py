"""Whose job is it? Pure: what stands at a place, what was answered, and the pack's rules in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moothall.partners.pack import JobRule, Meaning, Partner, WhoseJob


@dataclass(frozen=True, slots=True)
class Owned:
    """Something at a place: a street, a piece of land or a thing in the street, with whose it is (empty: the council's).

    ``by`` is ``outside`` where the place lies in no area of ``kind``: ``owner`` then says so, whoever it is.
    """

    by: str
    kind: str
    owner: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """It is another's job: whose, by which rule, and that in a sentence for the customer."""

    partner: Partner
    rule: str
    says: str


def bounds(job: WhoseJob, service: str) -> tuple[str, ...]:
    """Return the kinds of area outside of which a place is another's, for this service."""
    kinds = (kind for rule in job.rules if rule.by == "outside" and service in rule.services for kind in rule.kinds)
    return tuple(dict.fromkeys(kinds))


def wants_place(job: WhoseJob, service: str) -> bool:
    """Return whether the place matters to whose job this is."""
    return any(service in rule.services and rule.by != "category" for rule in job.rules)


def whose(
    job: WhoseJob, partners: Mapping[str, Partner], service: str, answers: Mapping[str, Any], here: tuple[Owned, ...]
) -> Theirs | None:
    """Return whose job it is where it is not ours; ``None``: it is ours. The first rule that fits decides.

    An owner that the pack does not know is nobody to send to: such a thing counts as ours, and the team finds out.
    """
    for rule in job.rules:
        if service not in rule.services or not _so(rule, answers):
            continue
        owner = rule.partner if rule.by == "category" else _owner(rule, here)
        partner = partners.get(owner or "")
        if partner is not None:
            return Theirs(partner, rule.code, rule.says.format(partner=partner.name))
    return None


def _so(rule: JobRule, answers: Mapping[str, Any]) -> bool:
    for question, wanted in rule.when.items():
        allowed = (wanted,) if isinstance(wanted, str) else wanted
        given = answers.get(question)
        held = given if isinstance(given, list) else [given]
        if not any(one in allowed for one in held):
            return False
    return True


def _owner(rule: JobRule, here: tuple[Owned, ...]) -> str | None:
    """The nearest thing of the rule's kinds decides: a lamp of ours on a company's land is ours."""
    for one in here:
        if one.by == rule.by and (not rule.kinds or one.kind in rule.kinds) and (one.owner or rule.by != "area"):
            return (rule.partner or one.owner) if one.owner else None
    return None


def closing_means(note: str, partner: Partner | None, job: WhoseJob) -> Meaning | None:
    """Return what a closing note tells; ``None``: nobody can say from its words, so a person reads it.

    Of words within words the longer count (`not fixed` over `fixed`), and a partner's own over everybody's. A note of two
    meanings tells nothing for certain, nor does one of done with words beside it that make it doubtful (`not`, `to be`).
    """
    text = _words(note)
    own = {_words(one): means for means, listed in (partner.closing_words if partner else {}).items() for one in listed}
    known = {_words(one): means for means, listed in job.closing_words.items() for one in listed} | own
    found: set[Meaning] = set()
    for words in sorted(known, key=lambda one: (-len(one), one)):
        if words and f" {words} " in f" {text} ":
            found.add(known[words])
            text = f" {text} ".replace(f" {words} ", " | ").strip()
    if "doubt" in found:
        found -= {"doubt"}
        if "done" in found:
            return None
    found.discard("nothing")
    return found.pop() if len(found) == 1 else None


def _words(text: str) -> str:
    """Small letters, no marks, one space between words; an apostrophe is left out."""
    plain = text.lower().replace("’", "").replace("'", "")
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())


_AGREED_TO: Final = frozenset({"accepted", "declined", "missed", "done"})
_MAY_SAY: Final[Mapping[str, frozenset[str]]] = {
    "waiting": _AGREED_TO, "sent": _AGREED_TO, "silent": _AGREED_TO, "accepted": _AGREED_TO - {"accepted"},
}  # fmt: skip


def may_say(state: str, said: str) -> bool:
    """Return whether a partner may still say this of a person: a late answer counts, one after the end no more."""
    return said in _MAY_SAY.get(state, ())
