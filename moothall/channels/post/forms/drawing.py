"""A service's dialogue as a printed form: every question with its boxes, whose places are kept so that a scan can be read.

Four black squares near the corners say how a scanned page lies; a code on each page names service, page and the form's mark.
The mark is made of the words and the places: forms of one mark are alike to the millimetre, whoever printed them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moothall.channels.post.codes import drawing_of, form_code
from moothall.channels.post.paper import FONTS, MM, css_text, lay_out, page_of, pdf_of
from moothall.core.packs import Pack
from moothall.intake.paper import Box, asked_on_paper, boxes_of, only_if
from moothall.services.pack import Question, Service

MARK_MM: Final = 4.5
"""The side of a corner mark."""
CORNERS: Final = ((10.0, 10.0), (200.0, 10.0), (10.0, 287.0), (200.0, 287.0))
"""Where the corner marks have their middle, in millimetres from the top left of A4: the upper two, then the lower."""
MOST_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a box stands: its page (from 1) and its edges in millimetres from the top left."""

    key: str
    kind: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Form:
    """A printed form: its PDF, its mark (eight capitals), how many pages it has, where its boxes stand."""

    service: str
    language: str
    large: bool
    mark: str
    pages: int
    boxes: tuple[Placed, ...]
    pdf: bytes

    def layout(self) -> list[list[Any]]:
        """The places of the boxes as plain values, to be kept."""
        return [[b.key, b.kind, b.page, b.left, b.top, b.right, b.bottom] for b in self.boxes]


def draw_form(pack: Pack, service: Service, *, large: bool = False) -> Form:
    """Return the form of a service in the council's first language, in large print if wished. Drawn once a process.

    Raises:
        NoPrinter: nothing can be drawn here. ValueError: it would be longer than twenty pages.
    """
    key = (pack.sha256, service.code, large)
    if key not in _drawn:
        while len(_drawn) >= MOST_KEPT:
            _drawn.pop(next(iter(_drawn)), None)
        _drawn[key] = _draw(pack, service, large)
    return _drawn[key]


_drawn: dict[tuple[str, str, bool], Form] = {}
MOST_KEPT: Final = 64


def _draw(pack: Pack, service: Service, large: bool) -> Form:
    code, language = service.code, pack.council.languages[0]
    questions = asked_on_paper(service)
    body = _body(pack, service, questions, language, large, codes="")
    laid = lay_out(body)
    if len(laid.pages) > MOST_PAGES:
        raise ValueError("This form is too long for paper.")
    known = {box.key: box for question in questions for box in boxes_of(question)}
    placed = tuple(
        Placed(key, known[key].kind, number, *(round(edge / MM, 2) for edge in edges))
        for number, page in enumerate(laid.pages, 1)
        for name, edges in page.anchors.items()
        if (key := name.removeprefix("box-")) in known
    )
    told = json.dumps([body, [[b.key, b.page, b.left, b.top] for b in placed]], sort_keys=True)
    mark = base64.b32encode(hashlib.sha256(told.encode()).digest())[:8].decode("ascii")
    codes = "\n".join(
        f"@page :nth({number}) {{ @top-right {{ content: url({drawing_of(form_code(code, number, mark))}); }} }}"
        for number in range(1, len(laid.pages) + 1)
    )
    pdf = pdf_of(_body(pack, service, questions, language, large, codes=codes))
    return Form(code, language, large, mark, len(laid.pages), placed, pdf)


def _body(
    pack: Pack, service: Service, questions: Sequence[Question], language: str, large: bool, *, codes: str
) -> str:  # fmt: skip
    numbers = {question.id: number for number, question in enumerate(questions, 1)}
    ways = {way.channel: way.value for way in pack.council.contact}
    return str(
        page_of(_PAGE).render(
            council_css=css_text(pack.council.name), service=service, language=language, large=large, codes=codes,
            fonts=FONTS, corners=CORNERS, mark_mm=MARK_MM, address=ways.get("post", pack.council.name),
            phone=ways.get("phone", ""),
            asked=[_put(question, numbers, service.by_question) for question in questions],
        )
    )  # fmt: skip


