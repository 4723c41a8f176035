"""The `partners`, `whose_job`, `takers` and `referring` parts of a council pack.

Who else looks after things and how that is decided; who takes people whom we refer, and how that is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.core.packs.sections import Code, Text
from moothall.customers.pack import CONSENTS
from moothall.field.pack import FIELD_REASONS
from moothall.services.pack import Coded, Id, Line

Meaning = Literal["done", "not_done", "not_found", "not_ours", "nothing", "doubt"]
"""What words in a closing note tell. `nothing`: neither way; `doubt`: that words of done beside them may not mean it."""


class Partner(PackModel):
    """Somebody else who looks after things, or works for us: what people call it, how it is reached, how we send to it."""

    code: Code
    name: Text = Field(description="As in a sentence: `National Highways`, `the water company`.")
    kind: Literal["council", "county", "highways_agency", "landlord", "utility", "contractor", "other"]
    does: Text | None = Field(None, description="What it looks after, in words.")
    phone: Text | None = None
    email: Text | None = Field(None, description="Where we send to; never shown.")
    web: Text | None = None
    urgent: Text | None = Field(None, description="What to do when it is dangerous now.")
    sends: Literal["email", "open311", "by_hand"] = "by_hand"
    open311_services: Mapping[Code, Text] = Field(
        {}, description="What its Open311 system calls our services; one not named goes by our own code."
    )
    works_on: tuple[Code, ...] = Field(
        (), description="A contractor: our services it is told of as soon as they are asked."
    )
    closing_words: Mapping[Meaning, tuple[Text, ...]] = Field(
        {}, description="Words of its own in closing notes, before those of `whose_job`."
    )
    takes_over: tuple[Code, ...] = Field(
        (), description="A contractor: our services it takes over where a crew on the spot or an officer says so."
    )
    sees_photos: bool = Field(
        False,
        description="A contractor whose contract lets it see photos before an officer has looked for faces and plates:"
        " it is told of them by private links.",
    )
    source: Text | None = None
    doubt: Text | None = None

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.sends == "email" and not self.email:
            raise ValueError("Sending by e-mail needs an e-mail address.")
        if self.sees_photos and self.kind != "contractor":
            raise ValueError("Only a contractor who works for us sees photos that nobody has looked at.")
        if (self.works_on or self.takes_over) and self.sends == "by_hand":
            raise ValueError("A contractor that works on our services is told by `email` or `open311`.")
        return self

    def does_for_us(self, service: str) -> bool:
        """Return whether it works on this service for us, at once or when it is told to."""
        return service in self.works_on or service in self.takes_over

    @property
    def title(self) -> str:
        """The name as a sentence or heading begins with it."""
        return self.name[:1].upper() + self.name[1:]


class JobRule(PackModel):
    """One way in which something is not ours. Rules are tried in order; the first that fits decides."""

    code: Code
    services: tuple[Code, ...]
    by: Literal["asset", "street", "area", "category", "outside"] = Field(
        description="`outside`: it lies in none of our areas of these kinds, where their land is known."
    )
    kinds: tuple[Code, ...] = Field((), description="Kinds of asset or area that count; empty: all.")
    when: Mapping[Code, str | tuple[str, ...]] = Field({}, description="Answers that must be so as well.")
    partner: Code | None = Field(
        None, description="By category or outside: whose it is. Else the owner that the thing itself has."
    )
    says: Text = Field(description="`{partner}` is its name: This road is looked after by {partner}.")

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.by == "category" and not (self.partner and self.when):
            raise ValueError("A rule by category says which answers (`when`) and whose it is (`partner`).")
        if self.by == "outside" and not (self.partner and self.kinds):
            raise ValueError(
                "A rule by outside says which of our areas count (`kinds`) and who is asked then (`partner`)."
            )
        return self


class WhoseJob(PackModel):
    """How it is decided whose job something is, who here looks after what was sent on, and what closing words mean."""

    team: Code = "customer-services"
    rules: tuple[JobRule, ...] = ()
    closing_words: Mapping[Meaning, tuple[Text, ...]] = Field(
        {},
        description="Words in a partner's closing note and what they mean; `nothing`: they tell neither way; `doubt`: done"
        " beside them may not be so. A note with none of them, or of two meanings, is read by a person: it is never done.",
    )


Shared = Literal["name", "reach", "about", "address", "date_of_birth"]
"""What of a person a partner may be told: her name, her telephone and e-mail, why she is referred, where she lives, …"""
BY_ITSELF: frozenset[Shared] = frozenset({"name", "reach", "about"})
"""What she agrees to in the service's own question; whoever needs more is asked for by an adviser."""


