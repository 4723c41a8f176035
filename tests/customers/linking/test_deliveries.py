"""Files as they really come: whole and partial, late and twice, columns moved, missing or broken, cut off in the middle."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from moothall.core.access import Refused
from moothall.core.actors import SYSTEM
from moothall.customers.linking.actions import accept_losses, receive, refuse_delivery
from moothall.customers.linking.actions.deliveries import NoSuchSystem, system_of
from moothall.customers.linking.models import Link, RecordVersion, RefusedRow, SourceRecord
from moothall.customers.linking.protocols import CannotRead
from moothall.customers.linking.registry import read_file
from moothall.customers.models import Customer
from tests.customers.linking.conftest import OFFICER, TAX, WASTE, PlainWeigher, csv_of, deliver, tax_row, waste_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher")]


def counted(delivery: Any) -> tuple[int, ...]:
    return tuple(getattr(delivery, name) for name in ("new", "changed", "same", "late", "gone", "refused"))


def test_rows_become_records_with_the_systems_own_figures(clock: Any) -> None:
    done = deliver("council-tax", csv_of(TAX, [tax_row("1001", "Dunn")]), clock.now())
    assert (done.state, counted(done)) == ("done", (1, 0, 0, 0, 0, 0))
    record = SourceRecord.objects.get()
    assert record.fields == {
        "title": "Mrs", "given_name": "Amina", "family_name": "Dunn", "date_of_birth": "1948-05-02",
        "address": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA",
    }  # fmt: skip
    assert record.summary == {"account": "1001", "balance": "31240", "next": "10413", "due": "2026-04-01"}
    person = Link.objects.get(record=record, undone_at=None).customer
    assert (person.given_name, person.family_name, person.address_text) == (
        "Amina",
        "Dunn",
        "14 Mill Lane, Otley, LS21 1AA",
    )


def test_columns_may_stand_anywhere_and_be_called_otherwise(clock: Any) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("1001", "Dunn")]), clock.now())
    moved = [*reversed(TAX)]
    rows = [{**tax_row("1001", "Dunn"), "Post Code": "LS21 1AA", "SURNAME": "Dunn"}]
    columns = ["Post Code" if one == "POSTCODE" else "SURNAME" if one == "LIABLE_SURNAME" else one for one in moved]
    again = deliver("council-tax", csv_of(columns, rows), clock.advance(days=1))
    assert counted(again) == (0, 0, 1, 0, 0, 0)
    assert RecordVersion.objects.count() == 1


def test_a_needed_column_that_is_missing_refuses_the_whole_by_its_name(clock: Any) -> None:
    columns = [one for one in TAX if one != "LIABLE_SURNAME"]
    done = deliver("council-tax", csv_of(columns, [tax_row("1001", "Dunn")]), clock.now())
    assert done.state == "refused"
    assert done.problem == "The column LIABLE_SURNAME or SURNAME is not there. Nothing was read."
    assert not SourceRecord.objects.exists()


def test_another_column_that_is_missing_keeps_what_we_had(clock: Any) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("1001", "Dunn", TELEPHONE="07700 900123")]), clock.now())
    columns = [one for one in TAX if one not in {"TELEPHONE", "BALANCE"}]
    done = deliver("council-tax", csv_of(columns, [tax_row("1001", "Dunne")]), clock.advance(days=1))
    assert (done.state, sorted(done.missing), done.changed) == ("done", ["balance", "phone"], 1)
    record = SourceRecord.objects.get()
    assert (record.fields["family_name"], record.fields["phone"]) == ("Dunne", "+447700900123")
    assert record.summary["balance"] == "31240"


def test_rows_are_kept_or_refused_one_by_one_with_number_and_reason(clock: Any) -> None:
    rows = [
        tax_row("1", "Dunn"), tax_row("", "Shah"), tax_row("3", "", given=""), tax_row("4", "Pike", born="31/02/1950"),
        tax_row("5", "Osei"), tax_row("1", "Other"), tax_row("6", "Ali", TELEPHONE="ask next door"),
    ]  # fmt: skip
    content = csv_of(TAX, rows) + b"7,too,few\r\n"
    done = deliver("council-tax", content, clock.now())
    assert (done.state, done.new, done.refused) == ("done", 4, 4)
    told = {(one.row, one.kept, one.reason) for one in RefusedRow.objects.all()}
    assert told == {
        (2, False, "It has no ACCOUNT_REF or ACCOUNT_NO."),
        (3, False, "It has no name."),
        (4, True, "The date of birth could not be read."),
        (6, False, "The key came in row 1 already."),
        (7, True, "The phone could not be read."),
        (8, False, "It has 3 cells where the heading has 16."),
    }
    assert RefusedRow.objects.get(row=2).raw["LIABLE_SURNAME"] == "Shah"


def test_columns_that_moved_in_a_file_without_headings_are_seen_before_anything_is_kept(clock: Any) -> None:
    def line(claim: str, shift: int = 0) -> str:
        right = f"{claim:<10}A{'DUNN':<30}{'AMINA':<30}02051948{'14 MILL LANE':<80}{'LS21 1AA':<8}{'07700 900123':<15}"
        return " " * shift + right + "00004500" + "01042026"

    right = "\n".join(line(f"B{number}") for number in range(8)).encode()
    assert deliver("benefits", right, clock.now()).new == 8
    assert SourceRecord.objects.get(key="B0").summary == {"claim": "B0", "weekly": "4500", "review": "2026-04-01"}
    moved = "\n".join(line(f"B{number}", shift=4) for number in range(8)).encode()
    done = deliver("benefits", moved, clock.advance(days=1))
    assert done.state == "refused"
    assert "the columns may have moved. Nothing was read." in done.problem
    assert SourceRecord.objects.get(key="B0").fields["date_of_birth"] == "1948-05-02"


def test_the_same_file_again_changes_nothing(clock: Any) -> None:
    content = csv_of(TAX, [tax_row("1", "Dunn")])
    first = deliver("council-tax", content, clock.now())
    again = deliver("council-tax", gzip.compress(content)[:0] + content, clock.advance(days=1))
    assert again.id == first.id
    assert RecordVersion.objects.count() == Customer.objects.count() == 1


def test_a_late_file_never_undoes_a_newer_one(clock: Any) -> None:
    now = clock.now()
    newer = csv_of(WASTE, [waste_row("S1", "Married-Name"), waste_row("S2", "Pike", cancelled="yes")])
    older = csv_of(WASTE, [waste_row("S1", "Maiden-Name"), waste_row("S2", "Pike")])
    deliver("waste", newer, now, as_of=now)
    done = deliver("waste", older, now, as_of=now - timedelta(days=1))
    assert counted(done) == (0, 0, 0, 2, 0, 0)
    assert SourceRecord.objects.get(key="S1").fields["family_name"] == "Married-Name"
    assert SourceRecord.objects.get(key="S2").gone, "told gone before it was told at all"
    assert RecordVersion.objects.filter(in_force=False).count() == 2


def test_a_whole_file_ends_what_it_lacks_also_when_an_older_one_comes_after(clock: Any) -> None:
    now = clock.now()
    deliver("council-tax", csv_of(TAX, [tax_row("1", "Dunn"), tax_row("2", "Shah")]), now, as_of=now)
    late = csv_of(TAX, [tax_row("1", "Dunn"), tax_row("3", "Pike")])
    deliver("council-tax", late, now, as_of=now - timedelta(days=7))
    assert {r.key: r.gone for r in SourceRecord.objects.all()} == {"1": False, "2": False, "3": True}
    deliver("council-tax", csv_of(TAX, [tax_row("1", "Dunn")]), now, as_of=now + timedelta(days=7))
    assert {r.key: r.gone for r in SourceRecord.objects.all()} == {"1": False, "2": True, "3": True}
    assert Customer.objects.count() == 2, "a record that never stood makes nobody"


def test_a_whole_file_that_lacks_many_waits_for_somebody(clock: Any) -> None:
    many = [tax_row(str(number), "Dunn", given=f"N{number}") for number in range(20)]
    deliver("council-tax", csv_of(TAX, many), clock.now())
    half = deliver("council-tax", csv_of(TAX, many[:10]), clock.advance(days=1))
    assert (half.state, half.problem) == ("held", "It lacks 10 of the 20 records we hold. Is it whole?")
    assert not SourceRecord.objects.filter(gone=True).exists()
    with pytest.raises(Refused):
        accept_losses(half.id, by=OFFICER.because("x").__class__(OFFICER.kind), at=clock.now())
    refuse_delivery(half.id, why="cut off by the mail server", by=OFFICER, at=clock.now())
    assert not SourceRecord.objects.filter(gone=True).exists()
    other = deliver("council-tax", csv_of(TAX, many[5:15]), clock.advance(days=1))
    assert accept_losses(other.id, by=OFFICER, at=clock.now()).gone == 10
    assert SourceRecord.objects.filter(gone=True).count() == 10


def test_a_row_that_cannot_be_read_is_not_taken_for_gone(clock: Any) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row(str(n), "Dunn", given=f"N{n}") for n in range(6)]), clock.now())
    bad = [tax_row(str(n), "Dunn", given=f"N{n}") for n in range(4)] + [tax_row("4", "", given="")]
    done = deliver("council-tax", csv_of(TAX, bad), clock.advance(days=1))
    assert {r.key for r in SourceRecord.objects.filter(gone=True)} == {"5"}
    nameless = [tax_row(str(n), "Dunn", given=f"N{n}") for n in range(4)] + [tax_row("", "Dunn")]
    done = deliver("council-tax", csv_of(TAX, nameless), clock.advance(days=1))
    assert done.problem.startswith("Some rows have no key that can be read")
    assert {r.key for r in SourceRecord.objects.filter(gone=True)} == {"5"}


def test_a_delivery_that_was_cut_off_goes_on_where_it_was(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.customers.linking.actions.deliveries.BATCH", 3)
    content = csv_of(TAX, [tax_row(str(n), "Dunn", given=f"N{n}") for n in range(10)])
    half = deliver("council-tax", content, clock.now(), stop_after=2)
    assert (half.state, half.next_row, SourceRecord.objects.count()) == ("reading", 7, 6)
    done = deliver("council-tax", content, clock.advance(minutes=5))
    assert (done.id, done.state, counted(done)) == (half.id, "done", (10, 0, 0, 0, 0, 0))


def test_old_code_pages_and_what_is_no_file_at_all(clock: Any) -> None:
    text = csv_of(TAX, [tax_row("1", "Müller"), tax_row("2", "O’Neill")]).decode()
    deliver("council-tax", text.encode("cp1252"), clock.now())
    assert {r.fields["family_name"] for r in SourceRecord.objects.all()} == {"Müller", "O’Neill"}
    for content in (b"", b"\x1f\x8bbroken", b"PK\x03\x04\x00\x00"):
        with pytest.raises(CannotRead):
            read_file(content, system_of("council-tax"))
    with pytest.raises(NoSuchSystem, match="no system “tax”"):
        system_of("tax")


def test_json_with_nested_values_and_a_broken_line(clock: Any) -> None:
    tenancy = {
        "tenancy": {"id": "T1", "officer": "J. Hale"}, "changed_at": "2026-03-01T10:00:00Z",
        "tenant": {"name": "DUNN, Mrs Amina", "born": "1948-05-02", "phones": ["07700 900123", None]},
        "property": {"line1": "14 Mill Lane", "line2": "Otley", "postcode": "LS21 1AA"}, "rent": {"balance_pence": 4250},
    }  # fmt: skip
    lines = json.dumps(tenancy) + '\n{"tenancy": {"id": "T2"\n' + json.dumps(["no object"])
    done = deliver("housing-rents", lines.encode(), clock.now())
    assert (done.new, done.refused) == (1, 2)
    record = SourceRecord.objects.get()
    assert (record.fields["title"], record.fields["given_name"], record.fields["family_name"]) == (
        "Mrs",
        "Amina",
        "DUNN",
    )
    assert record.summary == {"tenancy": "T1", "balance": "4250", "officer": "J. Hale"}


def test_the_machine_links_only_where_it_is_sure_and_lists_the_rest(clock: Any, weigher: PlainWeigher) -> None:
    from moothall.customers.linking.models import Pair

    deliver("council-tax", csv_of(TAX, [tax_row("1", "Dunn")]), clock.now())
    rent = {"tenancy": {"id": "T1"}, "tenant": {"name": "Amina Dunn", "born": "1948-05-02"}}
    deliver("housing-rents", json.dumps([rent]).encode(), clock.now())
    assert Customer.objects.count() == 1, "same name and date of birth"
    link = Link.objects.get(record__system="housing-rents")
    assert (link.how, link.weight, link.parts[0]["field"]) == ("machine", 12.0, "family_name")
    deliver("waste", csv_of(WASTE, [waste_row("S1", "Dunn", given="Alma")]), clock.now())
    assert Customer.objects.count() == 2
    assert Pair.objects.get().weight == 4.0
    second = csv_of(TAX, [tax_row("1", "Dunn"), tax_row("2", "Dunn")])
    deliver("council-tax", second, clock.advance(days=1))
    assert Link.objects.get(record__key="2").how == "own", "two accounts in one system: somebody must look"


def test_only_who_may_brings_records(clock: Any) -> None:
    with pytest.raises(Refused):
        receive("waste", read_file(csv_of(WASTE, [waste_row("1", "Dunn")]), system_of("waste")), how="file", by=OFFICER,
                at=clock.now())  # fmt: skip
    assert SYSTEM.may("delivery.bring")
