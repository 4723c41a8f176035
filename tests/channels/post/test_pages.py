"""Scans taken apart, levelled, and the codes of ours found on them."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from moothall.channels.post.cleaning import clean, is_blank, specks, tilt_of
from moothall.channels.post.codes import (
    SEPARATOR_CODE,
    Code,
    codes_on,
    form_code,
    letter_code,
    read_code,
    svg_of,
)
from moothall.channels.post.pages import MOST_PAGES, CannotOpen, pages_of


def page(text: str = "lines", size: tuple[int, int] = (850, 1100)) -> Image.Image:
    made = Image.new("L", size, 255)
    pen = ImageDraw.Draw(made)
    for top in range(100, size[1] - 100, 40):
        for left in range(90, size[0] - 140, 60):
            pen.rectangle((left, top, left + 45, top + 12), fill=10)
    return made


def code(text: str, scale: int = 6) -> Image.Image:
    held = io.BytesIO()
    segno.make(text, error="m", micro=False).save(held, kind="png", scale=scale, border=4)
    return Image.open(held).convert("L")


def file_of(*pages: Image.Image, kind: str = "TIFF", **more: Any) -> bytes:
    held = io.BytesIO()
    pages[0].save(held, kind, save_all=True, append_images=pages[1:], **more)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_every_page_of_a_scan_comes_out_in_order(kind: str) -> None:
    content = file_of(
        page(), page(size=(700, 1000)), page(), kind=kind, **({"resolution": 100} if kind == "PDF" else {})
    )
    found = list(pages_of(content))
    assert len(found) == 3
    assert all(one.mode == "L" for one in found)
    assert found[1].width < found[0].width


def test_a_fax_of_flat_dots_is_stretched_to_a_page() -> None:
    (found,) = pages_of(file_of(page(size=(1728, 1100)).convert("1"), compression="group4", dpi=(204, 98)))
    assert found.height / found.width == pytest.approx(1100 * 204 / 98 / 1728, rel=0.02)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 and no more", b"II*\x00" + b"\x00" * 60, b"\x89PNG\r\n\x1a\n" + b"0" * 50, b"PK\x03\x04 a letter", b"\xff\xd8\xff\xe0" * 9],  # noqa: E501
)  # fmt: skip
def test_what_is_no_scan_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(CannotOpen, match=r"[.]$"):
        list(pages_of(content))


def test_a_broken_page_in_the_middle_refuses_the_scan_and_nothing_else() -> None:
    whole = file_of(page(), page(), page())
    with pytest.raises(CannotOpen):
        list(pages_of(whole[: len(whole) // 2]))


def test_a_picture_that_unpacks_to_far_too_much_is_refused() -> None:
    held = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(held, "PNG")
    assert len(held.getvalue()) < 100_000
    with pytest.raises(CannotOpen):
        list(pages_of(held.getvalue()))


def test_a_scan_of_too_many_pages_is_refused_before_any_is_drawn() -> None:
    tiny = Image.new("1", (30, 30), 1)
    with pytest.raises(CannotOpen, match="201 pages"):
        list(pages_of(file_of(*[tiny] * (MOST_PAGES + 1))))


@given(st.binary(max_size=400))
def test_any_bytes_are_pages_or_refused(content: bytes) -> None:
    with suppress(CannotOpen):
        assert all(one.mode == "L" for one in pages_of(content))


@pytest.mark.parametrize("degrees", [-7.0, -2.5, 0.0, 1.3, 5.0])
def test_a_crooked_page_is_levelled(degrees: float) -> None:
    crooked = page().rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert tilt_of(crooked) == pytest.approx(-degrees, abs=0.25)


def test_an_empty_side_is_blank_and_a_faded_letter_is_not() -> None:
    dice = random.Random(1)
    back = Image.new("L", (850, 1100), 245)
    for _ in range(60):
        back.putpixel((dice.randrange(60, 800), dice.randrange(60, 1000)), 90)
    assert is_blank(back)
    assert not is_blank(page().point(lambda v: 120 + v * 110 // 255))


def test_specks_of_a_fax_line_go_and_strokes_stay() -> None:
    dice, held = random.Random(2), page().convert("1").convert("L")
    for _ in range(6000):
        held.putpixel((dice.randrange(held.width), dice.randrange(held.height)), 0)
    assert specks(clean(held)) < specks(held) / 20
    assert clean(held).getpixel((100, 106)) < 60


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_code_of_our_letter_is_found_however_it_lies(turn: int) -> None:
    held = page()
    held.paste(code(letter_code("4HTK7W2C")), (600, 850))
    assert codes_on(held.rotate(turn, expand=True)) == []  # 4HTK7W2C has a wrong check: it is no reference
    right = page()
    right.paste(code(letter_code(REFERENCE)), (600, 850))
    assert codes_on(right.rotate(turn, expand=True)) == [Code("letter", reference=REFERENCE)]


def test_codes_of_others_are_left_alone() -> None:
    held = page()
    held.paste(code("https://example.org/ticket/1"), (90, 100))
    held.paste(code(SEPARATOR_CODE), (500, 700))
    assert codes_on(held) == [Code("separator")]
    assert read_code("MOOT:L:AAAA") is None
    assert read_code(form_code("blue-badge", 2, "ABCD2345")) == Code(
        "form", service="blue-badge", page=2, mark="ABCD2345"
    )
    assert svg_of(SEPARATOR_CODE).startswith("<svg")


from moothall.core.references import reference_of

REFERENCE = reference_of(12345)
