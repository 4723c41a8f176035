"""Photos of what was reported in the invented borough: drawn, so that nobody is in them. Some wait for an officer."""

from __future__ import annotations

from datetime import datetime
from random import Random
from uuid import UUID, uuid5

from PIL import Image, ImageDraw, ImageFilter

from moothall.core.actors import SYSTEM
from moothall.documents.actions import give_to_case, keep_upload
from moothall.documents.pictures import jpeg_of
from moothall.reports.actions import mark_photos, review_photo
from moothall.reports.queries import ReportFilter, newest_reports

SERVICES = ("pothole", "fly-tipping", "graffiti")
MOST = 12
SHOWN = 4
DRAWN = UUID("6f0c0c52-7c7b-5a1e-9d0e-5a8d2f1b9e11")


def bring(*, seed: int, at: datetime) -> dict[str, int]:
    """Give the newest open reports photos: the first few are shown, one with its number plate blurred; the rest wait."""
    rows = newest_reports(ReportFilter(services=SERVICES, state="open"), size=MOST).rows
    for n, report in enumerate(rows):
        dialogue, rng = uuid5(DRAWN, str(report.case_id)), Random(f"photo:{seed}:{n}")
        kept = keep_upload(
            name="photo.jpg", content=_draw(report.service, rng, car=n % 3 == 0), photo=True, dialogue_id=dialogue,
            question="photo", most=3, by=SYSTEM, at=at,
        )  # fmt: skip
        give_to_case(dialogue, case_id=report.case_id, customer_id=None, documents=[kept.id])
        mark_photos(report.case_id, at=at)
        if n < SHOWN:
            plate = [(560, 390, 220, 120)] if n % 3 == 0 else []
            review_photo(kept.id, case_id=report.case_id, publish=True, blurred=plate, by=SYSTEM, at=at)
    return {"photos": len(rows)}


def _draw(service: str, rng: Random, *, car: bool) -> bytes:
    grey = rng.randint(88, 112)
    picture = Image.merge("RGB", [Image.effect_noise((960, 720), 26).point(lambda v, g=grey: v - 128 + g)] * 3)
    pen = ImageDraw.Draw(picture)
    if service == "pothole":
        x, y, w, h = rng.randint(120, 300), rng.randint(380, 470), rng.randint(260, 380), rng.randint(110, 170)
        pen.ellipse((x - 14, y - 10, x + w + 14, y + h + 10), fill=(74, 72, 70))
        pen.ellipse((x, y, x + w, y + h), fill=(38, 36, 34))
        pen.ellipse((x + w // 3, y + h // 2, x + w - 40, y + h - 14), fill=(92, 98, 104))
    elif service == "fly-tipping":
        for _ in range(rng.randint(4, 7)):
            x, y, w = rng.randint(80, 460), rng.randint(340, 470), rng.randint(110, 190)
            pen.ellipse((x, y, x + w, y + w * 0.8), fill=(24, 24, 26), outline=(60, 60, 64), width=4)
        pen.rectangle((150, 300, 420, 372), fill=(176, 158, 128), outline=(110, 98, 80), width=5)
    else:
        pen.rectangle((0, 0, 960, 470), fill=(150, 92, 74))
        for row in range(0, 470, 38):
            pen.line((0, row, 960, row), fill=(176, 124, 106), width=4)
        x = rng.randint(80, 240)
        for n in range(6):
            pen.arc((x + n * 90, 160, x + n * 90 + 120, 330), rng.randint(0, 180), 360, fill=(40, 70, 160), width=20)
    if car:
        pen.rounded_rectangle((470, 130, 930, 400), 40, fill=(120, 34, 40))
        pen.rectangle((540, 285, 748, 365), fill=(240, 224, 130), outline=(20, 20, 20), width=3)
        pen.text((566, 300), "DE26 MOO", fill=(15, 15, 15), font_size=42)
    return jpeg_of(picture.filter(ImageFilter.GaussianBlur(0.8)))
