"""A report with its pictures beside the fields, as many apps send it: kept, cleaned, looked at first, never dropped."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.documents.queries import photos_of_case
from moothall.reports.actions import review_photo
from tests.field.devices import photo_file

pytestmark = pytest.mark.django_db
URL = "/open311/v2/requests.json"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(seed: int, name: str = "hole.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo_file(seed)["buffer"], "image/jpeg")


def with_a_position(name: str = "here.jpg") -> SimpleUploadedFile:
    held, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Telephone of Sam Oyelaran"
    Image.effect_noise((320, 240), 70).convert("RGB").save(held, "JPEG", exif=exif)
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


def sent(key: str, **more: Any) -> dict[str, Any]:
    return {
        "api_key": key, "service_code": "pothole", "lat": "53.8001", "long": "-1.5503", "description": "Deep one",
        "attribute[surface]": "road", "attribute[depth]": "deep", "attribute[danger]": "yes", **more,
    }  # fmt: skip


def test_pictures_are_kept_with_the_report_and_seen_by_an_officer_first(
    town: None, client: Client, key: str, clock: Any
) -> None:
    def report() -> Any:
        return client.post(URL, sent(key, media=with_a_position(), more=picture(2)))

    first = report()
    assert b"Oyelaran" in with_a_position().read(), "what a telephone wrote into it"
    assert first.status_code == 200, first.content
    number = json.loads(first.content)[0]["service_request_id"]
    case = Case.objects.get()
    kept = photos_of_case(case.id)
    assert len(kept) == 2
    for one in Document.objects.all():
        held = storage.get(one.path)
        assert held[:2] == b"\xff\xd8"
        assert b"Oyelaran" not in held
    jobs.drain(at=clock.now())

    def shown() -> Any:
        return json.loads(client.get(f"/open311/v2/requests/{number}.json").content)[0]["media_url"]

    assert shown() is None, "nobody has looked at them yet"
    review_photo(kept[0].id, case_id=case.id, publish=True, by=SYSTEM, at=clock.now())
    assert shown()


def test_the_same_report_with_the_same_pictures_is_one_and_with_others_another(
    town: None, client: Client, key: str
) -> None:
    whole = photo_file(1)["buffer"]
    answers = [
        client.post(URL, sent(key, photo=SimpleUploadedFile("a.jpg", whole, "image/jpeg"))).content for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (Case.objects.count(), Document.objects.count()) == (1, 1)
    client.post(URL, sent(key, photo=picture(9)))
    assert (Case.objects.count(), Document.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"media": SimpleUploadedFile("notes.jpg", b"no picture at all", "image/jpeg")}, "notes.jpg"),
        ({f"p{n}": SimpleUploadedFile(f"{n}.jpg", b"x", "image/jpeg") for n in range(4)}, "3 photos at most; 4"),
        ({"media": SimpleUploadedFile("big.jpg", b"x" * (15 * 2**20 + 1), "image/jpeg")}, "larger than 15 MB"),
    ],
)
def test_what_is_no_picture_is_refused_by_name_and_nothing_is_half_done(
    town: None, client: Client, key: str, files: dict[str, SimpleUploadedFile], words: str
) -> None:
    for one in files.values():
        one.seek(0)
    answer = client.post(URL, sent(key, **files))
    assert answer.status_code == 400
    assert words in json.loads(answer.content)[0]["description"]
    assert not Case.objects.exists()
    assert not Document.objects.exists()
