"""Where the real data lives that some tests read; it is not part of the project."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def _folder() -> Path | None:
    named = os.environ.get("MOOTHALL_SHARED_DATA")
    if named:
        return Path(named) if Path(named).is_dir() else None
    beside = [ROOT]
    common = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--path-format=absolute", "--git-common-dir"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if common:
        beside.append(Path(common).parent)  # the main checkout, when this is one of its worktrees
    return next((d for top in beside if (d := top.parent / "shared" / "data").is_dir()), None)


def shared_data(name: str) -> Path:
    """Return the path of a shared data file, or skip the test that asks, saying what is missing."""
    folder = _folder()
    if folder is None:
        pytest.skip(f"needs the shared data ({name}); set MOOTHALL_SHARED_DATA or put it at ../shared/data")
    path = folder / name
    if not path.exists():
        pytest.skip(f"needs {path}, which is not there")
    return path
