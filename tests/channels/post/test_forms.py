"""Paper forms: drawn, filled, scanned and read back; ticks by how full a box is, handwriting left to a person."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from moothall.cases.models import Case
from moothall.channels.post.codes import codes_on
from moothall.channels.post.forms import Form, print_form
from moothall.channels.post.forms.marks import read_marks
from moothall.channels.post.paper import can_draw
from moothall.channels.post.reading import read_scan
from moothall.channels.post.words import PageWords
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.documents.models import Document
from moothall.intake.paper import asked_on_paper
from moothall.postroom.actions import take_scan
from moothall.postroom.models import Letter, PrintedForm
from moothall.services.pack import SERVICES
from tests.channels.paper import filled, said
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import BIN

pytestmark = [
    pytest.mark.django_db, pytest.mark.skipif(not can_draw(), reason="Pango is not installed here"),
]  # fmt: skip
MISSED = "missed-bin"


@pytest.fixture
def form(council: Pack, clock: MovableClock) -> Form:
    """The form for a missed bin."""
    return print_form(council, council.of(SERVICES)[MISSED], at=clock.now())


def pages_drawn(pdf: bytes) -> list[Image.Image]:
    document: Any = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=200 / 72, grayscale=True).to_pil().convert("L") for page in document]


def test_a_form_is_printed_alike_each_time_and_known_by_its_mark(
    form: Form, council: Pack, clock: MovableClock
) -> None:
    again = print_form(council, council.of(SERVICES)[MISSED], at=clock.now())
    assert (again.mark, again.boxes) == (form.mark, form.boxes)
    assert PrintedForm.objects.filter(mark=form.mark).count() == 1
    large = print_form(council, council.of(SERVICES)[MISSED], large=True, at=clock.now())
    assert large.mark != form.mark
    for number, page in enumerate(pages_drawn(form.pdf), 1):
        (code,) = codes_on(page)
        assert (code.kind, code.service, code.page, code.mark) == ("form", MISSED, number, form.mark)


def test_boxes_lie_where_the_layout_says(form: Form) -> None:
    pictures = pages_drawn(form.pdf)
    for box in form.boxes:
        picture = pictures[box.page - 1]
        scale = picture.width / 210
        middle = (box.top + box.bottom) / 2
        edge = [picture.getpixel((round((box.left + d / 10) * scale), round(middle * scale))) for d in range(-5, 6)]
        assert min(edge) < 120, box.key  # type: ignore[type-var]


def crossed(form: Form, keys: set[str], *, faint: str = "") -> list[Image.Image]:
    """The form's pages with boxes crossed by pen."""
    pictures = pages_drawn(form.pdf)
    for box in form.boxes:
        if box.key not in keys | {faint}:
            continue
        pen = ImageDraw.Draw(pictures[box.page - 1])
        scale = pictures[0].width / 210
        x1, y1, x2, y2 = (edge * scale for edge in (box.left + 0.6, box.top + 0.6, box.right - 0.6, box.bottom - 0.6))
        if box.key == faint:
            pen.line((x1 + 14, y1 + 14, x1 + 20, y1 + 20), fill=10, width=3)
        else:
            pen.line((x1, y1, x2, y2), fill=20, width=4)
            pen.line((x1, y2, x2, y1), fill=20, width=4)
    return pictures


@pytest.mark.long
@pytest.mark.parametrize("spoiled", ["as it is", "crooked and shifted", "small"])
def test_ticks_are_read_however_the_page_lies(form: Form, spoiled: str) -> None:
    ticks = [box.key for box in form.boxes if box.kind == "tick"]
    wanted = set(ticks[::2])
    found: dict[str, dict[str, Any]] = {}
    for number, picture in enumerate(crossed(form, wanted), 1):
        seen = picture
        if spoiled == "crooked and shifted":
            sheet = Image.new("L", (picture.width + 40, picture.height + 60), 255)
            sheet.paste(picture, (25, 18))
            seen = sheet.rotate(0.4, resample=Image.Resampling.BICUBIC, fillcolor=255)
        elif spoiled == "small":
            seen = picture.resize((round(picture.width * 0.75), round(picture.height * 0.75)), Image.Resampling.LANCZOS)
        found |= read_marks(PageWords(seen, (), "", 90.0, "en", 0.0), form.layout(), page=number, typed=False)
    assert {key for key, held in found.items() if held.get("ticked")} == wanted
    assert all(found[key]["sure"] for key in ticks)


def test_a_faint_tick_and_a_page_without_its_corners_are_not_sure(form: Form) -> None:
    first = next(box for box in form.boxes if box.kind == "tick")
    picture = crossed(form, set(), faint=first.key)[first.page - 1]
    held = read_marks(PageWords(picture, (), "", 90.0, "en", 0.0), form.layout(), page=first.page, typed=False)
    assert not held[first.key]["sure"]
    cut = picture.crop((0, 0, picture.width - 150, picture.height - 260))
    held = read_marks(PageWords(cut, (), "", 90.0, "en", 0.0), form.layout(), page=first.page, typed=False)
    assert not any(one["sure"] for one in held.values())


def scanned(pages: list[Image.Image], clock: MovableClock) -> Letter:
    content = io.BytesIO()
    pages[0].save(content, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    scan, _ = take_scan(
        name="form.pdf", content=content.getvalue(), channel="post", source="desk", received_at=clock.now(), by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    (letter,) = read_scan(scan.id, at=clock.now())
    return Letter.objects.get(id=letter)


@pytest.mark.long
def test_a_scan_of_a_filled_form_waits_for_a_person_with_its_ticks_read(form: Form, clock: MovableClock) -> None:
    ticks = [box.key for box in form.boxes if box.kind == "tick"]
    letter = scanned(crossed(form, set(ticks[:1])), clock)
    assert letter.state == "waiting"
    sheets = list(letter.sheets.order_by("place"))
    assert {sheet.filled["mark"] for sheet in sheets} == {form.mark}
    boxes = {key: held for sheet in sheets for key, held in sheet.filled["boxes"].items()}
    assert {key for key, held in boxes.items() if held.get("ticked")} == {ticks[0]}
    assert not Case.objects.exists()


def test_a_form_filled_on_a_screen_becomes_its_case_by_itself(form: Form, council: Pack, clock: MovableClock) -> None:
    service = council.of(SERVICES)[MISSED]
    home = {"line1": "14 Mill Lane", "postcode": "LS21 1AA"}
    answers = BIN | {"address": home, "contact": {"phone": "+447700900123"}}
    content = filled(form, {key: text for one in asked_on_paper(service) for key, text in said(one, answers).items()})
    scan, _ = take_scan(
        name="f.pdf", content=content, channel="post", source="desk", received_at=clock.now(), by=SYSTEM, at=clock.now()
    )
    (letter_id,) = read_scan(scan.id, at=clock.now())
    letter = Letter.objects.get(id=letter_id)
    assert letter.state == "filed", [sheet.filled for sheet in letter.sheets.all()]
    case = Case.objects.get()
    assert (case.service, case.channel) == (MISSED, "post")
    assert Document.objects.filter(case_id=case.id, name="form.pdf").count() == 1
