"""What is built carries nothing that belongs to GOV.UK, nothing from elsewhere, and stays light."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[3]
UI = ROOT / "moothall" / "interfaces" / "ui"
BUILT = UI / "static" / "built"
SHEETS = ("site", "desk", "console", "published")
# What a site page sends for its looks, compressed as the server does; the page itself and its theme come on top.
MOST = 70_000


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    subprocess.run([ROOT / "bin" / "assets"], check=True, capture_output=True, cwd=ROOT)


def sent(client: Client, name: str) -> int:
    """How many bytes a browser is sent for a file."""
    answer = client.get(f"/static/built/{name}", headers={"accept-encoding": "gzip, deflate"})
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return len(data)


def test_nothing_of_the_crown() -> None:
    files = [path for path in BUILT.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert len(files) >= 10
    for path in files:
        text = path.read_bytes().decode("latin-1").lower()
        for word in ("gds transport", "crown", "crest", "gov.uk logo", "light-94a07e06a1", "bold-b542beb274"):
            assert word not in text, f"{path.name} holds “{word}”"


def test_everything_is_our_own_to_serve() -> None:
    for path in [*BUILT.glob("*.css"), *BUILT.glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        if path.name == "map.js":  # a library's own: the content security policy holds what it may ask for
            continue
        for address in re.findall(r"url\(\"?([^)\"]+)", text):
            assert address.startswith("data:image/svg+xml") or (BUILT / address).is_file(), (
                f"{path.name} asks for {address}"
            )
        assert not re.search(r"(?:src|href|import|from)\s*=?\s*[\"']https?://", text), path.name


@pytest.mark.parametrize("audience", SHEETS)
def test_each_audience_has_its_sheet_and_script(audience: str) -> None:
    assert "--brand" in (BUILT / f"{audience}.css").read_text(encoding="utf-8")
    assert (BUILT / f"{audience}.js").stat().st_size > 1000


@pytest.mark.django_db
def test_a_site_page_is_light(client: Client) -> None:
    total = sum(sent(client, name) for name in ("site.css", "site.js", "atkinson-latin-wght-normal.woff2"))
    assert total < MOST, f"{total:,} bytes"


# Loaded only where they are the page's work: the map beside its library, the crews' app, a report without a signal, blurring.
LARGER = {"autosave.mjs": 4, "map.mjs": 8, "field.mjs": 15, "offline-report.mjs": 14, "photos.mjs": 4}


@pytest.mark.parametrize("path", sorted((UI / "scripts").glob("*.mjs")), ids=lambda path: path.name)
def test_our_scripts_stay_small_and_make_no_markup_from_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < LARGER.get(path.name, 3) * 1024
    for danger in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        "document.write",
        ".style.",
    ):
        # where a rectangle lies on a photo is known to the browser alone
        assert danger not in text or (danger, path.name) == (".style.", "photos.mjs"), danger


def test_the_lock_file_names_no_place_to_download_from() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package.get("integrity"), name


@pytest.mark.parametrize(
    "path", sorted((UI / "pictures").rglob("*.svg")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_our_pictures_are_plain_drawings_in_the_colour_around_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    assert "currentColor" in text
    for danger in ("<script", "style=", " on", "href", "<image", "#"):
        # where a rectangle lies on a photo is known to the browser alone
        assert danger not in text or (danger, path.name) == (".style.", "photos.mjs"), danger
    assert len(text) < 1500
