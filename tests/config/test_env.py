"""What the environment may say, and what we say when it is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from moothall.config.env import Env
from moothall.core.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "MOOTHALL_MODE": "production",
    "MOOTHALL_SECRET_KEY": "k" * 50,
    "MOOTHALL_HOSTS": "my.example.org",
    "MOOTHALL_PUBLIC_URL": "https://my.example.org",
    "DATABASE_URL": "postgresql://moothall:secret@db.example.org:5432/moothall?sslmode=require",
}


def settings_with(**environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
    show = (
        "from moothall.config import settings as s; d = s.DATABASES['default'];"
        "print(d['HOST'], d['PORT'], d['NAME'], d['OPTIONS'].get('sslmode'), s.SESSION_COOKIE_SECURE, s.DATA_DIR, s.COUNCIL)"
    )
    return subprocess.run(
        [sys.executable, "-c", show], env=clean | environment, capture_output=True, text=True, check=False, cwd="/"
    )


def test_each_kind_of_value_is_read():
    env = Env({"A": " words ", "B": "YES", "C": "7", "D": "two", "E": "a, b,,c", "F": "x/y"})
    assert env.text("A", "Words.") == "words"
    assert env.flag("B", "A flag.") is True
    assert env.number("C", "A number.", default=1) == 7
    assert env.choice("D", "A choice.", options=("one", "two"), default="one") == "two"
    assert env.listing("E", "A list.") == ["a", "b", "c"]
    assert env.path("F", "A path.") == Path.cwd() / "x" / "y"
    env.complain()


def test_every_problem_is_told_at_once_and_by_name():
    env = Env({"B": "perhaps", "C": "many", "D": "three", "G": "0"})
    env.text("A", "The key.", required=True)
    env.flag("B", "A flag.")
    env.number("C", "A number.", default=1)
    env.choice("D", "A choice.", options=("one", "two"), default="one")
    env.number("G", "A number.", default=5, least=1, most=9)
    with pytest.raises(ImproperlyConfigured) as told:
        env.complain()
    for words in ("A is not set", "B should be yes or no", "C should be a whole number", "one, two", "from 1 to 9"):
        assert words in str(told.value)


@pytest.mark.parametrize("missing", ["MOOTHALL_SECRET_KEY", "MOOTHALL_HOSTS", "MOOTHALL_PUBLIC_URL", "DATABASE_URL"])
def test_production_names_what_is_missing(missing: str):
    done = settings_with(**{key: value for key, value in PRODUCTION.items() if key != missing})
    assert done.returncode == 1
    assert f"{missing} is not set" in done.stderr


def test_production_reads_a_database_address_whole_and_keeps_cookies_safe():
    done = settings_with(**PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:5] == ["db.example.org", "5432", "moothall", "require", "True"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"MOOTHALL_CLOCK_FILE": "/tmp/clock"}, "must not be set in production"),
        ({"MOOTHALL_SECRET_KEY": "short"}, "at least 40"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "PostgreSQL only"),
        ({"DATABASE_URL": "postgresql://h:port/x"}, "port"),
        ({"MOOTHALL_MODE": "staging"}, "production, demo, test"),
    ],
)
def test_production_refuses_what_would_hurt(wrong: dict[str, str], words: str):
    done = settings_with(**PRODUCTION | wrong)
    assert done.returncode == 1
    assert words in done.stderr


def test_database_url_wins_over_the_data_folder(tmp_path: Path):
    both = settings_with(MOOTHALL_MODE="demo", MOOTHALL_DATA=str(tmp_path), DATABASE_URL="postgresql://u@h/other")
    assert both.stdout.split()[0] == "h"
    folder = settings_with(MOOTHALL_MODE="demo", MOOTHALL_DATA=str(tmp_path))
    assert folder.stdout.split()[0] == str(Cluster(tmp_path).socket_dir)


def test_a_data_folder_remembers_its_council(tmp_path: Path):
    (tmp_path / "council").write_text("halton\n")
    assert settings_with(MOOTHALL_MODE="demo", MOOTHALL_DATA=str(tmp_path)).stdout.split()[-1] == "halton"
