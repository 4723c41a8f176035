"""Somebody fills a printed form on a screen and sends it: every service's way by paper, from the form to the case.

What is typed on the form lies in the PDF as text; the form is drawn, filled, taken in and read by the product's own reader.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Mapping
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from moothall.cases.models import Case
from moothall.channels.post.forms import Form, print_form
from moothall.channels.post.reading import read_scan
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.intake.paper import asked_on_paper, boxes_of
from moothall.intake.paper.boxes import BY_POST
from moothall.intake.posted import form_in, send_form
from moothall.intake.posted.forms import FormRefused, _marks_read
from moothall.places.queries import address
from moothall.postroom.actions import take_scan
from moothall.postroom.models import Letter
from moothall.postroom.queries import letter as letter_view
from moothall.services.pack import Question, Service

POINTS = 72 / 25.4


def by_paper(service: Service, wanted: Mapping[str, Any], clock: Any) -> Case | None:
    """Ask for a service on paper with these answers (in the forms that the other channels' drivers take); return the case."""
    at = clock.now()
    form = print_form(current_pack(), service, at=at)
    content = filled(
        form, {key: text for question in asked_on_paper(service) for key, text in said(question, wanted).items()}
    )
    scan, _ = take_scan(
        name="form.pdf", content=content, channel="post", source="desk", received_at=at, by=SYSTEM, at=at
    )
    (letter_id,) = read_scan(scan.id, at=at)
    letter = Letter.objects.get(id=letter_id)
    if letter.state == "waiting":  # something on it is for a person to confirm, who finds it as it was read
        view = letter_view(letter_id, visible_to=SYSTEM)
        assert view is not None
        assert form_in(view) is not None, f"{service.code}: its form is not known again"
        try:
            send_form(letter_id, marks=_marks_read(view), customer_id=None, by=SYSTEM, at=at)
        except FormRefused:  # a rule says no: whoever has the form open is told why, and writes back
            return None
    return Case.objects.filter(channel="post").order_by("-opened_at", "-id").first()


def said(question: Question, wanted: Mapping[str, Any]) -> dict[str, str]:
    """What one writes in the boxes of a question (by key) to give this answer; a cross in a box to tick."""
    value = wanted.get(question.id)
    if value is None:
        return {}
    keys = {box.part: box.key for box in boxes_of(question)}
    told: Mapping[str, Any]
    match question.type:
        case "choice" | "picture" | "yes_no" | "declaration":
            told = {str(value): "X"}
        case "multi_choice" | "photo" | "file":
            told = dict.fromkeys(value, "X")
        case "slot":
            told = {str(value): "X"}
        case "payment":
            told = {str(value["how"]): "X"}
        case "date":
            year, month, day = str(value).split("-")
            told = {"day": day, "month": month, "year": year}
        case "money":
            told = {"text": f"{value / 100:.2f}"}
        case "address" | "place":
            told = _where(question, value)
        case "items" if not question.options:
            told = {"text": "\n".join(value)}
        case "contact" if "by" in value:
            told = {BY_POST: "X"}
        case "person" | "contact" | "vehicle" | "items":
            told = value
        case _:
            told = {"text": str(value)}
    return {keys[part]: str(text) for part, text in told.items() if part in keys}


def _where(question: Question, value: Mapping[str, Any]) -> Mapping[str, Any]:
    uprn = str(value.get("uprn") or str(value.get("pick", "")).removeprefix("uprn:"))
    if not uprn.isdigit():
        return value
    there = address(int(uprn))
    assert there is not None
    number, street = there.text.split(",")[0].split(" ", 1)
    if question.type == "place":
        return {"search": f"{number} {street}, {there.postcode}"}
    return {"line1": f"{number} {street}", "postcode": there.postcode}


def filled(form: Form, written: Mapping[str, str]) -> bytes:
    """Return the form's PDF with words typed into its boxes, as a reader of PDFs adds them."""
    document: Any = pypdfium2.PdfDocument(form.pdf)
    places = {box.key: box for box in form.boxes}
    for key, text in written.items():
        box = places[key]
        page = document[box.page - 1]
        height = page.get_size()[1]
        for number, line in enumerate(text.split("\n")):
            size = 13.0 if box.kind == "tick" else 11.0
            one = pdfium.FPDFPageObj_NewTextObj(document.raw, b"Helvetica", ctypes.c_float(size))
            encoded = (line + "\0").encode("utf-16-le")
            pdfium.FPDFText_SetText(one, ctypes.cast(encoded, pdfium.FPDF_WIDESTRING))
            left = box.left + (0.9 if box.kind == "tick" else 2)
            down = box.bottom - 0.9 if box.kind == "tick" else box.top + 5.5 + 6 * number
            pdfium.FPDFPageObj_Transform(one, 1, 0, 0, 1, left * POINTS, height - down * POINTS)
            pdfium.FPDFPage_InsertObject(page.raw, one)
        pdfium.FPDFPage_GenerateContent(page.raw)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()
