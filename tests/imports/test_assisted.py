"""A list of the homes whose bins the crew fetches, brought in from the command line, again and again."""

from __future__ import annotations

import csv
import gzip
import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moothall.core.actors import SYSTEM
from moothall.core.models import Event
from moothall.interfaces.cli.main import root
from moothall.places.actions import Premises, import_premises
from moothall.rounds.actions import end_flags, import_stops
from moothall.rounds.models import Flag, FlagKind

pytestmark = pytest.mark.django_db

HEAD = "UPRN,Address,Postcode,Start Date,End date,Crew notes,Name,Reason\n"
HEAD = HEAD.replace("Start Date", "start_date").replace("End date", "end_date").replace("Crew notes", "crew_notes")
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def homes(monkeypatch: pytest.MonkeyPatch, council: Any, clock: Any) -> None:
    """Five homes, four of them on a round. The command works inside the test's own transaction."""
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)
    at_mill = [
        (11, "14 Mill Lane"),
        (12, "Flat 1, 16 Mill Lane"),
        (13, "Flat 2, 16 Mill Lane"),
        (14, "Rose Cottage, Mill Lane"),
    ]
    known = [*at_mill, (15, "3 Far Hill")]
    import_premises([Premises(uprn=uprn, address=text, postcode="LS1 1UR") for uprn, text in known], by=SYSTEM)
    import_stops([(uprn, "r1", 101) for uprn, _ in at_mill], by=SYSTEM)


def bring(path: Path, *words: str, source: str = "waste") -> Result:
    report = str(path.with_suffix(".report"))
    return CliRunner().invoke(root, ["import", "assisted", str(path), "--source", source, "--report", report, *words])


def figures(path: Path, *words: str, **more: str) -> dict[str, Any]:
    done = bring(path, "--json", *words, **more)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def listed(path: Path) -> list[tuple[str, str, str]]:
    with path.with_suffix(".report").open(newline="") as lines:
        return [(line[0], line[2], line[3]) for line in list(csv.reader(lines))[1:]]


def held(**only: Any) -> list[tuple[int, date, date | None, str]]:
    return list(Flag.objects.filter(**only).order_by("uprn", "begins").values_list("uprn", "begins", "ends", "note"))


