"""The oldest PostgreSQL we promise, as Debian ships it, carries the suite's database tests too."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from moothall.core.postgres import Binaries, Cluster

ROOT = Path(__file__).resolve().parents[2]
HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
ROOMS = (
    "core",
    "places",
    "customers",
    "services",
    "promises",
    "contacts",
    "cases",
    "notifications",
    "intake",
    "insight",
)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.xdist_group("run")
def test_the_database_tests_pass_on_the_systems_own_server():
    if not HOMES:
        pytest.skip("no system PostgreSQL here: install the Debian package postgresql")
    home = HOMES[0]
    with tempfile.TemporaryDirectory(prefix="moothall-system-pg-") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(folder, durable=False, binaries=Binaries(home, int(home.parent.name)))
        try:
            environment = {
                key: value
                for key, value in os.environ.items()
                if key == "MOOTHALL_SHARED_DATA" or not key.startswith(("MOOTHALL_", "PYTEST_", "DJANGO_"))
            }
            rooms = [f"tests/{room}" for room in ROOMS if (ROOT / "tests" / room).exists()]
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *rooms],
                env=environment | {"DATABASE_URL": cluster.start()},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            cluster.destroy()
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed.group(1)) > 100
