"""The `permits` part of a council pack: what each service issues, for how long, and when its holder is reminded."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section
from moothall.core.packs.sections import Code, Text


class Term(PackModel):
    """How long it lasts where the answers are these. Tried in order; the first that fits decides."""

    when: dict[str, tuple[str, ...]] = Field({}, description="Answers by question; none: any.")
    months: int | None = Field(None, ge=1, le=1200)
    days: int | None = Field(None, ge=1, le=3660)
    renews: bool = Field(False, description="It goes on from the day on which one that is held ends.")
    issues: bool = Field(True, description="Without it nothing is issued for these answers.")
    doubt: Text | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Term:
        if self.issues and (self.months is None) == (self.days is None):
            raise ValueError("says how long it lasts in `months` or in `days`")
        return self


class PermitRule(PackModel):
    """What one service issues."""

    code: Code = Field(description="The service.")
    name: Text
    letters: str = Field(pattern=r"^[A-Z]{2,3}$", description="What its numbers begin with.")
    terms: tuple[Term, ...] = Field(min_length=1)
    what: str | None = Field(None, description="The question whose answer says what it is for.")
    starts: str | None = Field(None, description="The question that asks from when; without it, from the day of issue.")
    again: dict[str, str] = Field({}, description="The answers that ask for a renewal; empty: it is not renewed.")
    ask_again: tuple[str, ...] = Field((), description="Questions that a renewal asks anew though they were answered.")
    closing: Code = Field(description="How its case ends when it is issued.")
    remind_days: tuple[int, ...] = Field((), description="How many days before its end its holder is reminded.")
    renew_from_days: int = Field(42, ge=1, description="From how many days before its end it can be renewed.")
    renew_until_days: int = Field(28, ge=0, description="Until how many days after its end it can still be renewed.")
    source: Text | None = None
    doubt: Text | None = None


PERMITS = register_section("permits", PermitRule)


def rule_of(pack: Pack, service: str) -> PermitRule | None:
    """Return what a service issues; ``None``: nothing."""
    return pack.of(PERMITS).get(service)


def _check(pack: Pack) -> Iterator[Problem]:
    for code, rule in pack.of(PERMITS).items():
        service = pack.services.get(code)
        if service is None:
            yield pack.problem("there is no such service", "permits", code, "code", value=code)
            continue
        if service.elsewhere:
            continue  # another body issues it here
        asked = set(service.by_question)
        named = [("what", rule.what), ("starts", rule.starts), *(("ask_again", one) for one in rule.ask_again)]
        named += [("again", one) for one in rule.again]
        named += [("terms", one) for term in rule.terms for one in term.when]
        for field, question in named:
            if question is not None and question not in asked:
                yield pack.problem(f"{code} has no such question", "permits", code, field, value=question)
        if rule.closing not in {one.code for one in service.closings if one.done}:
            yield pack.problem(f"{code} has no such closing", "permits", code, "closing", value=rule.closing)
        if any(days >= rule.renew_from_days for days in rule.remind_days) and rule.again:
            what = "the reminder says that it can be renewed: it must come within `renew_from_days`"
            yield pack.problem(what, "permits", code, "remind_days")
        if any(term.renews for term in rule.terms) and not rule.again:
            yield pack.problem("a term renews, but no answers ask for it", "permits", code, "again")


register_check("permits", _check)
