"""Pictures on the twin's networks: each served under an address of its own, and told as each network tells it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PIL import Image, ImageDraw

PATH: Final = "/media/"


def sample() -> bytes:
    """Return a photo of a hole in a road, drawn, for whoever tries the twin."""
    road = Image.new("RGB", (640, 480), "#77797c")
    draw = ImageDraw.Draw(road)
    draw.ellipse((180, 150, 470, 330), fill="#2a2b2d", outline="#55575a", width=12)
    draw.line((0, 400, 640, 380), fill="#d8d3bd", width=14)
    held = io.BytesIO()
    road.save(held, "JPEG", quality=80)
    return held.getvalue()


def kept(twin: Any, pictures: Sequence[tuple[bytes | str, str]]) -> list[dict[str, str]]:
    """Keep pictures to be served, and return where each lies and what is said of it; an address stands for one elsewhere."""
    told = []
    for content, said in pictures:
        lies = content
        if isinstance(content, bytes):
            path = f"{PATH}{len(twin.media) + 1}.jpg"
            twin.media[path] = content
            lies = f"{twin.url}{path}"
        told.append({"url": str(lies), "said": said})
    return told


def as_mastodon(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return them as a status has them."""
    return [
        {"id": str(n), "type": "image", "url": each["url"], "preview_url": each["url"], "remote_url": None,
         "description": each["said"] or None, "blurhash": None}
        for n, each in enumerate(one.get("pictures", ()), 1)
    ]  # fmt: skip


def as_bluesky(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return them as a record has them: by what they are, not where they lie."""
    blob = {"$type": "blob", "ref": {"$link": "bafkrei"}, "mimeType": "image/jpeg", "size": 1000}
    images = [{"alt": each["said"], "image": blob} for each in one.get("pictures", ())]
    return {"embed": {"$type": "app.bsky.embed.images", "images": images}} if images else {}


def as_bluesky_view(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return them as a post's view has them."""
    images = [{"thumb": each["url"], "fullsize": each["url"], "alt": each["said"]} for each in one.get("pictures", ())]
    return {"embed": {"$type": "app.bsky.embed.images#view", "images": images}} if images else {}


def as_facebook(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return them as attachments of a post or a comment."""
    return [
        {"media_type": "photo", "type": "photo", "media": {"image": {"src": each["url"]}}}
        for each in one.get("pictures", ())
    ]
