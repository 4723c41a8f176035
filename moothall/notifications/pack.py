"""The pack's messages: `messages/<code>.md` (front matter, then the e-mail in Markdown) and `messaging.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal

from jinja2 import TemplateSyntaxError
from pydantic import BeforeValidator, Field, StringConstraints

from moothall.core.packs import (
    Pack,
    PackModel,
    Problem,
    register_check,
    register_section,
    register_single,
    register_words,
)
from moothall.notifications.wording import names_in, names_of

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
LONGEST_SUBJECT = 120


def _time(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


Clock = Annotated[time, BeforeValidator(_time)]


class MessageTemplate(PackModel):
    """One message: what it is for, the channels it is written for (best first), and its words on each.

    `body` is the e-mail or letter in Markdown; an e-mail’s text-only twin is made from it. `sms` is the text message,
    `social` what is written on a social network. Names in double braces are filled in: `{{ reference }}`.
    `{% if due %} … {% endif %}` leaves out what is not known.
    """

    code: Code
    about: str = Field(description="When it is sent, for whoever edits it.")
    channels: tuple[Literal["email", "sms", "post", "social"], ...] = Field(min_length=1)
    if_chosen: tuple[Literal["post"], ...] = Field(
        (), description="Also by letter, but only to whoever chose letters: nobody else is written to on paper."
    )
    subject: str = ""
    sms: str = ""
    social: str = ""
    body: str = ""
    any_hour: bool = Field(False, description="Not held back by quiet hours: an answer to what was just asked.")
    any_language: bool = Field(
        False, description="Its words are given to it in whatever language: nothing to translate."
    )
    must: bool = Field(False, description="Goes even to someone who wants no messages: the answer she is waiting for.")
    private: bool = Field(False, description="Carries a private link: its words are not kept once it is sent.")
    may_stop: bool = Field(False, description="Carries the link to stop such messages.")
    by_law: Literal["", "email", "sms", "post"] = Field(
        "", description="The one channel the law lets it go by, whatever anybody chose."
    )
    together: str = Field(
        "",
        max_length=300,
        description="Its line when several of a day are told in one message; empty: it is always told by itself.",
    )


class Messaging(PackModel):
    """How this council sends: names on messages, hours for text messages, how long it keeps trying."""

    sender_name: str = ""
    email_from: str = "no-reply@example.org"
    reply_to: str = ""
    sms_sender: str = ""
    texts_from: Clock = time(8)
    texts_until: Clock = time(20)
    try_for_days: int = Field(5, ge=1, le=30)
    pence: dict[Literal["email", "sms", "post"], float] = Field(
        default_factory=dict, description="What one message costs by each channel."
    )
    dearer_by: float = Field(
        20,
        ge=0,
        description="A channel dearer than the cheapest by more pence than this goes last, unless it was chosen.",
    )
    together_at: Clock | None = Field(
        None, description="When the day's further news is told in one message; without it each is told by itself."
    )
    together_after: int = Field(1, ge=0, le=20, description="How many of a day are told at once before the rest waits.")
    most_segments: int = Field(3, ge=1, le=6, description="A text message longer than this is refused by `pack check`.")


MESSAGES = register_section("messages", MessageTemplate)
MESSAGING = register_single("messaging", Messaging)


def _check(pack: Pack) -> Iterator[Problem]:
    for code, template in pack.of(MESSAGES).items():
        known = names_of(code)
        for field in ("subject", "sms", "social", "body", "together"):
            words = getattr(template, field)
            try:
                strange = names_in(words) - known
            except TemplateSyntaxError as error:
                yield pack.problem(f"the braces do not fit: {error.message}", "messages", code, field)
                continue
            for name in sorted(strange):
                listed = ", ".join(sorted(known))
                yield pack.problem("this name is not known here", "messages", code, field, value=name, expected=listed)
        if template.by_law and template.by_law not in template.channels:
            yield pack.problem("the law's channel is not one it has words for", "messages", code, "by_law")
        if {"email", "post"} & {*template.channels, *template.if_chosen} and not (template.subject and template.body):
            yield pack.problem(
                "an e-mail or a letter needs a `subject` and the text under the front matter", "messages", code
            )
        if "sms" in template.channels and not template.sms:
            yield pack.problem("a text message needs `sms`", "messages", code)
        if "social" in template.channels and not template.social:
            yield pack.problem("a message on social media needs `social`", "messages", code)
        if len(template.subject) > LONGEST_SUBJECT:
            yield pack.problem(f"is longer than {LONGEST_SUBJECT} characters", "messages", code, "subject")


register_check("messages", _check)


def _words(pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The messages in the council's own language, as they are read."""
    for code, template in pack.of(MESSAGES).items():
        if code.rpartition("-")[2] in pack.section("languages"):
            continue
        for field in ("subject", "sms", "body", "together"):
            yield ("messages", code, field), getattr(template, field)


register_words("messages", _words)
