"""How message templates read, filled with invented values that show every part. Pure: a pack in, words out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from jinja2 import TemplateError
from markdown_it import MarkdownIt

from moothall.channels.email.letter import as_text
from moothall.channels.sms.text import measure, plainer
from moothall.core.packs import Pack
from moothall.notifications.pack import MESSAGES, MessageTemplate
from moothall.notifications.wording import fill, fill_markdown

_markdown = MarkdownIt("commonmark", {"html": False})
CHANNEL_WORDS: Final = {"email": "Email", "sms": "Text message", "post": "Letter", "social": "Social media"}
INVENTED: Final[dict[str, Any]] = {
    "name": "Amina", "service": "Missed bin", "reference": "4HTK-7W2C", "own_reference": "8DRC-3MWH", "request": "4HTK-7W2C",
    "spoken": "4, Hotel, Tango, Kilo – 7, Whiskey, 2, Charlie", "place": "14 Mill Lane",
    "code": "482 915", "minutes": "10", "words": "How big is it?\n1 Hand sized\n2 Door sized\nReply with the number.",
    "track": "https://my.example.org/track/4HTK-7W2C", "status": "With the crew", "team": "Waste",
    "promise": "We’ll collect it by Thursday 26 November, 5pm.", "due": "Thursday 26 November, 5pm",
    "due_date": "26/11/2026", "length": "2 working days", "acknowledge": "We’ll answer by Wednesday 25 November, 5pm.",
    "partner": "National Highways", "because": "the road is theirs", "partner_phone": "01632 960001",
    "partner_web": "https://partner.example.org", "their_reference": "P-1042",
    "manage": "https://my.example.org/agreements/abc", "left": "£36.00", "position": "53.80080, -1.54910",
    "account": "ending 4321", "schedule": "1 December: £12.00", "facts": "Depth: deep",
    "sender": "Leeds City Council", "notice": "10",
    "reason": "the lorry broke down", "question": "Which side of the house is the gate on?",
    "note": "The crew will come back tomorrow before midday.",
    "outcome": "Collected", "rate": "https://my.example.org/rate/4HTK-7W2C",
    "was_due": "Thursday 26 November, 5pm", "new_date": "Friday 27 November, 5pm",
    "redress": "We’ll take £5 off your next garden waste bill.", "link": "https://my.example.org/carry-on/abc",
    "until": "Saturday 5 December", "site": "https://my.example.org", "near": "14 Mill Lane",
    "stop": "https://my.example.org/stop/abc", "confirm": "https://my.example.org/follow/abc",
    "says": "The lamp was mended", "what": "Bulky collection",
    "when": "Thursday 26 November, between 8am and noon", "was": "Tuesday 24 November, between 8am and noon",
    "ahead": True,
    "where": "14 Mill Lane", "needs": "a lift to carry it out", "before": "Put it by the gate by 8am.",
    "ours": True, "amount": "£24.00", "how": "You can pay by card.", "pay": "https://my.example.org/pay/abc",
    "why": "The time was no longer free.", "lines": "Three things: £24.00", "vat": "£4.00",
    "paid_at": "Monday 23 November, 10:12am", "back": "£24.00",
    "change": "a passkey was added", "number": "7WRB-2JNT", "systems": "Council tax",
    "stays": "Payments (2), until Thursday 31 March 2033: the books must show them.",
    "member": "Councillor Dorothy Hale", "about": "damp in your flat",
    "officer": "Ravi Patel", "nobody": False, "kind": "Social care",
    "title": "Bins not emptied", "text": "A second lorry comes this afternoon. Leave your bin out.",
    "next_news": "2.30pm today", "new_day": "Friday 27 November",
    "count": "3", "more": "",
    "news": "Missed bin, 4HTK-7W2C: the crew is on its way.\n\nStreet light, 8QWE-2RTY: the part has come.",
    "promised_day": "27/11/2026",
    "subject": "Re: The lamp outside our house",
    "contractor": "Hilltop Roofing", "contractor_phone": "0113 496 0302", "visit": "https://my.example.org/repairs/abc",
    "some": "Thursday 26 November, between 8am and midday",
    "things_left": "wardrobe", "things_taken": "sofa and mattress",
    "ticket": "A12", "wait": "about 8 minutes", "desk": "Desk 3",
    "had": "3 places",
    "part": "£12.00", "also": "3 times: then every week on 1 and 8 December", "following": "and 3 more after it",
    "times": "1 Thursday 8am, 2 Friday noon",
    "who": "Ann Lee", "speaks_as": "carer", "areas": "Bins and waste, Streets and roads",
    "shown": "A letter the customer signed",
    "permit": "resident parking permit", "starts": "1 December 2026", "ends": "30 November 2027", "renew": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateShape:
    """A message template: when it goes, on what, and how it reads there. `parts`: how many
    text messages it is charged as; `problem`: why it cannot be shown."""

    code: str
    about: str
    channels: str
    always: bool
    subject: str = ""
    email: str = ""
    sms: str = ""
    parts: int = 0
    problem: str = ""


def templates(pack: Pack) -> list[TemplateShape]:
    """Return every template without its words."""
    return [_line(code, held) for code, held in pack.of(MESSAGES).items()]


def template(pack: Pack, code: str) -> TemplateShape | None:
    """Return one template with its words filled in, or nothing when there is none of this code."""
    held = pack.of(MESSAGES).get(code)
    if held is None:
        return None
    values = INVENTED | {"council": pack.council.short_name or pack.council.name}
    line = _line(code, held)
    try:
        sms = plainer(fill(held.sms or held.social, values)) if held.sms or held.social else ""
        email = as_text(_markdown.parse(fill_markdown(held.body, values))) if held.body else ""
        subject = fill(held.subject, values) if held.subject else ""
    except TemplateError as wrong:
        return replace(line, problem=f"It cannot be filled in: {wrong}")
    return replace(line, subject=subject, email=email, sms=sms, parts=measure(sms).segments if sms else 0)


def _line(code: str, held: MessageTemplate) -> TemplateShape:
    channels = " and ".join(CHANNEL_WORDS[channel] for channel in held.channels)
    return TemplateShape(code, held.about, channels, held.must)
