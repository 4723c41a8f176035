"""Folders that systems write files into: taken once when complete, moved aside with a report, never half read."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from moothall.core.access import Refused
from moothall.core.jobs import drain
from moothall.core.packs import current_pack
from moothall.customers.linking.actions import deliveries, fetching
from moothall.customers.linking.adapters import drop_folder
from moothall.customers.linking.models import Delivery, SourceRecord
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.queries import sources
from tests.customers.linking.conftest import COLLEAGUE, OFFICER, TAX, WASTE, csv_of, tax_row, waste_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher", "clock")]


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    settings.SYSTEM_FOLDER = tmp_path
    (tmp_path / "waste").mkdir()
    (tmp_path / "council-tax").mkdir()
    return tmp_path


def put(path: Path, content: bytes, *, ago: float = 60) -> Path:
    """A file as a system leaves it, written to last so many seconds ago."""
    path.write_bytes(content)
    then = time.time() - ago
    os.utime(path, (then, then))
    return path


def take(clock: Any) -> int:
    return fetching.take_folders(at=clock.now())


def names(folder: Path) -> list[str]:
    return sorted(one.name.partition("-")[2] or one.name for one in folder.iterdir() if one.is_file())


def test_a_complete_file_is_taken_once_and_moved_with_its_report(root: Path, clock: Any) -> None:
    rows = [waste_row("G1", "Dunn"), waste_row("", "Shah"), waste_row("G3", "Osei", phone="ask next door")]
    put(root / "waste" / "monday.csv", csv_of(WASTE, rows))
    assert take(clock) == 1
    assert take(clock) == 0
    done = Delivery.objects.get()
    assert (done.system, done.how, done.name, done.state, done.new) == ("waste", "file", "monday.csv", "done", 2)
    assert names(root / "waste") == []
    assert names(root / "waste" / "done") == ["monday.csv", "monday.csv.report.csv"]
    report = next((root / "waste" / "done").glob("*.report.csv")).read_text().splitlines()
    assert report[0] == "row,key,kept,why"
    assert report[1:] == [
        "2,,refused,It has no subscription.", "3,G3,kept,The phone could not be read.",
        ',,,"2 new, 0 changed, 0 same, 0 late, 0 gone, 1 refused."',
    ]  # fmt: skip


def test_one_that_is_still_written_to_is_left(root: Path, clock: Any, monkeypatch: Any) -> None:
    content = csv_of(WASTE, [waste_row("G1", "Dunn")])
    put(root / "waste" / "fresh.csv", content, ago=-600)  # written to just now, however slow this machine is
    for name in ("half.csv.part", ".hidden.csv", "half.filepart"):
        put(root / "waste" / name, content)
    (root / "waste" / "link.csv").symlink_to(root / "waste" / "fresh.csv")
    assert take(clock) == 0
    grows = put(root / "waste" / "grows.csv", content)
    real = Path.read_bytes

    def more_comes(self: Path) -> bytes:
        read = real(self)
        if self == grows:
            put(grows, content + b"G2,Amina,Shah\r\n")
        return read

    monkeypatch.setattr(Path, "read_bytes", more_comes)
    assert take(clock) == 0, "it was written to while it was read"
    monkeypatch.setattr(Path, "read_bytes", real)
    assert take(clock) == 1
    assert not SourceRecord.objects.filter(key="G9").exists()


def test_with_a_marker_only_what_it_stands_beside_is_complete(root: Path, clock: Any, monkeypatch: Any) -> None:
    system = current_pack().of(SYSTEMS)["waste"]
    marked = system.model_copy(update={"records": system.records.model_copy(update={"marker": ".ok"})})
    monkeypatch.setattr(fetching, "current_pack", lambda: _Pack({"waste": marked}))
    put(root / "waste" / "a.csv", csv_of(WASTE, [waste_row("G1", "Dunn")]), ago=3600)
    assert take(clock) == 0
    put(root / "waste" / "a.csv.ok", b"", ago=0)
    assert take(clock) == 1
    assert names(root / "waste") == [], "the marker goes with it"


class _Pack:
    def __init__(self, systems: dict[str, Any]) -> None:
        self.systems = systems

    def of(self, section: Any) -> dict[str, Any]:
        return self.systems


def test_what_cannot_be_taken_is_refused_with_why_and_the_next_is_taken(root: Path, clock: Any) -> None:
    put(root / "waste" / "1.csv", b"\x00\x01\x02")
    put(
        root / "waste" / "2.csv",
        csv_of(["subscription", "first_name"], [{"subscription": "G1", "first_name": "A"}]),
        ago=50,
    )
    put(root / "council-tax" / "3.csv", csv_of([one for one in TAX if one != "LIABLE_SURNAME"], [tax_row("1", "Dunn")]))
    put(root / "waste" / "4.csv", csv_of(WASTE, [waste_row("G1", "Dunn")]), ago=40)
    take(clock)
    assert "1.csv" in names(root / "waste" / "refused")
    assert names(root / "waste" / "done") == ["4.csv", "4.csv.report.csv"] or "4.csv" in names(root / "waste" / "done")
    why = next((root / "council-tax" / "refused").glob("*.report.csv")).read_text()
    assert "The column LIABLE_SURNAME or SURNAME is not there. Nothing was read." in why
    assert "This is no text file" in next((root / "waste" / "refused").glob("*1.csv.report.csv")).read_text()
    lines = {line.system: line for line in sources(OFFICER)}
    assert "3.csv was refused" in lines["council-tax"].problem
    assert lines["waste"].problem == "", "the newest was taken"


def test_the_oldest_is_taken_first_whatever_they_are_called(root: Path, clock: Any) -> None:
    put(root / "waste" / "a.csv", csv_of(WASTE, [waste_row("G1", "Newest")]), ago=60)
    put(root / "waste" / "z.csv", csv_of(WASTE, [waste_row("G1", "Oldest")]), ago=600)
    assert take(clock) == 2
    assert SourceRecord.objects.get().fields["family_name"] == "Newest"
    assert list(Delivery.objects.order_by("as_of").values_list("name", flat=True)) == ["z.csv", "a.csv"]


def test_one_read_and_not_moved_is_moved_and_not_read_again(root: Path, clock: Any, monkeypatch: Any) -> None:
    put(root / "waste" / "a.csv", csv_of(WASTE, [waste_row("G1", "Dunn")]))
    real = drop_folder.put_aside

    def killed(*args: Any, **more: Any) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(drop_folder, "put_aside", killed)
    with pytest.raises(KeyboardInterrupt):
        take(clock)
    monkeypatch.setattr(drop_folder, "put_aside", real)
    assert take(clock) == 1
    assert Delivery.objects.get().new == 1


def test_a_whole_file_that_lacks_many_is_held_and_its_report_says_so(root: Path, clock: Any) -> None:
    whole = put(root / "council-tax" / "1.csv", csv_of(TAX, [tax_row(str(n), f"Name{n}") for n in range(30)]))
    then = clock.now().timestamp() - 600  # a file speaks of when it was written, never of a moment to come
    os.utime(whole, (then, then))
    put(root / "council-tax" / "2.csv", csv_of(TAX, [tax_row("1", "Name1")]))
    assert take(clock) == 2
    assert Delivery.objects.get(name="2.csv").state == "held"
    said = next((root / "council-tax" / "done").glob("*2.csv.report.csv")).read_text()
    assert "Held: It lacks 29 of the 30 records we hold. Is it whole?" in said


def test_folders_of_no_system_and_no_folder_at_all_do_no_harm(root: Path, clock: Any, settings: Any) -> None:
    (root / "unknown").mkdir()
    put(root / "unknown" / "a.csv", b"x")
    put(root / "loose.csv", b"x")
    assert take(clock) == 0
    assert names(root / "unknown") == ["a.csv"]
    settings.SYSTEM_FOLDER = root / "not-there"
    assert take(clock) == 0
    settings.SYSTEM_FOLDER = None
    assert take(clock) == 0


def test_the_job_takes_them_and_the_console_shows_the_folders(root: Path, clock: Any) -> None:
    put(root / "waste" / "a.csv", csv_of(WASTE, [waste_row("G1", "Dunn")]))
    drain()
    assert SourceRecord.objects.get().key == "G1"
    assert [(line.system, line.how) for line in sources(OFFICER)] == [("council-tax", "folder"), ("waste", "folder")]


WITHOUT = [one for one in TAX if one != "LIABLE_SURNAME"]


def put_at(clock: Any, path: Path, content: bytes, *, ago: float) -> None:
    """A file that was written so many seconds before now, as the clock of the test has it."""
    path.write_bytes(content)
    then = clock.now().timestamp() - ago
    os.utime(path, (then, then))


def mend(monkeypatch: Any, heading: str) -> None:
    """The pack learns how the system calls the family name now."""
    pack = current_pack()
    system = pack.of(SYSTEMS)["council-tax"]
    column = system.records.columns["family_name"].model_copy(update={"names": (heading,)})
    layout = system.records.model_copy(update={"columns": {**system.records.columns, "family_name": column}})
    mended = _Pack({"council-tax": system.model_copy(update={"records": layout})})
    for module in (fetching, deliveries):
        monkeypatch.setattr(module, "current_pack", lambda: mended)


def test_a_refused_file_is_taken_up_again_once_the_pack_is_mended(root: Path, clock: Any, monkeypatch: Any) -> None:
    folder = root / "council-tax"
    rows = [tax_row("1", "Dunn") | {"FAMILY": "Dunn"}, tax_row("2", "Shah", given="Ravi") | {"FAMILY": "Shah"}]
    put_at(clock, folder / "3.csv", csv_of([*WITHOUT, "FAMILY"], rows), ago=120)
    put_at(clock, folder / "4.csv", b"\x00\x01", ago=110)
    assert take(clock) == 2
    refused = Delivery.objects.get()
    assert refused.state == "refused"
    lines = {line.system: line for line in sources(OFFICER)}
    assert lines["council-tax"].refused == 2
    clock.advance(minutes=5)

    assert fetching.take_refused_again("council-tax", name="3.csv", by=OFFICER, at=clock.now()) == ["3.csv"]
    assert take(clock) == 1
    assert Delivery.objects.get().state == "refused", "taken up before the pack was mended it is refused again"
    mend(monkeypatch, "FAMILY")
    clock.advance(minutes=5)
    assert fetching.take_refused_again("council-tax", by=OFFICER, at=clock.now()) == ["4.csv", "3.csv"]
    newer = csv_of([*WITHOUT, "FAMILY"], rows[:1])  # of the same name, meanwhile
    put_at(clock, folder / "3.csv", newer, ago=60)
    assert take(clock) == 3
    done = Delivery.objects.order_by("as_of").first()
    assert done is not None
    assert (done.id, done.name, done.state, done.problem, done.new) == (refused.id, "3.csv", "done", "", 2)
    assert SourceRecord.objects.filter(system="council-tax").count() == 2
    assert names(folder) == []
    assert names(folder / "refused") == ["4.csv", "4.csv.report.csv"], "what still cannot be read is aside with why"
    assert names(folder / "done") == ["3.csv", "3.csv", "3.csv.report.csv", "3.csv.report.csv"]
    assert fetching.take_refused_again("council-tax", name="3.csv", by=OFFICER, at=clock.now()) == []


def test_what_was_refused_and_is_late_now_is_late(root: Path, clock: Any, monkeypatch: Any) -> None:
    """The file of Monday is mended on Wednesday: Tuesday's word of the same record stands."""
    monday = csv_of([*WITHOUT, "FAMILY"], [tax_row("1", "") | {"FAMILY": "Dunn"}])
    put_at(clock, root / "council-tax" / "mo.csv", monday, ago=600)
    take(clock)
    put_at(clock, root / "council-tax" / "tu.csv", csv_of(TAX, [tax_row("1", "Shah")]), ago=300)
    take(clock)
    mend(monkeypatch, "FAMILY")
    fetching.take_refused_again("council-tax", by=OFFICER, at=clock.now())
    take(clock)
    assert Delivery.objects.get(name="mo.csv").late == 1
    assert SourceRecord.objects.get().fields["family_name"] == "Shah"


def test_a_marker_is_set_again_and_strangers_may_not(root: Path, clock: Any, monkeypatch: Any) -> None:
    put_at(clock, root / "council-tax" / "3.csv", b"\x00\x01", ago=60)
    take(clock)
    with pytest.raises(Refused):
        fetching.take_refused_again("council-tax", by=COLLEAGUE, at=clock.now())
    system = current_pack().of(SYSTEMS)["council-tax"]
    marked = system.model_copy(update={"records": system.records.model_copy(update={"marker": ".ok"})})
    monkeypatch.setattr(deliveries, "current_pack", lambda: _Pack({"council-tax": marked}))
    assert fetching.take_refused_again("council-tax", by=OFFICER, at=clock.now()) == ["3.csv"]
    assert names(root / "council-tax") == ["3.csv", "3.csv.ok"]
