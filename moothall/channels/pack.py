"""What the channels ask of a pack's messages."""

from collections.abc import Iterator

from moothall.channels.sms.text import measure, plainer
from moothall.core.packs import Pack, Problem, register_check
from moothall.customers.pack import LANGUAGES
from moothall.notifications.pack import MESSAGES, MESSAGING
from moothall.notifications.wording import fill, names_of

USUAL = {
    "council": "Leeds", "name": "Amina", "site": "https://my.example.gov.uk", "service": "Report a missed bin",
    "reference": "4HTK-7W2C", "track": "https://my.example.gov.uk/track?reference=4HTK-7W2C",
    "rate": "https://my.example.gov.uk/rate?reference=4HTK-7W2C", "promise": "We’ll do this by Wednesday 30 September, 5pm.",
    "due": "Wednesday 30 September, 5pm", "was_due": "Wednesday 30 September, 5pm", "new_date": "Friday 2 October, 5pm",
    "status": "We are looking at it", "reason": "The street or bin store was blocked", "until": "Friday 2 October",
    "due_date": "30/09/2026",
    "outcome": "We came back and emptied it", "link": "https://my.example.gov.uk/go-on/3kXv9TqYbN2wLmRz7dHs",
    "ticket": "A112", "where": "City centre One Stop Centre", "wait": "about 12 minutes", "desk": "Desk 3",
}  # fmt: skip
"""Values of everyday length, to measure a text message by."""


def _is_foreign(pack: Pack, code: str) -> bool:
    """Say whether a message is in another language: its letters cost what they cost."""
    return code.rpartition("-")[2] in pack.of(LANGUAGES)


def _check(pack: Pack) -> Iterator[Problem]:
    most = pack.one(MESSAGING).most_segments
    for code, template in pack.of(MESSAGES).items():
        if not template.sms:
            continue
        values = {name: USUAL.get(name, "") for name in names_of(code)}
        try:
            length = measure(plainer(fill(template.sms, values)))
        except Exception:  # noqa: S112  what is wrong with its braces is told by the messages' own check
            continue
        if length.segments > most:
            what = f"this text is sent as {length.segments} messages with values of everyday length; the most is {most}"
            yield pack.problem(what, "messages", code, "sms")
        if length.alphabet != "gsm" and not _is_foreign(pack, code):
            yield pack.problem("a character here doubles the cost of this text", "messages", code, "sms")


register_check("text-lengths", _check)
