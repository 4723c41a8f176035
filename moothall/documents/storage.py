"""Where files lie: under the media folder by digest, so that the same content is kept once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def digest_of(content: bytes) -> str:
    """Return the SHA-256 (hex) by which content is kept."""
    return hashlib.sha256(content).hexdigest()


def path_of(digest: str) -> str:
    """Return where content of this digest lies, relative to the media folder."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def put(content: bytes) -> str:
    """Keep content and return its relative path. Whole or not at all; kept already is fine."""
    relative = path_of(digest_of(content))
    target = Path(str(settings.MEDIA_ROOT)) / relative
    if target.exists():
        return relative
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:  # even when it is stopped, nothing half written stays
        Path(name).unlink(missing_ok=True)
        raise
    return relative


def get(relative: str) -> bytes:
    """Return kept content. FileNotFoundError when it is gone."""
    return (Path(str(settings.MEDIA_ROOT)) / relative).read_bytes()


def remove(relative: str) -> None:
    """Delete kept content. Gone already is fine."""
    (Path(str(settings.MEDIA_ROOT)) / relative).unlink(missing_ok=True)
