"""Filling a template's names in: a sandbox, strict about names, and what was filled in never becomes markup. Pure."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

EVERYWHERE = frozenset({"council", "name", "site"})
"""Names every template may use: the council's short name, the customer's name (may be empty), the site's address."""

_CASE = frozenset({"service", "reference", "spoken", "place", "track", "status", "team"})
_BOOKING = frozenset({"what", "when", "where", "reference", "link"})
_PROMISE = frozenset({"promise", "due", "due_date", "length"})
_REPAIR = _CASE | _PROMISE | {"contractor", "contractor_phone", "when", "times", "some", "reason", "visit", "until"}
_PERMIT = _CASE | {"permit", "number", "what", "starts", "ends", "link", "because", "renew", "rate"}
_FOLLOW = frozenset({"service", "reference", "place", "link", "stop"})

_ANNOUNCED = frozenset({"title", "place", "text", "link"})
_MONEY = frozenset({"what", "amount", "reference", "service"})
_DEBIT = _MONEY | {"account", "schedule", "sender", "notice", "manage"}
_SOCIAL = frozenset({"words", "reference"})
_CARD = _MONEY | {"schedule", "manage"}
NAMES: dict[str, frozenset[str]] = {
    "case-opened": _CASE | _PROMISE | {"acknowledge"},
    "case-progress": _CASE | _PROMISE,
    "crew-on-its-way": _CASE | _PROMISE | {"crew"},
    "repair-times": _REPAIR,
    "repair-booked": _REPAIR,
    "repair-on-the-way": _REPAIR,
    "repair-no-access": _REPAIR,
    "repair-follow-on": _REPAIR,
    "repair-inspected": _REPAIR,
    "repair-findings": _CASE | {"note"},
    "permit-issued": _PERMIT,
    "permit-ends": _PERMIT,
    "permit-ended": _PERMIT,
    "case-waiting": _CASE | {"reason", "question"},
    "case-resumed": _CASE | _PROMISE,
    "case-note": _CASE | {"note"},
    "case-closed-done": _CASE | {"outcome", "rate"},
    "case-closed-not-done": _CASE | {"outcome", "rate"},
    "case-withdrawn": _CASE,
    "case-reopened": _CASE | _PROMISE,
    "promise-broken": _CASE | {"was_due", "new_date", "reason", "redress"},
    "promise-new-date": _CASE | {"was_due", "new_date", "reason"},
    "promise-changed": _CASE | _PROMISE,
    "redress-owed": _CASE | {"was_due", "redress"},
    "case-merged": _CASE,
    "case-passed-on": _CASE | _PROMISE | {"partner", "because", "partner_phone", "partner_web", "their_reference"},
    "referral-out": frozenset({"partner", "service", "reference", "place", "position", "facts", "link", "ours"}),
    "help-asked": frozenset({"partner", "what", "reference", "link", "until"}),
    "help-chased": frozenset({"partner", "what", "reference", "link", "until"}),
    "help-taken-back": frozenset({"partner", "what", "reference", "link", "until"}),
    "reply-late": frozenset({"reference", "was_due", "new_date", "reason", "redress"}),
    "call-not-answered": frozenset({"reference", "due"}),
    "call-back-promised": _CASE | {"due"},
    "call-back-late": _CASE | {"was_due", "new_date", "reason", "redress"},
    "team-at-risk": frozenset({"reference", "service", "due"}),
    "payment-owed": _MONEY | {"pay", "how", "until"},
    "payment-unfinished": _MONEY | {"pay", "why"},
    "payment-receipt": _MONEY | {"request", "paid_at", "vat", "lines"},
    "payment-void": _MONEY | {"why"},
    "card-agreed": _CARD,
    "card-due": _CARD | {"part", "when"},
    "card-failed": _CARD | {"part", "when", "pay"},
    "card-ended": _CARD | {"why", "left"},
    "debit-wanted": _MONEY | {"pay", "until"},
    "debit-agreed": _DEBIT | {"notice"},
    "debit-changed": _DEBIT | {"why"},
    "debit-ended": _DEBIT | {"why", "left"},
    "debit-returned": _MONEY | {"pay"},
    "refund-sent": _MONEY | {"back", "why", "how"},
    "refund-by-hand": _MONEY | {"back", "why", "how"},
    "payment-let-go": _MONEY | {"why"},
    "payment-kept": _MONEY | {"back", "how"},
    "deposit-kept": _MONEY | {"back", "why"},
    "account-code": frozenset({"code", "minutes"}),
    "representation-recorded": frozenset({"who", "speaks_as", "areas", "shown", "until", "link"}),
    "identity-recorded": frozenset({"shown", "link"}),
    "account-changed": frozenset({"change"}),
    "copy-released": frozenset({"link", "until"}),
    "erasure-done": frozenset({"number", "stays", "systems"}),
    "erasure-refused": frozenset({"number", "stays", "systems"}),
    "consent-asked": frozenset({"member", "about", "link", "until"}),
    "glass-broken": frozenset({"officer", "kind", "minutes", "nobody", "link"}),
    "feedback-asked": frozenset({"service", "rate", "answer", "words", "reference"}),
    "dialogue-saved": frozenset({"service", "link", "until", "code"}),
    "follow-started": _FOLLOW | {"confirm"},
    "follow-progress": _FOLLOW | {"says", "due"},
    "follow-new-date": _FOLLOW | {"due"},
    "follow-closed": _FOLLOW | {"says", "outcome"},
    "follow-reopened": _FOLLOW | {"due"},
    "follow-joined": _FOLLOW | {"own_reference"},
    "follow-parted": _FOLLOW,
    "announcement-made": _ANNOUNCED | {"next_news", "new_day", "reason"},
    "announcement-news": _ANNOUNCED | {"next_news"},
    "announcement-over": _ANNOUNCED,
    "alert-confirm": frozenset({"place", "link"}),
    "alert-place": frozenset({"service", "place", "near", "link", "stop"}),
    "booking-confirmed": _BOOKING | {"needs", "before", "also"},
    "booking-reminder": _BOOKING | {"needs", "before"},
    "booking-moved": _BOOKING | {"was", "ours"},
    "booking-fewer": _BOOKING | {"had", "ours"},
    "booking-cancelled": _BOOKING | {"ours", "following", "why"},
    "booking-expired": _BOOKING,
    "booking-offered": _BOOKING | {"until"},
    "visit-ticket": frozenset({"ticket", "where", "wait"}),
    "visit-nearly": frozenset({"ticket", "where"}),
    "visit-called": frozenset({"ticket", "where", "desk"}),
    "visit-failed-new-date": _BOOKING | {"was", "reason", "ahead"},
    "visit-failed": _BOOKING | {"reason", "ours"},
    "visit-part-new-date": _BOOKING | {"was", "reason", "things_left", "things_taken"},
    "visit-part": _BOOKING | {"reason", "ours", "things_left", "things_taken"},
    "text-booking-times": _BOOKING | {"times"},
    "text-booking-stands": _BOOKING | {"why"},
    "written-received": frozenset({"reference", "promise"}),
    "written-answer": frozenset({"subject", "text", "reference"}),
    "social-answer": _SOCIAL,
    "social-direct": _SOCIAL,
    "social-invite": _SOCIAL,
    "social-hidden": _SOCIAL | {"reason"},
    "social-muted": _SOCIAL | {"reason", "until"},
    "letter-received": frozenset({"reference", "promise", "promised_day"}),
    "letter-answer": frozenset({"subject", "text", "reference", "code"}),
    "case-letter": frozenset({"subject", "text", "reference", "service"}),
    "text-joined": _CASE | _PROMISE,
    "text-status": _CASE | _PROMISE,
    "news-together": frozenset({"news", "count", "more"}),
    "text-received": frozenset({"reference"}),
    "text-asked": frozenset({"words"}),
    "text-link": frozenset({"words"}),
    "text-help": frozenset(),
    "text-stopped": frozenset(),
    "text-started": frozenset(),
}
"""The names each template may use besides; a template of another code may use only those of everywhere."""


