"""What the tests of `bin/run` stand on: a folder of its own, and nothing left behind."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from moothall.core.postgres import Cluster
from tests.cli.running import Running


@pytest.fixture
def ended() -> Iterator[None]:
    yield
    while Running.begun:
        Running.begun.pop().end()


@pytest.fixture
def folder(ended: None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="moothall-run-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "data"
        Cluster(Path(made) / "data").destroy()
