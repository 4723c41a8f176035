"""How a letter leaves: a print-ready PDF (PDF/UA-1) with the address in its window and the code that brings answers home.

Measures: A4, folded twice into a DL envelope (or once into C5) as used in the United Kingdom. The address block begins
24.6 mm from the left and 39.5 mm from the top and is 95.4 by 26.8 mm, which is also where GOV.UK Notify looks for it;
nothing else stands within 5 mm of it, and nothing at all within 15 mm of the sides. Large print is 18 points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from moothall.channels.email.letter import as_text
from moothall.channels.post.codes import drawing_of, letter_code
from moothall.channels.post.paper import FONTS, OURS, can_draw, faces, page_of, pdf_of
from moothall.channels.unbroken import REFERENCE, markdown, unbroken
from moothall.core.references import NotAReference, read_reference, show_reference
from moothall.core.zone import LONDON
from moothall.customers.pack import LANGUAGES
from moothall.notifications.protocols import Envelope
from moothall.notifications.senders import Outgoing

LARGE: Final = "large-print"
MOST_LINES: Final = 7
WINDOW_MM: Final = (24.6, 39.5, 95.4, 26.8)
"""Left, top, width and height of the address block."""
_POSTCODE_LAST = re.compile(r"(.+?)\s+([A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2})")


def render_letter(outgoing: Outgoing) -> Envelope:
    """Return the envelope with the letter as a PDF, and its words alone for who looks at it on a screen.

    Where nothing can be drawn it has no PDF, and who should carry it puts it off until that is mended.
    """
    envelope, pack = outgoing.envelope, outgoing.pack
    spoken = pack.of(LANGUAGES).get(outgoing.language)
    day = f"{outgoing.at.astimezone(LONDON):%-d %B %Y}" if outgoing.at else ""
    text = as_text(markdown().parse(outgoing.body)) + f"\n\n{pack.council.name}\n"
    if not can_draw():
        return replace(envelope, text=text)
    return replace(
        envelope, text=text,
        pdf=letter_pdf(
            body=outgoing.body, to=envelope.to, subject=envelope.subject, council=pack.council.name,
            sender=[way.value for way in pack.council.contact if way.channel in {"post", "phone", "email"}][:4],
            language=outgoing.language, right_to_left=spoken is not None and spoken.right_to_left,
            large=outgoing.format == LARGE, day=day, enclosures=outgoing.enclosures,
        ),
    )  # fmt: skip


def letter_pdf(
    *, body: str, to: str, subject: str, council: str, sender: Sequence[str] = (), language: str = "en",
    right_to_left: bool = False, large: bool = False, day: str = "", enclosures: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Return a letter as PDF/UA-1. ``body`` is Markdown; ``to`` has name and address, by lines or commas.

    A reference of ours in the words is printed as a code beside the address, so that a letter that comes back with it is
    known. ``enclosures`` are named under the words.

    Raises:
        NoPrinter: nothing can be drawn here.
    """
    reference = reference_in(f"{subject}\n{plain(body)}")
    left, top, width, height = WINDOW_MM
    return pdf_of(
        page_of(_PAGE).render(
            body=Markup(markdown().render(body)),  # noqa: S704  Markdown with HTML off
            to=address_lines(to), subject=subject, heading=unbroken(subject), council=council, sender=sender,
            language=language, direction="rtl" if right_to_left else "ltr", large=large, day=day, faces=faces(),
            fonts=OURS + Markup(", ") + FONTS, enclosures=list(enclosures),
            reference=show_reference(reference) if reference else "",
            code=drawing_of(letter_code(reference)) if reference else "",
            window={"left": left, "top": top, "width": width, "height": height},
        )
    )  # fmt: skip


def plain(body: str) -> str:
    """Return Markdown's words without what Markdown needs."""
    return as_text(markdown().parse(body))


def reference_in(text: str) -> str:
    """Return the first reference of ours in a letter's words, in its stored form; empty where there is none."""
    for found in REFERENCE.findall(text):
        try:
            return read_reference(found)
        except NotAReference:
            continue
    return ""


def address_lines(text: str) -> list[str]:
    """Return an address as it stands in the window: a line each, the postcode on the last, seven at most."""
    parts = [part.strip() for part in re.split(r"[\n,]", text) if part.strip()]
    if parts and (found := _POSTCODE_LAST.fullmatch(parts[-1])):
        parts[-1:] = [found[1], found[2].upper()]
    while len(parts) > MOST_LINES:  # the number of a house belongs to its street before anything else is joined
        at = next((n for n, part in enumerate(parts[1:-2], 1) if re.fullmatch(r"\d+[A-Za-z]?", part)), len(parts) - 3)
        parts[at : at + 2] = [", ".join(parts[at : at + 2])]
    return parts


_PAGE = """\
<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><title>{{ subject or council }}</title>
<style>
{{ faces }}
@page { size: A4; margin: 20mm 20mm 20mm 24.6mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt {{ fonts }}; } }
@page :first { margin-top: 12mm; }
body { margin: 0; font: {{ "18pt" if large else "12pt" }}/1.45 {{ fonts }}; color: #111; }
.who { position: absolute; top: 0; left: 0; width: 90mm; font-size: 16pt; line-height: 1.2; font-weight: bold; margin: 0; }
.ways { position: absolute; top: 0; right: 0; width: 62mm; font-size: 9.5pt; line-height: 1.35; text-align: right; margin: 0; }
.window { position: absolute; top: {{ window.top - 12 }}mm; left: {{ window.left - 24.6 }}mm; width: {{ window.width }}mm; max-height: {{ window.height }}mm; font-size: 10.5pt; line-height: {{ 3.8 if to | length > 6 else 4.3 }}mm; margin: 0; direction: ltr; text-align: left; }
.beside { position: absolute; top: {{ window.top - 12 }}mm; right: 0; width: 44mm; text-align: right; font-size: 10pt; line-height: 1.35; direction: ltr; }
.beside p { margin: 0; }
.code { display: block; width: 24mm; height: 24mm; margin: -3mm -2mm 0 auto; }
.text { margin-top: {{ window.top + window.height + 14 - 12 }}mm; }
.text p, .text li { margin: 0 0 .8em; orphans: 2; widows: 2; }
h1 { font-size: 1.1em; margin: 0 0 .9em; }
a { color: inherit; overflow-wrap: anywhere; }
a::after { content: " (" attr(href) ")"; }
.end { margin-top: 1.4em; break-inside: avoid; }
</style></head>
<body>
<p class="who">{{ council }}</p>
{% if sender %}<p class="ways">{% for line in sender %}{{ line }}{% if not loop.last %}<br>{% endif %}{% endfor %}</p>{% endif %}
<p class="window">{% for line in to %}{{ line }}{% if not loop.last %}<br>{% endif %}{% endfor %}</p>
<div class="beside">{% if code %}<img class="code" src="{{ code }}" alt="Code of this letter: {{ reference }}">{% endif %}{% if day %}<p>{{ day }}</p>{% endif %}{% if reference %}<p>{{ reference }}</p>{% endif %}</div>
<div class="text" dir="{{ direction }}">{% if subject %}<h1>{{ heading }}</h1>{% endif %}{{ body }}
<p class="end">{{ council }}</p>
{% if enclosures %}<p>Enclosed: {{ enclosures | join("; ") }}</p>{% endif %}</div>
</body></html>
"""  # noqa: E501