class Taker(PackModel):
    """An organisation of the directory that takes people whom we refer: how it is asked, and what it needs to know.

    One that is not here takes nobody from us: people are told how to reach it themselves.
    """

    code: Code
    organization: Line = Field(description="Its name as the directory gives it.")
    services: tuple[Line, ...] = Field((), description="Which of its services, as the directory names them; none: all.")
    way: Literal["email", "phone", "herself"] = Field(
        "email",
        description="`email`: a private link, with nothing of her in the message. `phone`: an adviser rings, with her on"
        " the line where she can be. `herself`: she is told how to reach it.",
    )
    email: Text | None = Field(None, description="Where referrals go; never shown.")
    phone: Text | None = Field(None, description="The line for referrals; never shown to the public.")
    needs: tuple[Shared, ...] = Field(("name", "reach", "about"), description="What it must know of her, and no more.")
    days: int | None = Field(None, ge=1, le=60, description="Days it has to answer, where not those of `referring`.")
    restricted: Code | None = Field(
        None, description="Found and referred to only by who may see cases of this kind, and for such a case."
    )
    source: Text | None = None
    doubt: Text | None = None

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.way == "email" and not self.email:
            raise ValueError("Referring by e-mail needs an e-mail address.")
        if self.way == "phone" and not self.phone:
            raise ValueError("Referring by telephone needs a number.")
        if self.way == "herself" and self.restricted:
            raise ValueError(
                "What few may know of is not sent in a message: say how it is asked, by `email` or `phone`."
            )
        return self

    def takes(self, organization: str, name: str) -> bool:
        """Return whether a service of the directory is one it takes people for."""
        theirs = _same(self.organization) == _same(organization)
        return theirs and (not self.services or _same(name) in {_same(one) for one in self.services})


class Referring(PackModel):
    """How people are referred to those who can help: the service they ask by, what they agree to, how long we wait."""

    service: Code | None = Field(None, description="The service that people ask for help from others by.")
    help: Id = Field("help", description="Its question that names the help she has found.")
    about: Id = Field("about", description="Its question that says why she wants it.")
    consent: Id = Field("consent", description="Its question whether we may refer her.")
    share: tuple[str, ...] = Field(("share",), description="Answers by which she agrees.")
    agreement: Code = Field("share-with-partners", description="What she agrees to, of `consents`.")
    days: int = Field(5, ge=1, le=60, description="Days a partner has to answer; then it is asked once more, as long.")
    stays: int = Field(28, ge=1, le=365, description="Days that what she shared stays open to whoever took it on.")
    reasons: tuple[Coded, ...] = Field((), description="Why a partner may not take somebody, as she reads it.")


def _same(words: str) -> str:
    return " ".join(words.casefold().split())


def taker_of(pack: Pack, organization: str, name: str) -> Taker | None:
    """Return who takes people for a service of the directory, if anybody has said so."""
    return next((one for one in pack.of(TAKERS).values() if one.takes(organization, name)), None)


PARTNERS = register_section("partners", Partner)
WHOSE_JOB = register_single("whose_job", WhoseJob)
TAKERS = register_section("takers", Taker)
REFERRING = register_single("referring", Referring)


def _check(pack: Pack) -> Iterator[Problem]:
    """Services, teams, partners and answers that the pack has."""
    services, partners = pack.section("services"), pack.of(PARTNERS)
    for code, partner in partners.items():
        for name in (*partner.works_on, *partner.takes_over, *partner.open311_services):
            if name not in services:
                yield pack.problem("there is no such service", "partners", code, value=name)
    for code, reason in pack.of(FIELD_REASONS).items():
        for name in reason.services or ("",) if reason.then == "contractor" else ():
            if not any(partner.does_for_us(name) for partner in partners.values()):
                yield pack.problem("no contractor takes this over", "field_reasons", code, "services", value=name)
    job = pack.one(WHOSE_JOB)
    if job.rules and job.team not in pack.section("teams"):
        yield pack.problem("there is no such team", "whose_job", "team", value=job.team)
    for number, rule in enumerate(job.rules):
        for place, name in enumerate(rule.services):
            if name not in services:
                yield pack.problem(
                    "there is no such service", "whose_job", "rules", number, "services", place, value=name
                )
            elif missing := [one for one in rule.when if one not in services[name].by_question]:
                yield pack.problem(
                    f"{name} asks nothing called {missing[0]}", "whose_job", "rules", number, "when", value=missing[0]
                )
        if rule.partner and rule.partner not in partners:
            yield pack.problem("there is no such partner", "whose_job", "rules", number, "partner", value=rule.partner)


register_check("whose_job", _check)


def _check_referring(pack: Pack) -> Iterator[Problem]:
    """The service, its questions and what is agreed to are there."""
    held = pack.one(REFERRING)
    if held.service is None:
        return
    service = pack.services.get(held.service)
    if service is None:
        yield pack.problem("there is no such service", "referring", "service", value=held.service)
        return
    for field in ("help", "about", "consent"):
        if getattr(held, field) not in service.by_question:
            yield pack.problem("the service asks nothing called that", "referring", field, value=getattr(held, field))
    if held.agreement not in pack.of(CONSENTS):
        yield pack.problem("nobody is asked to agree to that", "referring", "agreement", value=held.agreement)


register_check("referring", _check_referring)
