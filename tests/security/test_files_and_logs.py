"""Files that lie about what they are, and logs that must not tell of anyone."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from moothall.config.logging import PlainLines
from moothall.core.packs import Pack
from moothall.documents.rules import LARGEST, FileRefused, check_file
from moothall.services.pack import SERVICES

LIES = {
    "a page as a photo": ("a.jpg", b"<html><script>alert(1)</script>"),
    "a drawing with a script": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a programme": ("a.jpg", b"MZ\x90\x00\x03"),
    "an archive": ("a.jpg", b"PK\x03\x04" + b"\x00" * 60),
    "nothing": ("a.jpg", b""),
    "too large": ("a.jpg", b"\xff\xd8\xff" + b"\x00" * LARGEST),
}


def test_a_photo_that_is_none_is_refused() -> None:
    for name, content in LIES.values():
        with pytest.raises(FileRefused):
            check_file(name, content, photo=True)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_letter_spoilt_at_any_byte_is_refused_or_taken_and_breaks_nothing(packing: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    whole = held.getvalue()
    for at in range(4, len(whole)):
        for value in (0, 127, 255):
            try:
                kept = check_file("letter.odt", whole[:at] + bytes([value]) + whole[at + 1 :], photo=False)
            except FileRefused:
                continue
            assert kept.media_type == "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "a\x00.jpg", "a\r\nX-Header: y.jpg", "\u202egpj.exe", "a" * 5000]
)
def test_a_file_is_kept_under_a_name_that_trips_nothing(name: str) -> None:
    kept = check_file(name, b"\xff\xd8\xff\xe0", photo=True).name
    assert kept.endswith(".jpg")
    assert len(kept) < 130
    assert not set(kept) & set('/\\\x00\r\n"\u202e:')


@pytest.mark.django_db
def test_a_file_too_large_is_refused_before_it_is_read(council: Pack, monkeypatch: Any) -> None:
    """The size the server counted decides; reading 200 MB to learn it would cost its memory."""
    client = Client()
    here = client.post("/services/pothole/start", follow=True).redirect_chain[-1][0]
    photos = next(q.id for q in council.of(SERVICES)["pothole"].questions if q.type == "photo")
    monkeypatch.setattr(
        "moothall.interfaces.site.views.requests.actions.add_file", lambda *_, **__: pytest.fail("read")
    )
    sent = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"\x00" * LARGEST)
    answer = client.post(here.rsplit("/", 1)[0] + f"/{photos}", {photos: sent})
    assert answer.status_code == 400
    assert "is larger than 15 MB" in answer.content.decode()


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is written to the log, as an operator reads it."""
    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(PlainLines().format(record))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_form_without_its_guard_leaves_no_address_in_the_log(council: Pack, lines: list[str]) -> None:
    case = str(uuid4())
    assert Client(enforce_csrf_checks=True).post(f"/track/{case}/add", {"text": "Hello"}).status_code == 403
    assert any("status=403" in line for line in lines)
    assert case not in "\n".join(lines)


@pytest.mark.django_db
def test_what_broke_is_written_down_without_what_was_sent(council: Pack, monkeypatch: Any, lines: list[str]) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("Amina Dunn, 14 Mill Lane")

    monkeypatch.setattr("moothall.interfaces.site.views.tracking.queries.prove_case", breaks)
    secret = f"{uuid4().hex}@example.com"
    answer = Client(raise_request_exception=False).post("/track", {"reference": "2JXWFXH3", "second": secret})
    written = "\n".join(lines)
    assert answer.status_code == 500
    assert "RuntimeError" in written
    assert "tracking.py" in written
    for word in ("Amina", "Mill Lane", secret):
        assert word not in written
        assert word not in answer.content.decode()
