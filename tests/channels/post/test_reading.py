"""Pages read by Tesseract itself: upright, level, in their language; scans into letters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from moothall.channels.post.codes import SEPARATOR_CODE, letter_code
from moothall.channels.post.folders import take_folder
from moothall.channels.post.pages import pages_of
from moothall.channels.post.reading import read_scan
from moothall.channels.post.words import installed, language_of, read_page
from moothall.core.actors import SYSTEM
from moothall.intake.actions import raise_request
from moothall.postroom.actions import take_scan
from moothall.postroom.models import Letter, Scan, Sheet
from moothall.services.pack import SERVICES
from tests.channels.post.test_pages import code, file_of
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import BIN
from tests.shared_data import shared_data

pytestmark = [pytest.mark.skipif(not installed(), reason="Tesseract is not installed here")]
POLISH = (
    "Szanowni Państwo,", "piszę w sprawie zasiłku mieszkaniowego. Nie otrzymałam jeszcze", "decyzji i nie wiem, czy mam zapłacić czynsz.",  # noqa: E501
    "Proszę o odpowiedź, bo nie mogę dłużej czekać.", "Z poważaniem", "Anna Kowalska",
)  # fmt: skip


def font(size: int = 30) -> Any:
    for name in ("dejavu/DejaVuSans.ttf", "liberation/LiberationSans-Regular.ttf"):
        path = Path("/usr/share/fonts/truetype") / name
        if path.exists():
            return ImageFont.truetype(str(path), size)
    pytest.skip("No font to write a letter in")


def letter(*lines: str, under: Image.Image | None = None) -> Image.Image:
    made = Image.new("L", (1240, 1000), 255)
    pen = ImageDraw.Draw(made)
    for number, line in enumerate(lines):
        pen.text((100, 90 + 44 * number), line, font=font(), fill=20)
    if under is not None:
        made.paste(under, (900, 780))
    return made


def test_a_crooked_letter_upside_down_is_read_as_it_was_written() -> None:
    lines = (
        "Dear Sir or Madam",
        "The street light outside number fourteen has been",
        "out for three weeks and I have had no answer.",
    )
    read = read_page(letter(*lines).rotate(3, fillcolor=255).rotate(180))
    assert "street light outside number fourteen" in read.text
    assert read.sure > 80
    assert round(read.turned) in {177, 183}


@pytest.mark.skipif("pol" not in installed(), reason="Tesseract has no Polish here")
def test_a_polish_letter_is_read_in_polish() -> None:
    read = read_page(letter(*POLISH), languages=("en", "pl"))
    assert read.language == "pl"
    assert "zasiłku mieszkaniowego" in read.text


def test_a_language_is_told_by_its_commonest_words_and_in_doubt_is_the_councils() -> None:
    assert language_of(" ".join(POLISH), ("en", "pl")) == "pl"
    assert (
        language_of("Dear Sir, I am writing about the bin. It was not emptied and I have to walk.", ("en", "pl"))
        == "en"
    )
    assert language_of("Kowalska", ("en", "pl")) == "en"


@pytest.mark.long
def test_real_scans_are_read() -> None:
    folder = shared_data("scans/tesseract")
    for name, words in (("phototest.tif", "12 point text"), ("phototest-rotated-180.png", "12 point text"),
                        ("phototest-rotated-L.png", "12 point text"), ("deslant.tif", "correction"), ("eurotext.tif", "lazy")):  # fmt: skip  # noqa: E501
        (page,) = pages_of((folder / name).read_bytes())
        assert words in read_page(page).text, name


@pytest.mark.row("A6")
@pytest.mark.long
@pytest.mark.django_db
def test_one_stack_is_many_letters_and_ours_goes_home_by_itself(council: Any, clock: MovableClock) -> None:
    raised = raise_request(
        council.of(SERVICES)["missed-bin"], BIN | {"contact": {"name": "Amina Dunn", "phone": "+447700900123"}},
        pack=council, channel="web", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    clock.advance(timedelta(days=1))
    ours = letter("Amina Dunn", "14 Mill Lane", "Otley", "LS21 1AA", "Dear Council", "thank you for your letter.",
                  under=code(letter_code(raised.reference)))  # fmt: skip
    stack = file_of(
        letter("Dear Council", "the hedge by the library needs cutting.", "A resident"), Image.new("L", (1240, 1000), 255),
        code(SEPARATOR_CODE, 9), ours, kind="PDF", resolution=150,
    )  # fmt: skip
    scan, _ = take_scan(
        name="stack.pdf",
        content=stack,
        channel="post",
        source="desk",
        received_at=clock.now(),
        by=SYSTEM,
        at=clock.now(),
    )
    letters = read_scan(scan.id, at=clock.now())
    assert len(letters) == 2
    assert Sheet.objects.filter(scan=scan, blank=True).count() == 1
    first, second = (Letter.objects.get(id=one) for one in letters)
    assert first.state == "waiting"
    assert second.state == "filed", second.proposal
    assert second.done_by is None
    assert read_scan(scan.id, at=clock.now()) == []


@pytest.mark.django_db
def test_a_broken_scan_waits_for_a_person_and_blocks_nothing(council: Any, clock: MovableClock, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "b.tif").write_bytes(file_of(Image.new("L", (400, 400), 255)))
    (tmp_path / "c.pdf").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not a scan")
    assert take_folder(tmp_path, "fax", at=clock.now(), quiet=-1, half=-1) == 2
    assert "empty" in next((tmp_path / "refused").glob("*.txt")).read_text()
    assert [path.name for path in tmp_path.glob("*.*")] == ["notes.txt"]
    for scan in Scan.objects.all():
        read_scan(scan.id, at=clock.now())
    states = dict(Scan.objects.values_list("name", "state"))
    assert states["a.pdf"] == "failed"
    assert states["b.tif"] == "read"


def test_a_file_still_being_written_is_left(tmp_path: Path, clock: MovableClock) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 half of")
    assert take_folder(tmp_path, "post", at=clock.now(), quiet=60) == 0
    assert (tmp_path / "a.pdf").exists()