IN_LINES = frozenset({"words"})
"""Names whose value keeps its lines: a question with a line for each choice."""


def names_of(code: str) -> frozenset[str]:
    """Return the names a template of this code may use; ``case-opened-cy`` is ``case-opened`` in Welsh."""
    plain = code.removesuffix("-easy-read")
    return EVERYWHERE | (NAMES.get(plain) or NAMES.get(plain.rpartition("-")[0], frozenset()))


_PLAIN = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False)


def names_in(words: str) -> frozenset[str]:
    """Return the names a template asks for. Raises jinja2.TemplateSyntaxError."""
    return frozenset(meta.find_undeclared_variables(_PLAIN.parse(words)))


def fill(words: str, values: Mapping[str, Any]) -> str:
    """Return the words with names filled in as they are: for subjects and text messages.

    Raises jinja2.UndefinedError for a name that is not among the values.
    """
    plain = {name: _each(value, partial(_one_line, name)) for name, value in values.items()}
    return re.sub(r" {2,}", " ", _compiled(words).render(plain)).strip()


def _each(value: Any, shown: Callable[[str], str]) -> Any:
    """A value as its words are shown; of a list each of them, for a template that goes through them; yes and no stay so."""
    if isinstance(value, bool):
        return value
    return [shown(str(one)) for one in value] if isinstance(value, list | tuple) else shown(str(value))


def _one_line(name: str, value: str) -> str:
    if name in IN_LINES:
        return "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
    return " ".join(value.split())


def fill_markdown(words: str, values: Mapping[str, Any]) -> str:
    """Return Markdown with names filled in so that nothing in them is read as Markdown: a value stays words."""
    safe = {name: _each(value, escape_markdown) for name, value in values.items()}
    filled = re.sub(r"(?<=\S) {2,}(?=\S)", " ", _compiled(words).render(safe))
    return re.sub(r"\n{3,}", "\n\n", filled).strip()


_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape_markdown(value: str) -> str:
    """Return text that Markdown shows letter by letter. Its paragraphs and line ends are kept.

    Web addresses of ours come through whole: a backslash before punctuation is taken away in link targets too.
    """
    paragraphs = re.split(r"\n\s*\n", value.strip())
    return "\n\n".join(
        "\\\n".join(_PUNCTUATION.sub(r"\\\1", line.strip()) for line in p.splitlines()) for p in paragraphs
    )


@lru_cache(maxsize=512)
def _compiled(words: str) -> Template:
    return _PLAIN.from_string(words)
