"""A pack sells no more crews' days than there are crews for the work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from moothall.core.packs import PackErrors, load_pack

COUNCILS = Path(__file__).resolve().parents[2] / "councils"


def test_more_crews_sold_than_there_are_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copytree(COUNCILS, tmp_path / "councils")
    resources = tmp_path / "councils" / "leeds" / "resources.yaml"
    resources.write_text(resources.read_text().replace("  name: Bulky crew 1\n", "  name: Bulky crew\n  count: 2\n"))
    with pytest.raises(PackErrors, match="2 crews can be booked, and 1 can do it") as wrong:
        load_pack("leeds", root=tmp_path / "councils")
    assert "bookables" in str(wrong.value)
