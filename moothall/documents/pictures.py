"""A photo made fit to keep: turned upright, no larger than a screen needs, with nothing in it but the picture. Pure.

What a telephone writes into a photo (where, when, whose) is read once, handed to whoever asked for it, and left out of
what is kept.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pillow_heif
from PIL import ExifTags, Image, ImageFilter, ImageOps

from moothall.documents.rules import FileRefused, safe_name

LONGEST_SIDE: Final = 2_000
MOST_PIXELS: Final = 25_000_000
"""Unpacked whole to be made small: at four bytes each, 100 MB."""
MOST_OF_CAMERAS: Final = {"HEIF": 50_000_000, "JPEG": 120_000_000, "MPO": 120_000_000}
"""What telephones make. A JPEG is unpacked small in the first place, so that many pixels cost little."""
MOST_PROGRESSIVE: Final = 50_000_000
"""Of a JPEG that comes in passes: those are unpacked whole, however small it is wanted."""
QUALITY: Final = 84
_ONE_AT_A_TIME: Final = threading.Lock()
pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned photo: JPEG content, its size in pixels, the mark of how it looks, and where it said it was taken."""

    content: bytes
    width: int
    height: int
    mark: int
    position: tuple[float, float] | None = None


def clean_picture(name: str, content: bytes) -> Picture:
    """Return the photo as it is kept. The same photo gives the same content every time.

    Raises:
        FileRefused: it cannot be opened as a picture, or is larger than any camera makes.
    """
    shown = safe_name(name)
    try:
        # One at a time in a process: what a picture needs unpacked is a hundred times what is sent.
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limits are lower, or meant
            with Image.open(io.BytesIO(content)) as opened:
                if opened.width * opened.height > _most_pixels(opened):
                    raise FileRefused(f"“{shown}” has more pixels than we can take. Send a smaller photo.")
                position = _position(opened)
                plain = _on_white(ImageOps.exif_transpose(_small(opened)))
    except FileRefused:
        raise
    except Image.DecompressionBombError as large:
        raise FileRefused(f"“{shown}” has more pixels than we can take. Send a smaller photo.") from large
    except Exception as wrong:  # a damaged photo fails in as many ways as there are decoders
        raise FileRefused(
            f"“{shown}” cannot be opened: it may be damaged. Take the photo again, or choose another."
        ) from wrong
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)  # a new picture carries no metadata, comment, profile or thumbnail of the old one
    held = io.BytesIO()
    fresh.save(held, "JPEG", quality=QUALITY, optimize=True)
    return Picture(held.getvalue(), fresh.width, fresh.height, mark_of(fresh), position)


def blur(content: bytes, rectangles: Sequence[Sequence[int]]) -> bytes:
    """Return a JPEG with rectangles (left, top, width, height in thousandths of its sides) made unknowable.

    What was there is averaged into a few large squares before it is softened: nothing finer is left to bring back.
    """
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    for left, top, width, height in rectangles:
        x1, y1 = picture.width * left // 1000, picture.height * top // 1000
        x2 = max(-(-picture.width * (left + width) // 1000), x1 + 1)
        y2 = max(-(-picture.height * (top + height) // 1000), y1 + 1)
        piece = picture.crop((x1, y1, x2, y2))
        few = piece.resize((4, 4), Image.Resampling.BOX)
        soft = few.resize(piece.size, Image.Resampling.NEAREST)
        picture.paste(soft.filter(ImageFilter.GaussianBlur(max(piece.size) / 24)), (x1, y1))
    return jpeg_of(picture)


def thumbnail(content: bytes, widest: int) -> bytes:
    """Return a JPEG no larger than so many pixels either way."""
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((widest, widest), Image.Resampling.LANCZOS)
    return jpeg_of(picture)


def jpeg_of(picture: Image.Image) -> bytes:
    """Return a picture as JPEG, with nothing in it but the picture."""
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=QUALITY, optimize=True)
    return held.getvalue()


def position_in(content: bytes) -> tuple[float, float] | None:
    """Return where a photo says it was taken, as (latitude, longitude); None where it does not say. Never raises."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            return _position(opened)
    except Exception:  # no place is better than no photo
        return None


def _most_pixels(opened: Image.Image) -> int:
    most = MOST_OF_CAMERAS.get(opened.format or "", MOST_PIXELS)
    return min(most, MOST_PROGRESSIVE) if opened.info.get("progressive") else most


def _small(opened: Image.Image) -> Image.Image:
    """The picture no larger than it is kept, before anything copies it; still with what says how it was held."""
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if opened.mode not in {"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"}:  # colours by number do not mix
        opened = opened.convert("RGBA" if "transparency" in opened.info else "RGB")
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return opened


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        over = picture.convert("RGBA")
        white = Image.new("RGB", over.size, "white")
        white.paste(over, mask=over.getchannel("A"))
        return white
    return picture.convert("RGB")


def _position(picture: Image.Image) -> tuple[float, float] | None:
    held: dict[int, Any] = dict(picture.getexif().get_ifd(ExifTags.IFD.GPSInfo))
    latitude = _degrees(held.get(ExifTags.GPS.GPSLatitude), held.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(held.get(ExifTags.GPS.GPSLongitude), held.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return None if latitude == 0 and longitude == 0 else (latitude, longitude)  # a camera without a fix writes zeros


def _degrees(parts: Any, side: Any, other: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not abs(value) <= 360:  # nor a number that is none
        return None
    return round(-value if str(side).strip("\x00 ").upper() == other else value, 6)


def mark_of(picture: Image.Image) -> int:
    """Return the 64-bit mark of how a picture looks: where it gets lighter to the right (difference hash), as signed."""
    small = picture.convert("L").resize((9, 8), Image.Resampling.BOX)
    grey = small.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = (bits << 1) | (grey[row * 9 + column] < grey[row * 9 + column + 1])
    return bits - 2**64 if bits >= 2**63 else bits


def page_jpeg(page: Image.Image) -> bytes:
    """Return a scanned page as it is kept: a grey JPEG that says it has 200 dots an inch."""
    held = io.BytesIO()
    page.convert("L").save(held, "JPEG", quality=72, dpi=(200, 200))
    return held.getvalue()


def page_png(page: Image.Image) -> bytes:
    """Return a page for another program to read, without loss."""
    held = io.BytesIO()
    page.save(held, "PNG", compress_level=1, dpi=(200, 200))
    return held.getvalue()