def _put(question: Question, numbers: Mapping[str, int], known: Mapping[str, Question]) -> dict[str, Any]:
    boxes: tuple[Box, ...] = boxes_of(question)
    return {
        "number": numbers[question.id], "label": question.label_on("post"), "hint": question.hint_on("post") or "",
        "only_if": only_if(question.show_when, known, numbers), "required": question.required,
        "several": question.type == "multi_choice", "boxes": boxes, "row": question.type == "date",
    }  # fmt: skip


_PAGE = """\
<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><title>{{ service.name }}: form</title>
<style>
@page { size: A4; margin: 40mm 20mm 22mm 20mm;
  @top-left { content: {{ council_css }}; font: bold 13pt {{ fonts }}; vertical-align: middle; }
  @top-right { content: ""; vertical-align: middle; width: 40mm; }
  @bottom-center { content: "Page " counter(page) " of " counter(pages); font: 9pt {{ fonts }}; } }
{{ codes | safe }}
body { margin: 0; font: {{ "18pt" if large else "11pt" }}/1.35 {{ fonts }}; color: #000; }
h1 { font-size: 1.5em; margin: 0 0 2mm; line-height: 1.2; }
.how { margin: 0 0 6mm; }
.corner { position: fixed; width: {{ mark_mm }}mm; height: {{ mark_mm }}mm; background: #000; }
section { break-inside: avoid; margin: 0 0 6mm; border-top: .3mm solid #777; padding-top: 2.5mm; }
h2 { font-size: 1.05em; margin: 0 0 .8mm; line-height: 1.3; }
p { margin: 0 0 1mm; }
.hint, .only { font-size: .92em; color: #222; }
.only { font-weight: bold; }
.tick { margin: 1.6mm 0 0; display: flex; align-items: center; }
.tick .box { flex: none; width: {{ 7 if large else 5.5 }}mm; height: {{ 7 if large else 5.5 }}mm; border: .35mm solid #000; margin-right: 3mm; }
.write { margin: 1.6mm 0 0; }
.write .box { border: .35mm solid #000; margin-top: .6mm; height: {{ 12 if large else 9 }}mm; }
.row { display: flex; }
.row .write { margin-right: 4mm; }
.short .box { width: {{ 32 if large else 24 }}mm; }
.half .box { width: 85mm; }
{% for n in range(2, 7) %}.lines-{{ n }} .box { height: {{ (12 if large else 9) * n }}mm; }
{% endfor %}
.end { break-inside: avoid; border-top: .3mm solid #777; padding-top: 2.5mm; }
</style></head>
<body>
{% for x, y in corners %}<div class="corner" style="left: {{ x - 20 - mark_mm / 2 }}mm; top: {{ y - 40 - mark_mm / 2 }}mm"></div>
{% endfor %}
<h1>{{ service.name }}</h1>
<p class="how">Write in CAPITALS with a black pen, inside the boxes. Put a cross in the box of your answer. If you cross the wrong box, fill it in black and cross the right one.</p>
{% for one in asked %}
<section>
<h2>{{ one.number }}. {{ one.label }}</h2>
{% if one.only_if %}<p class="only">{{ one.only_if }}</p>{% endif %}
{% if one.hint %}<p class="hint">{{ one.hint }}</p>{% endif %}
{% if not one.required %}<p class="hint">You may leave this empty.</p>{% elif one.several %}<p class="hint">Cross all that apply.</p>{% endif %}
{% if one.row %}<div class="row">{% endif %}
{% for box in one.boxes %}
{% if box.kind == "tick" %}<div class="tick"><div class="box" id="box-{{ box.key }}"></div><div>{{ box.label }}</div></div>
{% else %}<div class="write {{ box.width }} lines-{{ box.lines }}">{% if box.label %}<div class="hint">{{ box.label }}</div>{% endif %}<div class="box" id="box-{{ box.key }}"></div></div>
{% endif %}
{% endfor %}
{% if one.row %}</div>{% endif %}
</section>
{% endfor %}
<div class="end"><p><strong>Send this form to:</strong> {{ address }}</p>{% if phone %}<p>If you need help with it, ring {{ phone }}.</p>{% endif %}</div>
</body></html>
"""  # noqa: E501
