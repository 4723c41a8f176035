"""Two who are parted are weighed at once against everybody else: nothing waits for the night."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.linking.actions import keep_apart, merge, unmerge
from moothall.customers.linking.models import Merge, Pair, PairState, SourceRecord
from tests.customers.linking.conftest import OFFICER, TAX, WASTE, csv_of, deliver, tax_row, waste_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher")]


def owner(system: str) -> UUID:
    found = SourceRecord.objects.get(system=system).own_id
    assert found is not None
    return found


def waiting() -> set[frozenset[UUID]]:
    return {frozenset((one.one_id, one.other_id)) for one in Pair.objects.filter(state=PairState.OPEN)}


@pytest.fixture
def three(clock: Any) -> tuple[UUID, UUID, UUID]:
    """Two joined by an officer, and a third who came while they were one: asked about whom they showed, nobody else."""
    deliver("council-tax", csv_of(TAX, [tax_row("T1", "Dunn")]), clock.now())
    deliver("waste", csv_of(WASTE, [waste_row("G1", "Dunn")]), clock.advance(minutes=1))
    one, other = owner("council-tax"), owner("waste")
    merge(one, other, by=OFFICER, at=clock.advance(minutes=1))
    lines = ["PermitHolderId;Deleted;Modified;HolderName;HolderAddress;HolderPostcode;HolderPhone;HolderEmail"]
    lines.append("P1;;;Amina Dunn;;;;")
    deliver("parking", "\r\n".join(lines).encode(), clock.advance(minutes=1))
    return one, other, owner("parking")


def test_each_of_the_two_is_asked_about_at_once(three: tuple[UUID, UUID, UUID], clock: Any) -> None:
    one, other, third = three
    made = Merge.objects.get()
    assert not {frozenset((made.joined_id, third))} & waiting(), "she was behind the one who stayed"
    unmerge(made.id, why="Two people", by=OFFICER, at=clock.advance(minutes=1))
    drain()
    assert {frozenset((one, third)), frozenset((other, third)), frozenset((one, other))} <= waiting()
    before = waiting()
    drain()
    assert waiting() == before


def test_what_was_decided_of_them_stays_decided(three: tuple[UUID, UUID, UUID], clock: Any) -> None:
    made, third = Merge.objects.get(), three[2]
    drain()
    merged = {made.joined_id: made.into_id}
    keep_apart(made.joined_id, third, reason="Seen", by=OFFICER, at=clock.advance(minutes=1))
    unmerge(made.id, why="Two people", apart=True, by=OFFICER, at=clock.advance(minutes=1))
    drain()
    assert frozenset((made.joined_id, third)) not in waiting()
    assert frozenset((made.joined_id, merged[made.joined_id])) not in waiting()


def test_the_machine_joins_nobody_by_it(three: tuple[UUID, UUID, UUID], clock: Any) -> None:
    made = Merge.objects.get()
    deliver(
        "library",
        b'[{"barcode": "L1", "first_name": "Amina", "last_name": "Dunn", "birth_date": "1948-05-02"}]',
        clock.now(),
    )
    unmerge(made.id, why="Two people", by=OFFICER, at=clock.advance(minutes=1))
    drain()
    assert not Merge.objects.filter(undone_at=None).exists()
    assert SYSTEM.may("identity.decide")