def a_list(folder: Path, *rows: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return path


def test_each_home_is_found_and_only_what_a_crew_needs_is_kept(tmp_path: Path) -> None:
    path = a_list(
        tmp_path, "11,,,2026-01-05,,Behind the side gate,Amina Dunn,Stroke",
        ",Flat 2 - 16 Mill Ln,ls11ur,05/01/2026,31/03/2027,,Sam Ode,", ",Rose Cottage,LS1 1UR,,,,,", "15,,,,,,,",
    )  # fmt: skip
    done = figures(path)
    assert [done[key] for key in ("read", "new", "refused", "unserved", "absent")] == [4, 4, 0, 1, 0]
    assert done["columns_not_read"] == ["Name", "Reason"]
    assert held() == [
        (11, date(2026, 1, 5), None, "Behind the side gate"),
        (13, date(2026, 1, 5), date(2027, 3, 31), ""),
        (14, TODAY, None, ""),
        (15, TODAY, None, ""),
    ]
    assert listed(path) == [("5", "kept", "no round serves it, so it is on no crew’s sheet until one does")]
    event = Event.objects.get(name="round.help_listed")
    assert event.data == {"source": "waste", "listed": 4, "new": 4, "changed": 0, "ended": 0}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x1,,,,,,,", "its number (UPRN) is not one of up to 12 digits"),
        ("99,,,,,,,", "no premises here have this number (UPRN): mend it, or bring the premises in first"),
        (",14 Mill Lane,,,,,,", "it does not say which home: give its number (UPRN), or its address and postcode"),
        (",14 Mill Lane,LS1,,,,,", "its postcode is not a whole one: write it as LS1 1UR, or give the number (UPRN)"),
        (",20 Mill Lane,LS1 1UR,,,,,", "no address here at that postcode is written so: give its number (UPRN)"),
        (",Mill Lane,LS1 1UR,,,,,", "no address here at that postcode is written so: give its number (UPRN)"),
        ("11,,,31/31/2026,,,,", "“31/31/2026” is not a date: write 2026-07-04 or 04/07/2026"),
        ("11,,,2026-03-01,2026-02-01,,,", "it ends before it begins: mend its dates"),
        ("11,short", "it has 2 fields where the headings have 8"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told_with_what_to_do(tmp_path: Path, row: str, why: str) -> None:
    path = a_list(tmp_path, row)
    if "Mill Lane,LS1 1UR" in row and "20" not in row:  # two doors without a number: the street alone could be either
        import_premises([Premises(uprn=16, address="The Barn, Mill Lane", postcode="LS1 1UR")], by=SYSTEM)
        why = "2 addresses here may be meant: give its number (UPRN)"
    assert figures(path)["refused"] == 1
    assert listed(path) == [("2", "refused", why)]
    assert held() == []


def test_again_changes_nothing_and_the_next_delivery_is_laid_over_it(tmp_path: Path, clock: Any) -> None:
    first = a_list(tmp_path, "11,,,2026-01-05,,By the gate,,", "12,,,,2026-03-20,,,", "13,,,,,,,")
    assert figures(first)["new"] == 3
    before = held()
    again = figures(first)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 3)
    assert held() == before
    clock.advance(days=7)
    then = a_list(tmp_path, "11,,,2026-01-05,,By the shed,,", "12,,,,2026-06-20,,,", "14,,,,,,,")
    done = figures(then)
    assert [done[key] for key in ("new", "changed", "same", "absent", "ended")] == [1, 2, 0, 1, 0]
    assert held(uprn__in=(11, 12, 13)) == [
        (11, date(2026, 1, 5), None, "By the shed"), (12, TODAY, date(2026, 6, 20), ""), (13, TODAY, None, ""),
    ]  # fmt: skip


def test_only_a_complete_list_ends_what_is_gone_and_a_dry_run_says_it_first(tmp_path: Path, clock: Any) -> None:
    figures(a_list(tmp_path, "11,,,,,,,", "12,,,2026-05-01,,,,", "13,,,,,,,"))
    figures(a_list(tmp_path, "15,,,,,,,"), source="other")
    clock.advance(days=7)
    path = a_list(tmp_path, "13,,,,,,,")
    told = bring(path)
    assert "2 homes of this list are not in the file and stay as they are; say --complete" in told.stdout
    said = bring(path, "--complete", "--dry-run")
    assert said.stdout.startswith("This was a dry run: nothing was changed.\n1 rows read: 0 homes new")
    assert "2 are gone from the list: their help ends with today." in said.stdout
    assert held(uprn=11)[0][2] is None
    done = figures(path, "--complete")
    assert (done["absent"], done["ended"]) == (2, 2)
    assert held() == [
        (11, TODAY, date(2026, 3, 9), ""), (13, TODAY, None, ""), (15, TODAY, None, ""),
    ], "what was still to begin never does; another list is another's"  # fmt: skip
    assert figures(path, "--complete")["ended"] == 0
    clock.advance(days=7)
    assert figures(a_list(tmp_path, "11,,,,,,,", "13,,,,,,,"), "--complete")["new"] == 1
    assert held(uprn=11) == [(11, TODAY, date(2026, 3, 9), ""), (11, date(2026, 3, 16), None, "")]


@pytest.mark.parametrize(
    ("rows", "why"), [(["12,,,,,,,", "x,,,,,,,"], "a refused row may be one of them"), ([], "a refused row")]
)
def test_nobody_is_ended_by_a_list_with_a_row_that_cannot_be_read_or_by_an_empty_one(
    tmp_path: Path, rows: list[str], why: str
) -> None:
    figures(a_list(tmp_path, "11,,,,,,,", "12,,,,,,,"))
    said = bring(a_list(tmp_path, *rows), "--complete")
    assert (said.exit_code == 0) is bool(rows)
    assert (why in said.stdout) if rows else ("has no homes in it" in said.stderr)
    assert all(ends is None for _, _, ends, _ in held())


def test_what_was_ended_here_at_request_does_not_come_back_by_the_list(tmp_path: Path, clock: Any) -> None:
    path = a_list(tmp_path, "11,,,2026-01-05,,,,", "12,,,2026-01-05,2026-12-31,,,")
    figures(path)
    for uprn in (11, 12):
        assert end_flags(uprn, FlagKind.ASSISTED, last=TODAY, by=SYSTEM) == 1
    clock.advance(days=2)
    done = figures(path)
    assert (done["ended_here"], done["new"], done["changed"]) == (2, 0, 0)
    assert listed(path)[0] == ("2", "kept", "it was ended here on 2026-03-02, at request: take it off the list")
    assert {ends for _, _, ends, _ in held()} == {TODAY}
    assert figures(a_list(tmp_path, "11,,,2026-03-04,,,,"))["new"] == 1, "asked for anew since"
    assert held(uprn=11, ends=None) == [(11, date(2026, 3, 4), None, "")]


def test_one_home_twice_and_notes_that_say_too_much(tmp_path: Path) -> None:
    path = a_list(
        tmp_path, "11,,,,,Ring 07700 900123 first,,", ",14 Mill Lane,LS1 1UR,,,,,", f"12,,,,,{'by the wall ' * 20},,",
        "13,,,,2026-02-01,,,", "14,,,2026-01-01,2026-02-25,,,",
    )  # fmt: skip
    done = figures(path, "--complete")
    assert [done[key] for key in ("repeated", "noted", "over", "new")] == [1, 2, 1, 3]
    assert [why.partition(",")[0] for _, _, why in listed(path)] == [
        "its note has an e-mail address or telephone number",
        "its note is longer than 200 characters",
        "its home stands in an earlier row",
    ]
    assert [(uprn, len(note)) for uprn, _, _, note in held()] == [(11, 0), (12, 200), (14, 0)]


def test_a_file_without_homes_in_it_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Name,Address\nAmina,14 Mill Lane\n")
    refused = bring(path)
    assert refused.exit_code == 1
    assert "x.csv has no column uprn or premises_id or property_id, nor both an address" in refused.stderr
    assert "Its columns are: Name, Address. Nothing was brought in." in refused.stderr
    assert bring(path, source=" ").exit_code == bring(path, source="x" * 61).exit_code == 2
    missing = bring(tmp_path / "none.csv")
    assert (missing.exit_code, "There is no file" in missing.stderr) == (1, True)


@pytest.mark.long
def test_a_list_of_every_home_by_mistake_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    many = 60_000
    import_premises(
        (Premises(uprn=n, address=f"{n} Long Road", postcode="LS2 2AA") for n in range(1000, 1000 + many)), by=SYSTEM
    )
    import_stops(((n, "r2", 102) for n in range(1000, 1000 + many)), by=SYSTEM)
    path = tmp_path / "all.csv.gz"
    with gzip.open(path, "wt") as out:
        out.write("uprn,notes\n" + "".join(f"{n},by the gate\n" for n in range(1000, 1000 + many)))
    tracemalloc.start()
    assert figures(path)["new"] == many
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 2**20
    assert figures(path)["same"] == many
