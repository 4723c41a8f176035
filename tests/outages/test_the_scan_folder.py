"""The folders that scanners and the fax line write into, in each kind of trouble: nothing is lost, nothing is a letter twice,
the post room and the console say since when nothing comes, and what is promised counts from when it was scanned."""

# ruff: noqa: F811 - fixtures are named by the arguments that ask for them

from __future__ import annotations

import io
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from moothall.channels.post import folders
from moothall.channels.post.folders import FolderAway, take_folder, watch_folder
from moothall.channels.post.whole import is_whole
from moothall.core.actors import Actor, ActorKind
from moothall.core.ids import new_id
from moothall.documents import storage
from moothall.inbox.models import Feed
from moothall.interfaces.console import attention
from moothall.postroom.models import Scan
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, officer  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]
ADMINISTRATOR = Actor(ActorKind.STAFF, new_id(), "Ada", permissions=frozenset({"console.view", "message.manage"}))
A_MINUTE = 60.0
SINCE = "cannot be read since Monday 23 November, 10am"


def page(shade: int, kind: str = "TIFF", pages: int = 1) -> bytes:
    """A scan unlike any other."""
    held = io.BytesIO()
    first, *rest = (Image.new("L", (60 + number, 80), shade) for number in range(pages))
    first.save(held, kind, **({"save_all": True, "append_images": rest} if rest else {}))
    return held.getvalue()


@pytest.fixture
def folder(tmp_path: Path, clock: MovableClock, settings: Any) -> Path:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.MEDIA_ROOT = tmp_path / "media"
    made = tmp_path / "scans"
    made.mkdir()
    return made


@pytest.fixture
def clerk(officer: Callable[..., Officer]) -> Officer:
    return officer("post-room-officer", teams=("customer-services",), name="Moira Field")


def scans(folder: Path, name: str, content: bytes, *, ago: float = A_MINUTE) -> None:
    """A scanner writes a file, and last touched it so many seconds ago."""
    (folder / name).write_bytes(content)
    os.utime(folder / name, (time.time() - ago,) * 2)


def told(clock: MovableClock) -> list[str]:
    return [words for words, _, _ in attention.wanting(ADMINISTRATOR) if "folder" in words]


