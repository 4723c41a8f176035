"""Letters out: print-ready and tagged, the address in its window, a code that brings answers home; who carries them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest

from moothall.channels.post.codes import codes_on
from moothall.channels.post.letter import WINDOW_MM, address_lines, letter_pdf, reference_in
from moothall.channels.post.paper import can_draw
from moothall.core.references import reference_of, show_reference
from moothall.notifications.adapters.folder import FolderSender
from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify.twin import KEY, TEMPLATES, Twin
from moothall.notifications.protocols import Envelope, NotNow, Refused
from tests.conftest import MovableClock

pytestmark = [pytest.mark.skipif(not can_draw(), reason="Pango is not installed here")]
REFERENCE = reference_of(4711)
TO = "Amina Dunn, 14 Mill Lane, Otley, Leeds, LS21 1AA"


def letter(**more: Any) -> bytes:
    return letter_pdf(
        **{
            "body": f"Dear Amina,\n\nIt is mended.\n\n- One\n- Two\n\nOur reference is {show_reference(REFERENCE)}.",
            "to": TO, "subject": "The lamp outside number 14", "council": "Leeds City Council",
            "sender": ["0113 496 0000"], "day": "2 March 2026", "enclosures": ["A map"], **more,
        }
    )  # fmt: skip


def test_a_letter_is_tagged_as_pdf_ua_asks() -> None:
    with pikepdf.open(io.BytesIO(letter(language="cy"))) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked is True or bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "cy"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert told["dc:title"] == "The lamp outside number 14"
        kinds: list[str] = []

        def walk(node: Any) -> None:
            if isinstance(node, pikepdf.Array):
                for one in node:  # type: ignore[attr-defined]
                    walk(one)
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                kinds.append(str(node.S))
                if str(node.S) == "/Figure":
                    assert REFERENCE[:4] in str(node.get("/Alt", "")), "the code says in words what it is"
                if "/K" in node:
                    walk(node.K)

        walk(root.StructTreeRoot.K)
        assert {"/H1", "/P", "/L", "/LI", "/Figure"} <= set(kinds)
        for page in pdf.pages:
            for font in (page.Resources.get("/Font") or {}).values():
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys()), (
                    "a font is not in it"
                )


def test_a_letter_has_the_sites_own_face_and_no_line_ends_inside_a_reference() -> None:
    quoted = show_reference(REFERENCE)
    escaped = quoted.replace("-", r"\-")
    lines = [f"{'wide ' * (3 + pad // 3)}{'x' * (1 + pad % 3 * 2)} {escaped} goes on" for pad in range(30)]
    subject = f"The lamp outside number 14, as you asked on Monday {quoted}"
    pdf = letter(subject=subject, large=True, body="\n\n".join(lines))
    with pikepdf.open(io.BytesIO(pdf)) as held:
        faces = {str(font.BaseFont) for font in held.pages[0].Resources.Font.values()}
    assert all("Atkinson" in one for one in faces), faces
    document: Any = pypdfium2.PdfDocument(pdf)
    words = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert words.count(quoted) == 30 + 1 + 1, "each of the words, the heading, and beside the address"


def placed(pdf: bytes) -> list[tuple[str, float, float]]:
    document: Any = pypdfium2.PdfDocument(pdf)
    page = document[0]
    height, text, out = page.get_size()[1], page.get_textpage(), []
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        words = text.get_text_bounded(left, bottom, right, top).strip()
        out.append((words, left * 25.4 / 72, (height - top) * 25.4 / 72))
    return out


@pytest.mark.parametrize("large", [False, True])
def test_the_address_stands_in_its_window_and_nothing_else_does(large: bool) -> None:
    left, top, width, tall = WINDOW_MM
    long = "Amina Dunn, Flat 3, The Old Mill, 14 Mill Lane, Lower Green, Otley, Leeds, LS21 1AA"
    for to in (TO, long):
        inside = [
            words for words, x, y in placed(letter(to=to, large=large))
            if left - 5 < x < left + width + 5 and top - 5 < y < top + tall + 5
        ]  # fmt: skip
        assert inside[0] == "Amina Dunn"
        assert inside[-1] == "LS21 1AA"
        assert len(inside) == len(address_lines(to)) <= 7


def test_the_code_of_a_letter_is_read_and_names_its_case() -> None:
    document: Any = pypdfium2.PdfDocument(letter())
    picture = document[0].render(scale=200 / 72, grayscale=True).to_pil().convert("L")
    (code,) = codes_on(picture)
    assert (code.kind, code.reference) == ("letter", REFERENCE)
    assert reference_in("nothing of ours: ABCD-EFGH") == ""


def test_words_of_a_customer_are_never_markup() -> None:
    document: Any = pypdfium2.PdfDocument(letter(to="<b>Amina</b>, 1 Hill", body="<script>x</script> & *so*"))
    words = document[0].get_textpage().get_text_bounded()
    assert "<b>Amina</b>" in words
    assert "<script>x</script> & so" in words


def envelope(pdf: bytes = b"%PDF-1.7 a letter") -> Envelope:
    id_ = uuid4()
    return Envelope(message_id=id_, reference=f"{id_}.1", channel="post", to=TO, text="words", pdf=pdf)


def test_the_print_folder_has_each_letter_once_and_whole(tmp_path: Path, clock: MovableClock) -> None:
    sender, one = FolderSender(tmp_path), envelope()
    assert sender.find(one.reference) is None
    for _ in range(2):
        sender.send(one)
    (kept,) = tmp_path.rglob("*.pdf")
    assert kept.read_bytes() == one.pdf
    assert sender.find(one.reference) is not None
    with pytest.raises(NotNow):
        sender.send(envelope(b""))


@pytest.fixture
def twin() -> Iterator[Twin]:
    made = Twin().start()
    yield made
    made.stop()


def test_a_letter_goes_through_notify_as_it_was_drawn(twin: Twin) -> None:
    sender, one = NotifySender(KEY, twin.url, TEMPLATES), envelope(letter())
    accepted = sender.send(one)
    (row,) = twin.by_reference(one.reference)
    assert (row["id"], row["type"], row["pdf"]) == (accepted.provider_id, "letter", one.pdf)
    found = sender.find(one.reference)
    assert found is not None
    assert found.provider_id == row["id"]
    with pytest.raises(Refused):
        sender.send(envelope(b"no PDF at all"))
