"""The pack's messages: `messages/<code>.md` (front matter, then the e-mail in Markdown) and `messaging.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal

from jinja2 import TemplateSyntaxError
from pydantic import BeforeValidator, Field, StringConstraints

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section, register_single
from moothall.notifications.wording import names_in, names_of

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
LONGEST_SUBJECT = 120


def _time(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


Clock = Annotated[time, BeforeValidator(_time)]


class MessageTemplate(PackModel):
    """One message: what it is for, the channels it is written for (best first), and its words on each.

    `body` is the e-mail in Markdown; its text-only twin is made from it. `sms` is the text message. Names in double
    braces are filled in: `{{ reference }}`. `{% if due %} … {% endif %}` leaves out what is not known.
    """

    code: Code
    about: str = Field(description="When it is sent, for whoever edits it.")
    channels: tuple[Literal["email", "sms"], ...] = Field(min_length=1)
    subject: str = ""
    sms: str = ""
    body: str = ""
    any_hour: bool = Field(False, description="Not held back by quiet hours: an answer to what was just asked.")
    must: bool = Field(False, description="Goes even to someone who wants no messages: the answer she is waiting for.")
    private: bool = Field(False, description="Carries a private link: its words are not kept once it is sent.")
    may_stop: bool = Field(False, description="Carries the link to stop such messages.")


class Messaging(PackModel):
    """How this council sends: names on messages, hours for text messages, how long it keeps trying."""

    sender_name: str = ""
    email_from: str = "no-reply@example.org"
    reply_to: str = ""
    sms_sender: str = ""
    texts_from: Clock = time(8)
    texts_until: Clock = time(20)
    try_for_days: int = Field(5, ge=1, le=30)
    most_segments: int = Field(3, ge=1, le=6, description="A text message longer than this is refused by `pack check`.")


MESSAGES = register_section("messages", MessageTemplate)
MESSAGING = register_single("messaging", Messaging)


def _check(pack: Pack) -> Iterator[Problem]:
    for code, template in pack.of(MESSAGES).items():
        known = names_of(code)
        for field in ("subject", "sms", "body"):
            words = getattr(template, field)
            try:
                strange = names_in(words) - known
            except TemplateSyntaxError as error:
                yield pack.problem(f"the braces do not fit: {error.message}", "messages", code, field)
                continue
            for name in sorted(strange):
                listed = ", ".join(sorted(known))
                yield pack.problem("this name is not known here", "messages", code, field, value=name, expected=listed)
        if "email" in template.channels and not (template.subject and template.body):
            yield pack.problem("an e-mail needs a `subject` and the text under the front matter", "messages", code)
        if "sms" in template.channels and not template.sms:
            yield pack.problem("a text message needs `sms`", "messages", code)
        if len(template.subject) > LONGEST_SUBJECT:
            yield pack.problem(f"is longer than {LONGEST_SUBJECT} characters", "messages", code, "subject")


register_check("messages", _check)
