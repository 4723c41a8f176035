"""A photo is kept as a picture and nothing else; its position is read once; what is harmful is refused."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from PIL import ExifTags, Image, ImageDraw

from moothall.channels.post.paper import pdf_of
from moothall.core.actors import ANONYMOUS
from moothall.documents import scanning
from moothall.documents.actions import keep_upload
from moothall.documents.adapters.clamd import ClamdScanner
from moothall.documents.models import Document
from moothall.documents.pictures import LONGEST_SIDE, clean_picture, position_in
from moothall.documents.protocols import ScannerAway
from moothall.documents.rules import FileRefused


def scene(
    kind: str = "JPEG", *, size: tuple[int, int] = (800, 600), shift: int = 0, gps: bool = True, turn: int = 1
) -> bytes:
    picture = Image.new("RGB", size, "#777777")
    draw = ImageDraw.Draw(picture)
    for n in range(9):
        draw.rectangle(
            (n * size[0] // 9 + shift, 40 * (n % 4), n * size[0] // 9 + 50 + shift, size[1] - 60 * (n % 3)),
            fill=(n * 27, 90, 200 - n * 20),
        )
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Telephone of Alma Dunn"
    exif[ExifTags.Base.Orientation] = turn
    if gps:
        exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (53.0, 48.0, 0.36), 3: "W", 4: (1.0, 33.0, 1.08)}
    held = io.BytesIO()
    picture.save(held, kind, exif=exif)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_position_is_read_and_nothing_but_the_picture_is_kept(kind: str) -> None:
    sent = scene(kind, size=(3000, 2000))
    assert position_in(sent) == (53.8001, -1.5503)
    kept = clean_picture("hole.jpg", sent)
    assert kept.position == (53.8001, -1.5503)
    assert (kept.width, kept.height) == (LONGEST_SIDE, 1333)
    again = Image.open(io.BytesIO(kept.content))
    assert dict(again.getexif()) == {}
    assert b"Dunn" not in kept.content
    assert b"Exif" not in kept.content
    assert clean_picture("x.jpg", sent).content == kept.content


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    kept = clean_picture("a.jpg", scene(size=(600, 400), turn=6))
    assert (kept.width, kept.height) == (400, 600)


def test_the_same_thing_looks_the_same_and_another_does_not() -> None:
    first = clean_picture("a.jpg", scene()).mark
    near = clean_picture("a.jpg", scene(shift=3, size=(1024, 768))).mark
    other = clean_picture("a.jpg", scene(shift=160)).mark
    assert (first ^ near).bit_count() <= 10 < ((first ^ other) & (2**64 - 1)).bit_count()


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0" + b"0" * 500, scene()[:300], b"\x89PNG\r\n\x1a\n" + b"0" * 99])
def test_a_damaged_photo_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileRefused, match="cannot be opened"):
        clean_picture("broken.jpg", content)
    assert position_in(content) is None


def test_half_a_photo_is_damaged_though_a_letter_was_drawn_before() -> None:
    pdf_of("<html lang=en><title>Letter</title><p>Half a picture is better than none to what draws letters.</p>")
    whole = scene()
    with pytest.raises(FileRefused, match="cannot be opened"):
        clean_picture("half.jpg", whole[: len(whole) // 2])


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    held = io.BytesIO()
    Image.new("1", (15_000, 15_000)).save(held, "PNG")
    with pytest.raises(FileRefused, match="more pixels"):
        clean_picture("bomb.png", held.getvalue())


@pytest.mark.parametrize(
    ("mode", "side", "how", "taken"),
    [
        ("1", 5_100, {"format": "PNG"}, False),
        ("1", 4_900, {"format": "PNG"}, True),
        ("L", 7_200, {"format": "JPEG"}, True),  # a camera's: unpacked small
        ("L", 7_200, {"format": "JPEG", "progressive": True}, False),  # unpacked whole, whatever is wanted of it
    ],
)
def test_what_it_needs_unpacked_has_a_limit(mode: str, side: int, how: dict[str, Any], taken: bool) -> None:
    held = io.BytesIO()
    Image.new(mode, (side, side)).save(held, **how)
    if taken:
        kept = clean_picture("large", held.getvalue())
        assert (kept.width, kept.height) == (LONGEST_SIDE, LONGEST_SIDE)
    else:
        with pytest.raises(FileRefused, match="more pixels"):
            clean_picture("large", held.getvalue())


def test_colours_by_number_and_clear_parts_come_out_as_they_looked() -> None:
    drawn = Image.new("P", (3_000, 1_500), 1)
    drawn.putpalette([0, 0, 0, 200, 30, 30])
    drawn.paste(0, (0, 0, 1_500, 1_500))
    held = io.BytesIO()
    drawn.save(held, "PNG", transparency=0)
    with Image.open(io.BytesIO(clean_picture("logo.png", held.getvalue()).content)) as kept:
        assert kept.size == (2_000, 1_000)
        left, right = kept.getpixel((400, 500)), kept.getpixel((1_600, 500))
    assert all(part > 245 for part in left)
    assert all(abs(part - meant) < 12 for part, meant in zip(right, (200, 30, 30), strict=True))


class Daemon:
    """Speaks clamd's INSTREAM on a socket: what holds EICAR is found."""

    def __init__(self, path: str) -> None:
        self.line = socket.socket(socket.AF_UNIX)
        self.line.bind(path)
        self.line.listen()
        self.path = path
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                peer, _ = self.line.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as read:
                assert read.read(10) == b"zINSTREAM\0"
                held = b""
                while size := struct.unpack(">I", read.read(4))[0]:
                    held += read.read(size)
                peer.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in held else b"stream: OK\0")


@pytest.fixture
def daemon(tmp_path: Any) -> Iterator[Daemon]:
    made = Daemon(str(tmp_path / "clamd.sock"))
    yield made
    made.line.close()
    scanning.use(None, instead=False)


@pytest.mark.django_db
def test_what_the_scanner_finds_is_not_kept(daemon: Daemon, settings: Any, tmp_path: Any, clock: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.CLAMD_ADDRESS = daemon.path

    def keep(content: bytes) -> Document:
        return keep_upload(
            name="a.txt",
            content=content,
            photo=False,
            dialogue_id=uuid4(),
            question="q",
            most=3,
            by=ANONYMOUS,
            at=clock.now(),
        )

    assert keep(b"hello" * 40_000).scan == "clean"
    with pytest.raises(FileRefused, match="something harmful"):
        keep(b"x EICAR x")
    assert Document.objects.count() == 1
    settings.CLAMD_ADDRESS = str(tmp_path / "nobody.sock")
    assert keep(b"later").scan == "not_scanned"
    with pytest.raises(ScannerAway):
        ClamdScanner(settings.CLAMD_ADDRESS).scan(b"x")