def refuse(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


TROUBLES = ("down", "wrong", "unreadable", "full", "cut")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_of_trouble_loses_no_scan_and_makes_no_letter_twice(
    trouble: str, folder: Path, clock: MovableClock, clerk: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans(folder, "before.tif", page(1))
    assert watch_folder(folder, "post", at=clock.now()) == 1
    for number in (2, 3):
        scans(folder, f"{number}.tif", page(number))
    away = folder.with_name("away")
    with monkeypatch.context() as broken:
        if trouble in {"down", "wrong"}:
            folder.rename(away)
        if trouble == "wrong":
            folder.write_bytes(b"no folder")
        if trouble == "unreadable":
            broken.setattr(Path, "read_bytes", refuse)
        if trouble == "full":
            broken.setattr(storage, "put", refuse)
        if trouble == "cut":
            broken.setattr(folders, "_aside", refuse)
        for _ in range(3):
            watch_folder(folder, "post", at=clock.now())
            assert [line for line in told(clock) if SINCE in line], "since the first time"
            clock.advance(hours=8)
        clerk.client.force_login(clerk.staff)
        shown = " ".join(clerk.client.get("/desk/post/").content.decode().split())
        assert "The folder of scanned post cannot be read since" in shown
        assert "Until then bring scans in here" in shown
    if trouble in {"down", "wrong"}:
        folder.unlink(missing_ok=True)
        away.rename(folder)
    scans(folder, "after.tif", page(4))
    watch_folder(folder, "post", at=clock.now())
    names = Counter(Scan.objects.values_list("name", flat=True))
    assert names == dict.fromkeys(("before.tif", "2.tif", "3.tif", "after.tif"), 1)
    assert not list(folder.glob("*.tif"))
    assert "cannot be read since" not in clerk.client.get("/desk/post/").content.decode()
    assert told(clock) == [
        "The folder of scanned post is back since Tuesday 24 November, 10am. It was away from Monday 23 November, 10am"
    ], "whoever was told hears that it is back"


def test_a_scan_that_waited_counts_from_when_it_was_made(folder: Path, clock: MovableClock) -> None:
    scans(folder, "b-first.tif", page(1), ago=7200)
    scans(folder, "a-second.tif", page(2), ago=3600)
    watch_folder(folder, "post", at=clock.now())
    came = dict(Scan.objects.values_list("name", "received_at"))
    for name, hours in (("b-first.tif", 2), ("a-second.tif", 1)):
        assert abs(clock.now() - timedelta(hours=hours) - came[name]) < timedelta(minutes=5), (
            "in whatever order it is read"
        )


def test_the_same_again_by_any_name_is_one(folder: Path, clock: MovableClock) -> None:
    for name in ("a.tif", "b.tif"):
        scans(folder, name, page(7))
    assert watch_folder(folder, "post", at=clock.now()) == 1
    scans(folder, "a.tif", page(7))
    assert watch_folder(folder, "post", at=clock.now()) == 0
    assert Scan.objects.count() == 1
    assert len(list((folder / "taken").iterdir())) == 3
    assert not Feed.objects.get().trouble


@pytest.mark.parametrize("kind", ["TIFF", "PDF", "JPEG", "PNG"])
def test_half_a_file_waits_for_its_end_and_not_for_ever(folder: Path, clock: MovableClock, kind: str) -> None:
    """A scanner that rests between two pages for longer than a moment: what is there is not a letter yet."""
    whole, name = page(9, kind, pages=3 if kind in {"TIFF", "PDF"} else 1), f"slow.{kind.lower()}"
    scans(folder, name, whole[: len(whole) * 2 // 3], ago=90)
    scans(folder, "next.tif", page(8))
    assert watch_folder(folder, "fax", at=clock.now()) == 1, "the next is not held up"
    assert (folder / name).exists()
    scans(folder, name, whole)
    assert watch_folder(folder, "fax", at=clock.now()) == 1
    assert storage.get(Scan.objects.get(name=name).path) == whole
    scans(folder, f"never-{name}", whole[: len(whole) // 2], ago=700)
    assert watch_folder(folder, "fax", at=clock.now()) == 1, "what stays half is read as it is, and a person sees it"


@pytest.mark.parametrize("kind", ["TIFF", "PDF", "JPEG", "PNG"])
def test_the_end_of_each_kind_is_known(kind: str) -> None:
    whole = page(5, kind, pages=3 if kind in {"TIFF", "PDF"} else 1)
    assert is_whole(whole)
    assert is_whole(whole + b"\x00" * 500), "some write a little behind it"
    for part in range(8, len(whole) - 16, max(1, len(whole) // 40)):
        assert not is_whole(whole[:part]) or kind == "TIFF", part
    assert not is_whole(b"")
    assert not is_whole(b"II*\x00\xff\xff\xff\x7f")


def test_one_that_cannot_be_read_is_named_and_holds_up_nobody(
    folder: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, shade in (("a.tif", 1), ("locked.tif", 2), ("z.tif", 3)):
        scans(folder, name, page(shade))
    read = Path.read_bytes

    def one_is_locked(path: Path) -> bytes:
        if path.name == "locked.tif":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", one_is_locked)
    with pytest.raises(FolderAway, match=r"locked\.tif cannot be read, kept or moved: Permission denied"):
        take_folder(folder, "post", at=clock.now())
    assert sorted(Scan.objects.values_list("name", flat=True)) == ["a.tif", "z.tif"]


def test_one_folder_in_trouble_is_not_the_others(folder: Path, clock: MovableClock, settings: Any) -> None:
    from moothall.channels.post import jobs

    settings.POST_FOLDERS = {"post": folder / "not-mounted", "fax": folder}
    scans(folder, "fax.tif", page(1))
    jobs.folders()
    assert Scan.objects.get().channel == "fax"
    assert dict(Feed.objects.values_list("network", "trouble")) == {
        "folder-post": "It cannot be opened: No such file or directory.", "folder-fax": "",
    }  # fmt: skip
