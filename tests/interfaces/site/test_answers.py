"""General knowledge in other languages and forms: right to left where it is, listened to, in Braille, large, plain."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.mark.row("A13")
def test_an_answer_is_shown_in_its_language_and_leads_to_the_others(client: Client) -> None:
    page = client.get("/answers/food-hygiene-ur").content.decode()
    assert '<article lang="ur" dir="rtl"' in page
    assert "ہاتھ دھوئیں" in page
    for tag, own in (("en", "English"), ("cy", "Cymraeg"), ("zh", "中文"), ("pl", "Polski"), ("tr", "Türkçe")):
        assert f'<bdi lang="{tag}" dir="ltr">{own}</bdi>' in page
    assert "ہم آپ سے اردو میں بات کر سکتے ہیں" in page
    first = client.get("/answers/food-hygiene").content.decode()
    assert '<article lang="en" dir="ltr"' in first
    assert '<bdi lang="ur" dir="rtl">اردو</bdi>' in first
    assert 'href="/answers/food-hygiene-easy-read"' in first


def test_an_answer_is_had_in_each_form_this_machine_can_make(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "article--large" in client.get("/answers/food-hygiene/large").content.decode()
    words = client.get("/answers/food-hygiene/plain.txt")
    assert words.content.decode().startswith("Food hygiene rules for your kitchen\n\nWash your hands")
    page = client.get("/answers/food-hygiene")
    assert ("/answers/food-hygiene/listen.wav" in page.content.decode()) == (shutil.which("espeak-ng") is not None)
    assert "media-src 'self'" in page["Content-Security-Policy"]
    monkeypatch.setattr("shutil.which", lambda _: None)
    bare = client.get("/answers/food-hygiene").content.decode()
    assert "listen.wav" not in bare
    assert "braille.brf" not in bare
    assert client.get("/answers/food-hygiene-tr/listen.wav").status_code == 404
    assert client.get("/answers/food-hygiene-tr/braille.brf").status_code == 404


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (apt install espeak-ng)")
def test_it_can_be_listened_to(client: Client) -> None:
    said = client.get("/answers/food-hygiene-zh/listen.wav")
    assert (said.status_code, said["Content-Type"], said.content[:4]) == (200, "audio/wav", b"RIFF")
    assert len(said.content) > 400_000, "ten seconds at least"


def test_what_is_not_there_is_not_there(client: Client, council: Any) -> None:
    for path in (
        "/answers/nothing",
        "/answers/nothing/listen.wav",
        "/answers/nothing/plain.txt",
        "/answers/nothing/large",
    ):
        assert client.get(path).status_code == 404
