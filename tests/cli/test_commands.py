"""The command line as scripts meet it: help, JSON, exit codes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from moothall.core import jobs
from moothall.interfaces.cli import bench, doctor, rows
from moothall.interfaces.cli.main import root

ROOT = Path(__file__).resolve().parents[2]


def moothall(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell would run it."""
    return subprocess.run(
        [sys.executable, "-m", "moothall.interfaces.cli", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command in this process, which has started already: what it says and its exit code are the same as a shell's.

    A command leaves the database as it ends; here it works inside the test's own transaction.
    """
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)
    return lambda *words: CliRunner().invoke(root, words)


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        found.append((*path, name))
        if isinstance(one, click.Group):
            found += every_command(one, (*path, name))
    return found


def test_every_command_has_help_that_says_something():
    commands = every_command(root)
    assert {("clock", "set"), ("doctor",), ("rows",), ("run",), ("serve",), ("work",), ("migrate",)} <= set(commands)
    for words in commands:
        result = CliRunner().invoke(root, [*words, "--help"])
        assert result.exit_code == 0, words
        assert len(result.output.split("\n\n")) >= 3, f"{words} says nothing about itself"


def test_help_is_quick_because_django_is_not_set_up_for_it():
    began = time.perf_counter()
    done = moothall("--help")
    assert done.returncode == 0
    assert time.perf_counter() - began < 3
    listed = "from moothall.interfaces.cli.main import root; root.list_commands(None)"
    probe = f"import sys; {listed}; print('django.db' in sys.modules)"
    asked = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "False"


def test_a_word_it_does_not_know_is_exit_code_2(here: Callable[..., Result], clock: Any):
    assert moothall("no-such-command").returncode == 2
    assert here("clock", "set", "tea-time").exit_code == 2
    assert here("bench", "no-such-benchmark").exit_code == 2


@pytest.mark.long
def test_a_council_without_a_pack_is_told_before_anything_is_made(tmp_path: Path):
    done = moothall("run", "--council", "nowhere", "--data", str(tmp_path / "data"), "--no-history")
    assert done.returncode == 2
    assert "there is no such pack" in done.stderr
    assert "expected one of" in done.stderr
    assert "`leeds`" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_wrong_settings_are_one_clear_message_and_exit_code_1():
    done = moothall("clock", "show", MOOTHALL_DB_POOL="many")
    assert done.returncode == 1
    assert "MOOTHALL_DB_POOL should be a whole number" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_the_clock_is_set_and_moved_from_the_command_line(tmp_path: Path):
    clock = {"MOOTHALL_CLOCK_FILE": str(tmp_path / "clock")}
    assert moothall("clock", "set", "2026-07-01T09:00", **clock).stdout.startswith(
        "Wednesday 1 July 2026, 09:00:00 BST"
    )
    moved = moothall("clock", "advance", "1d2h", "--json", **clock)
    assert json.loads(moved.stdout) == {"now": "2026-07-02T10:00:00+00:00"}
    assert moothall("clock", "advance", "soon", **clock).returncode == 2


def test_the_clock_cannot_be_moved_without_a_file(here: Callable[..., Result], settings: Any):
    settings.CLOCK_FILE = None
    done = here("clock", "advance", "1h")
    assert done.exit_code == 1
    assert "MOOTHALL_CLOCK_FILE" in done.stderr


@pytest.mark.django_db
def test_migrate_check_says_whether_something_waits(here: Callable[..., Result]):
    done = here("migrate", "--check", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"waiting": [], "pack_outdated": None})


@pytest.mark.django_db
def test_doctor_names_what_is_missing_and_what_to_do(here: Callable[..., Result]):
    done = here("doctor", "--json")
    said = json.loads(done.stdout)
    by_name = {one["what"]: one for one in said["findings"]}
    assert (done.exit_code, said["right"]) == (1, False)
    assert by_name["Database"]["state"] == by_name["Extensions"]["state"] == by_name["Migrations"]["state"] == "right"
    assert by_name["Council pack"]["do"] == "Run moothall pack apply NAME."
    assert by_name["Workers"]["do"] == "Run moothall work."
    assert "MOOTHALL_CLAMD" in by_name["Malware scanner"]["do"]


@pytest.mark.parametrize(("state", "code"), [("right", 0), ("lacking", 0), ("wrong", 1)])
def test_doctor_answers_no_to_what_must_be_mended_and_not_to_what_is_off(
    state: str, code: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doctor, "_machine", lambda: [doctor.Finding("Braille", state, "as it is")])
    monkeypatch.setattr(doctor, "_installation", lambda: [doctor.Finding("Database", "right", "answers")])
    said = CliRunner().invoke(doctor.command, ["--json"])
    assert (said.exit_code, json.loads(said.output)["right"]) == (code, code == 0)


@pytest.mark.django_db
def test_doctor_names_who_cannot_be_reached(council: object, settings: Any):
    settings.PARTNER_ADDRESSES, settings.CONTRACTOR_ADDRESSES = {}, {"*": "https://orders.example.net"}
    partners, contractors = doctor._others()
    assert (partners.state, contractors.state) == ("lacking", "right")
    assert "the lighting contractor" in partners.said
    assert "MOOTHALL_PARTNERS" in partners.do
    settings.CONTRACTOR_ADDRESSES = {"hilltop-roofing": "https://orders.example.net"}
    _, contractors = doctor._others()
    assert "Beckside Home Repairs" in contractors.said
    assert "Hilltop Roofing" not in contractors.said


@pytest.mark.django_db
def test_doctor_sees_a_living_worker(here: Callable[..., Result]):
    jobs.beat("here:1")
    said = json.loads(here("doctor", "--json").stdout)
    assert {one["what"]: one["state"] for one in said["findings"]}["Workers"] == "right"


@pytest.mark.long
def test_doctor_says_when_the_database_does_not_answer():
    done = moothall("doctor", DATABASE_URL="postgresql://nobody@/none?host=/nonexistent")
    assert done.returncode == 1
    assert "mend DATABASE_URL" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_benchmark_is_found_run_and_answered_in_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "adding.py").write_text(
        '"""How long adding takes."""\nSIZE = 10\ndef run(size):\n    return {"sum": sum(range(size))}\n'
    )
    (tmp_path / "broken.py").write_text('"""Fails."""\ndef run(size):\n    raise OSError("no room")\n')
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    listed = CliRunner().invoke(bench.command, ["--json"])
    assert json.loads(listed.output)["adding"] == "How long adding takes."
    figures = json.loads(CliRunner().invoke(bench.command, ["adding", "--size", "4", "--json"]).output)
    assert (figures["sum"], figures["size"], figures["benchmark"]) == (6, 4, "adding")
    broken = CliRunner().invoke(bench.command, ["broken"])
    assert broken.exit_code == 1
    assert "no room" in broken.output


def test_rows_are_read_from_marks_on_tests_classes_and_files():
    source = (
        'pytestmark = [pytest.mark.row("A1")]\n'
        '@pytest.mark.row("D4", "D5")\ndef test_one(): ...\n'
        'class TestTwo:\n    @pytest.mark.row("B2")\n    def test_it(self): ...\n'
        "def helper(): ...\n"
    )
    assert rows.marks_in(source) == [("test_one", ["A1", "D4", "D5"]), ("TestTwo::test_it", ["A1", "B2"])]
    assert rows.marks_in("def test_plain(): ...") == []


def test_a_mark_for_a_row_there_is_not_is_an_error(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "rows.yaml").write_text('A1: "Web"\n')
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('@pytest.mark.row("Z9")\ndef test_x(): ...\n')
    with pytest.raises(ValueError, match="Z9"):
        rows.rows(tmp_path)


def test_the_page_of_rows_is_current():
    assert rows.PAGE.read_text(encoding="utf-8") == rows.page(rows.rows()), "run bin/moothall rows --write"
