"""What a sent file is, whatever it says it is."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.documents import actions, queries, storage
from moothall.documents.models import Document
from moothall.documents.rules import LARGEST, NAME_MAX, FileRefused, check_file, safe_name, true_kind

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"0" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def photo(colour: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(held, "PNG")
    return held.getvalue()


def packed(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"), (PNG, "image/png"), (PDF, "application/pdf"), (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic0000", "image/heic"), (b"II*\x00" + b"0" * 20, "image/tiff"),
        ("Dear council, café".encode(), "text/plain"),
        (packed("[Content_Types].xml", "word/document.xml"),
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"MZ\x90\x00" + b"\x00" * 60, ""), (b"\x7fELF\x02\x01", ""), (b"<html><script>", ""), (b"#!/bin/sh\n", ""),
        (b"  \n<svg onload=alert(1)>", ""), (packed("evil.exe"), ""), (packed("word/document.xml", "word/vbaProject.bin"), ""),
        (b"\x00\x00\x00\x18ftypmp42", ""), (b"", "text/plain"), ("Grüße".encode("latin-1"), ""),
    ],
)  # fmt: skip
def test_the_content_says_what_it_is(content: bytes, kind: str) -> None:
    assert true_kind(content) == kind


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"), ("../../etc/passwd", "passwd"), ("C:\\Users\\me\\a.pdf", "a.pdf"), ("", "file"),
        ("a\x00b\n.png", "ab.png"), ("\u202egpj.exe", "gpj.exe"), ('x"; filename="y.html', "x filename=y.html"), ("...", "file"),
    ],
)  # fmt: skip
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_any_name_comes_out_short_and_plain(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= NAME_MAX
    assert not set(safe) & set('/\\<>:"|?*\x00\n')
    assert safe_name(safe) == safe


@given(st.binary(max_size=300), st.text(max_size=30), st.booleans())
def test_any_content_is_taken_or_refused_in_words(content: bytes, name: str, photo: bool) -> None:
    try:
        checked = check_file(name, content, photo=photo)
    except FileRefused as why:
        assert str(why).endswith(".")  # noqa: PT017 - whichever it is, it is said
    else:
        assert checked.media_type == true_kind(content)


def test_what_is_refused_says_what_to_send() -> None:
    with pytest.raises(FileRefused, match="is empty"):
        check_file("a.jpg", b"", photo=True)
    with pytest.raises(FileRefused, match="larger than 15 MB"):
        check_file("a.jpg", JPEG + b"0" * LARGEST, photo=True)
    with pytest.raises(FileRefused, match=r"Send a photo \(JPEG"):
        check_file("a.jpg", PDF, photo=True)
    assert check_file("holiday.gif", JPEG, photo=True).name == "holiday.jpg"


@pytest.mark.django_db
def test_the_same_content_is_kept_once_and_counted_per_question(clock: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    mine, hers = uuid4(), uuid4()

    def keep(dialogue: Any, content: bytes, most: int = 2) -> Document:
        return actions.keep_upload(
            name="a.png", content=content, photo=True, dialogue_id=dialogue, question="photo", most=most, by=ANONYMOUS,
            at=clock.now(),
        )  # fmt: skip

    first = keep(mine, photo("red"))
    assert keep(mine, photo("red")).id == first.id
    other = keep(hers, photo("red"))
    assert other.path == first.path
    keep(mine, photo("blue"))
    with pytest.raises(FileRefused, match="the most we can take"):
        keep(mine, photo("green"))
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 2
    actions.take_away(first.id, dialogue_id=hers, by=ANONYMOUS, at=clock.now())
    assert Document.objects.filter(id=first.id).exists()  # only who sent it may take it away
    case = uuid4()
    assert actions.give_to_case(mine, case_id=case, customer_id=None, documents=[first.id, other.id]) == 1
    found = queries.content_of(first.id, case_id=case, visible_to=SYSTEM)
    assert found is not None
    assert found[1] == storage.get(first.path)
    assert true_kind(found[1]) == "image/jpeg"
