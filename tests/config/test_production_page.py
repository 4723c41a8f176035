"""The page an administrator follows, held to the code; and the promise that migrations only add."""

import re
from pathlib import Path

import pytest

from moothall.interfaces.cli import settings as command

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((ROOT / "moothall").glob("**/migrations/[0-9]*.py"))
TAKES_AWAY = re.compile(
    r"migrations\.(RemoveField|DeleteModel|RenameField|RenameModel|AlterModelTable)\b"
    r"|\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\s+(TO|COLUMN)\b",
    re.IGNORECASE,
)
TWO_STEPS = re.compile(r"#\s*second step:\s*\S+", re.IGNORECASE)


def takes_away(source: str) -> list[str]:
    """What a migration does, going forward, that the version still running would miss."""
    forward = re.sub(r"(?s)^UNDO\s*=.*?(\"\"\"|'''|\n\n)(?:.*?\1)?", "", source, flags=re.MULTILINE)
    return [match.group(0) for match in TAKES_AWAY.finditer(forward)]


def test_the_table_of_variables_is_current():
    page = command.PAGE.read_text(encoding="utf-8")
    assert page == command.with_table(page), "run bin/moothall settings --write"


def test_every_variable_says_what_it_means():
    found = command.variables()
    assert {"DATABASE_URL", "MOOTHALL_DATA", "MOOTHALL_SECRET_KEY", "MOOTHALL_METRICS_TOKEN"} <= {
        one.name for one in found
    }
    assert all(one.meaning.endswith((".", "uk")) and len(one.meaning) > 15 for one in found)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_a_migration_is_safe_with_the_version_that_is_running(path: Path):
    source = path.read_text(encoding="utf-8")
    assert not takes_away(source) or TWO_STEPS.search(source), (
        f"{path.name} takes away what the running version may use: {takes_away(source)}. Drop it in a later release, "
        "and say `# second step: …` there."
    )


def test_the_check_of_migrations_sees_what_it_should():
    assert takes_away("operations = [migrations.RemoveField('a', 'b')]")
    assert takes_away('SQL = "ALTER TABLE a RENAME COLUMN b TO c"')
    assert not takes_away("operations = [migrations.AddField('a', 'b', f)]")
    assert not takes_away('UNDO = """\nDROP TABLE a\n"""\noperations = [migrations.RunSQL(SQL, UNDO)]')
