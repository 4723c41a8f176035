"""What a page of ours may load and where its forms may lead: ourselves, and only what the settings name besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF


def content_policy(map_tiles: str, payment_pages: Iterable[str]) -> dict[str, Any]:
    """Return the Content-Security-Policy of every page, as django-csp takes it."""
    tiles = urlsplit(map_tiles)
    map_hosts = [f"{tiles.scheme}://{tiles.netloc}"] if tiles.scheme == "https" and tiles.netloc else []
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "font-src": [SELF],
            "img-src": [SELF, "data:", "blob:", *map_hosts],
            "connect-src": [SELF, *map_hosts],
            "worker-src": [SELF],
            "manifest-src": [SELF],
            "form-action": [SELF, *payment_pages],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        }
    }
