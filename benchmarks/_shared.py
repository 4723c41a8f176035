"""Where the real data lies that some benchmarks read; it is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PREMISES = "uk-council/leeds_premises.csv.gz"


def shared(name: str) -> Path | None:
    """The path of a file or folder of the shared data: in MOOTHALL_SHARED_DATA where that is set, else in `shared/data`
    beside the checkout or further up. ``None`` where it is not to be had."""
    named = os.environ.get("MOOTHALL_SHARED_DATA")
    folders = [Path(named)] if named else [top / "shared" / "data" for top in ROOT.parents]
    return next((folder / name for folder in folders if (folder / name).exists()), None)
