"""What the pack says in conversations: the telephone menu, the sentences around the questions, how long texts may rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from moothall.core.packs import (
    Pack,
    PackModel,
    Problem,
    register_check,
    register_section,
    register_single,
    register_words,
)
from moothall.core.packs.sections import Code, Text
from moothall.customers.pack import PHRASES
from moothall.intake.talking.reach import TALKING, most
from moothall.services.pack import SERVICES, Service
from moothall.services.questions import Id, on_channel

Does = Literal["service", "menu", "find", "status", "adviser", "language"]


class MenuEntry(PackModel):
    """One choice of the telephone menu: its key, what is said of it, and where it leads."""

    code: Code
    key: str = Field(pattern=r"^[1-9]$")
    says: Text
    under: Code | None = Field(None, description="The entry it belongs to; none: the first menu.")
    does: Does = "service"
    service: Code | None = Field(None, description="For `service`: which one begins.")
    language: str | None = Field(None, description="For `language`: the one the call goes on in.")


class Enquiries(PackModel):
    """How a resident is asked for whom a councillor enquires: the service, and which of its questions say what."""

    service: Code | None = Field(None, description="The service of enquiries; without it nobody is asked.")
    consent: Id = "consent"
    ask: tuple[Text, ...] = Field((), description="The answers to `consent` on which the resident is asked.")
    reach: Id = Field("reach", description="The contact question that says where she is asked.")
    member: Id = Field("member", description="The question that says who enquires.")
    about: Id = Field("about", description="The question that says what it is about.")
    days: int = Field(7, ge=1, le=28, description="Days after which the councillor is told that there is no answer.")


ENQUIRIES = register_single("enquiries", Enquiries)


class Talking(PackModel):
    """The sentences of calls and texts. A sentence of the pack may have a recording, played in its place where it can be."""

    voice: str = Field("en-GB", description="The voice that reads sentences aloud, as a language code.")
    voices: dict[str, str] = Field(
        {}, description="For each other language that calls are held in, its voice, as your telephone line names it."
    )
    text_minutes: int = Field(
        120, ge=5, le=1440, description="After so many silent minutes a text conversation is over."
    )
    call_minutes: int = Field(
        240,
        ge=30,
        le=1440,
        description="A call of which the exchange tells nothing more for so many minutes is ended: not known how.",
    )
    enquiries: Code = Field(
        "comment", description="The service under which a call-back is kept that is about nothing yet."
    )
    call_backs: Code = Field("customer-services", description="The team that calls back.")
    says: dict[Code, Text] = {}
    recordings: dict[Code, str] = Field(
        {}, description="Sentence to the address of its recording (https://… .wav or .mp3)."
    )


MENU = register_section("menu", MenuEntry)
TALK = register_single("talking", Talking)

SENTENCES: dict[str, frozenset[str]] = {
    "greeting": frozenset({"council"}),
    "language": frozenset(),
    "waits": frozenset(),
    "offer_taken": frozenset({"what", "until"}),
    "offer_let_go": frozenset(),
    "offer_gone": frozenset(),
    "offer_online": frozenset({"link"}),
    "list_left": frozenset(),
    "first_menu": frozenset(),
    "find": frozenset(),
    "find_said": frozenset(),
    "find_none": frozenset(),
    "find_more": frozenset(),
    "find_again": frozenset(),
    "closed": frozenset({"hours"}),
    "menu_adviser": frozenset(),
    "again": frozenset(),
    "not_heard": frozenset(),
    "not_understood": frozenset(),
    "begin": frozenset({"service"}),
    "leave_out": frozenset(),
    "leave_out_text": frozenset(),
    "check": frozenset(),
    "check_text": frozenset(),
    "sent": frozenset({"service", "promise"}),
    "reference": frozenset({"spoken"}),
    "sent_text": frozenset({"service", "promise", "reference", "link"}),
    "refused": frozenset({"because"}),
    "after": frozenset(),
    "text_sent": frozenset(),
    "link_sent": frozenset({"until", "what"}),
    "link_text": frozenset({"service", "what", "link"}),
    "link_number": frozenset({"what"}),
    "link_none": frozenset({"what"}),
    "queue": frozenset({"place"}),
    "queue_empty": frozenset(),
    "call_back_closed": frozenset({"hours"}),
    "call_back_choose": frozenset(),
    "call_back_number": frozenset(),
    "call_back_kept": frozenset({"due", "spoken"}),
    "transfer": frozenset(),
    "status_unknown": frozenset(),
    "status_proof": frozenset(),
    "status_wrong": frozenset(),
    "status_none": frozenset(),
    "status_line": frozenset({"service", "status", "promise"}),
    "not_here": frozenset({"because", "instead"}),
    "choose_service": frozenset(),
    "back_to_person": frozenset({"reference"}),
    "stopped": frozenset(),
    "goodbye": frozenset(),
    "rate_voice": frozenset(),
    "rate_why": frozenset(),
    "rate_text": frozenset(),
    "rate_thanks": frozenset(),
    "no_pictures": frozenset({"link"}),
}
"""Every sentence and the names it may use."""


def sentence(pack: Pack, code: str, **values: str) -> str:
    """Return one sentence of the pack with its names filled in. KeyError: the pack has none of that code."""
    words = pack.one(TALK).says[code]
    for name, value in values.items():
        words = words.replace("{" + name + "}", value)
    return " ".join(words.split())


def entries(pack: Pack, under: str = "") -> list[MenuEntry]:
    """Return the entries of one menu, in the order of their keys, without services the voice line does not take here."""
    services = pack.of(SERVICES)
    found = []
    for entry in pack.of(MENU).values():
        if (entry.under or "") != under:
            continue
        if entry.does == "service":
            service = services.get(entry.service or "")
            if service is None or service.elsewhere is not None:
                continue
        found.append(entry)
    return sorted(found, key=lambda entry: entry.key)


def by_voice(pack: Pack) -> list[Service]:
    """Return the services that callers may ask for here: what the line does not take says where it can be had."""
    return [one for one in pack.of(SERVICES).values() if one.visibility == "public" and one.elsewhere is None]


def _check(pack: Pack) -> Iterator[Problem]:
    talk, menu = pack.one(TALK), pack.of(MENU)
    for code, words in talk.says.items():
        if code not in SENTENCES:
            yield pack.problem("there is no such sentence", "talking", "says", code)
            continue
        for name in _names(words) - SENTENCES[code]:
            listed = ", ".join(sorted(SENTENCES[code])) or "none"
            yield pack.problem("this name is not known here", "talking", "says", code, value=name, expected=listed)
    for language in talk.voices:
        if language not in pack.of(PHRASES):
            yield pack.problem("there are no phrases in it", "talking", "voices", language)
    if menu:
        for missing in sorted(set(SENTENCES) - set(talk.says)):
            yield pack.problem(f"the sentence `{missing}` is missing", "talking", "says")
    taken: dict[tuple[str, str], str] = {}
    for code, entry in menu.items():
        before = taken.setdefault((entry.under or "", entry.key), code)
        if before != code:
            yield pack.problem(f"key {entry.key} belongs to `{before}` already", "menu", code, "key")
        if entry.under is not None and entry.under not in menu:
            yield pack.problem("there is no such entry", "menu", code, "under", value=f"`{entry.under}`")
        if entry.does == "language" and entry.language not in {*talk.voices, *pack.council.languages}:
            yield pack.problem("there is no voice for it", "menu", code, "language", value=f"`{entry.language}`")
        if entry.does == "service" and entry.service not in pack.of(SERVICES):
            yield pack.problem("there is no such service", "menu", code, "service", value=f"`{entry.service}`")
    yield from _all_reached(pack)
    yield from _honest(pack)


def _all_reached(pack: Pack) -> Iterator[Problem]:
    """A service that calls take has a way in the menu: a key of its own, or the entry that finds all of them."""
    menu = pack.of(MENU)
    if not menu or any(entry.does == "find" for entry in menu.values()):
        return
    keyed = {entry.service for entry in menu.values() if entry.does == "service"}
    for one in by_voice(pack):
        use = on_channel(one.channels, "voice")
        if use is not None and use.level != "no" and one.code not in keyed:
            expected = "a key of its own in `menu`, an entry that does `find`, or `no`"
            what = "callers cannot reach it"
            yield pack.problem(
                what, "services", one.code, "channels", "voice", value=f"`{use.level}`", expected=expected
            )


def _honest(pack: Pack) -> Iterator[Problem]:
    """A service may not promise more of a call or a text than its questions allow there."""
    for code, service in pack.of(SERVICES).items():
        for channel in TALKING:
            use = on_channel(service.channels, channel)
            if use is not None and use.level == "full" and most(service, channel) != "full":
                what = (
                    "something that must be answered cannot be answered on this channel, or its proof cannot be given"
                )
                yield pack.problem(
                    what, "services", code, "channels", channel, value="`full`", expected="`begin` or `no`"
                )


def _names(words: str) -> set[str]:
    return {part.split("}", 1)[0] for part in words.split("{")[1:]}


register_check("talking", _check)


def _words(pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The sentences of calls and texts, and the menu's."""
    yield from ((("talking", "says", code), words) for code, words in pack.one(TALK).says.items())
    yield from ((("menu", code, "says"), entry.says) for code, entry in pack.of(MENU).items())


register_words("talking", _words)


def _check_enquiries(pack: Pack) -> Iterator[Problem]:
    held = pack.one(ENQUIRIES)
    if held.service is None:
        return
    service = pack.of(SERVICES).get(held.service)
    if service is None:
        yield pack.problem("there is no such service", "enquiries", "service", value=f"`{held.service}`")
        return
    for name in ("consent", "reach", "member", "about"):
        if getattr(held, name) not in service.by_question:
            yield pack.problem("the service does not ask this", "enquiries", name, value=f"`{getattr(held, name)}`")


register_check("enquiries", _check_enquiries)
