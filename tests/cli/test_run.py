"""`bin/run` from start to stop: it comes up, keeps what it has, mends what falls, and leaves nothing behind."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.cli.running import ROOT, Running, answers, living, until
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("run")]


def test_it_comes_up_keeps_its_data_and_leaves_nothing_behind(folder: Path):
    first = Running(folder, free_port())
    first.up()
    assert answers(f"{first.url}/healthz") == 200
    until(lambda: answers(f"{first.url}/readyz") == 200)
    with psycopg.connect(first.note()["database_url"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    told = first.said()
    assert "Ctrl-C stops everything" in told
    printed = [word for word in told.split() if word.startswith("http://")]
    assert [answers(one) for one in printed] == [200] * len(printed)
    assert (signs := [line for line in told.splitlines() if line.startswith("  adviser ")])
    pids = [*first.note()["processes"].values(), first.note()["pid"]]
    assert first.stop() == 0
    assert living(folder) == []
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert answers(f"{first.url}/healthz") == 0

    second = Running(folder, free_port())
    second.up()
    assert signs[0] in second.said()  # made from the key the web was given, on the very first run too
    with psycopg.connect(second.note()["database_url"]) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    assert second.stop(signal.SIGTERM) == 0
    assert living(folder) == []


def test_what_falls_is_started_again(folder: Path):
    run = Running(folder, free_port())
    run.up()
    note = run.note()
    os.kill(note["processes"]["web"], signal.SIGKILL)
    until(lambda: answers(f"{run.url}/healthz") == 200)
    os.kill(note["processes"]["work"], signal.SIGKILL)
    os.kill(int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    until(lambda: answers(f"{run.url}/readyz") == 200)

    def a_worker_lives() -> bool:
        with psycopg.connect(note["database_url"]) as connection:
            found = connection.execute("SELECT count(*) FROM core_heartbeat WHERE at > now() - interval '8 seconds'")
            return bool(found.fetchone()[0])

    until(a_worker_lives)
    assert run.stop() == 0
    assert living(folder) == []


def test_killed_outright_its_children_go_and_the_next_run_finds_all_well(folder: Path):
    run = Running(folder, free_port())
    run.up()
    children = list(run.note()["processes"].values())
    run.process.kill()
    run.process.wait()
    run.log.close()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    again = Running(folder, run.port)
    again.up()
    until(lambda: answers(f"{again.url}/readyz") == 200)
    assert again.stop() == 0
    assert living(folder) == []


def test_a_second_run_a_taken_port_and_another_council_are_told_plainly(folder: Path):
    run = Running(folder, free_port())
    run.up()
    same = Running(folder, free_port())
    assert same.process.wait(60) == 1
    assert "already running" in same.said()
    assert run.url.rpartition(":")[2] in same.said()
    same.log.close()
    elsewhere = Running(folder.with_name("other"), run.port)
    assert elsewhere.process.wait(60) == 1
    assert f"Port {run.port}" in elsewhere.said()
    elsewhere.log.close()
    assert run.stop() == 0
    (folder / "council").write_text("atlantis\n")
    wrong = subprocess.run(
        [str(ROOT / "bin" / "run"), "--data", str(folder), "--port", str(free_port()), "--council", "leeds"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 1
    assert "atlantis" in wrong.stderr


def test_asked_to_stop_while_the_database_is_made_it_ends_quietly(folder: Path):
    run = Running(folder, free_port())
    until(lambda: run.process.poll() is not None or "Making the database ready" in run.said())
    assert run.stop(signal.SIGTERM) == 0
    said = Path(run.log.name).read_text()
    assert "Traceback" not in said
    assert said.endswith("Stopped.\n")
    assert not living(folder)
