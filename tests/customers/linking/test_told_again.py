"""She changes the same thing twice while a system is down: what it holds in the end is what she said last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from moothall.core.actors import SYSTEM
from moothall.customers.linking.actions import change_once, changing
from moothall.customers.linking.models import Link, Telling
from moothall.customers.linking.protocols import Answer, Told, Unreachable
from tests.customers.linking.conftest import COLLEAGUE, TAX, csv_of, deliver, tax_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council", "weigher")]


@dataclass
class Holder:
    """Council tax: down when it is, and slow to say what became of what it took when it is that."""

    down: bool = False
    slow: bool = False
    holds: dict[str, Any] = field(default_factory=dict)

    def tell(self, told: Told) -> Answer:
        if self.down:
            raise Unreachable("It did not answer.")
        self.holds |= told.values
        return Answer("later" if self.slow else "confirmed", "R-1", "", dict(self.holds))

    def ask(self, told: Told) -> Answer | None:
        return Answer("confirmed", "R-1", "", dict(self.holds))


@pytest.fixture
def tax(monkeypatch: pytest.MonkeyPatch) -> Holder:
    holder = Holder()
    monkeypatch.setattr(changing, "holder_of", lambda code: holder)
    return holder


@pytest.fixture
def her(clock: Any) -> UUID:
    deliver("council-tax", csv_of(TAX, [tax_row("1", "Dunn")]), clock.now())
    return Link.objects.get(undone_at=None).customer_id


def change(her: UUID, key: str, clock: Any, **changes: Any) -> Telling:
    change_once(her, changes=changes, key=key, by=SYSTEM, at=clock.advance(minutes=5))
    return Telling.objects.get(change__key__startswith=f"{key}:")


def told(*rows: Telling) -> list[str]:
    for row in rows:
        changing.tell(row.id)
    return [Telling.objects.get(pk=row.id).state for row in rows]


def test_an_address_that_waits_is_not_told_after_the_next_one(her: UUID, tax: Holder, clock: Any) -> None:
    tax.down = True
    first = change(her, "a", clock, address_text="1 Ash Street")
    assert told(first) == ["waiting"]
    second = change(her, "b", clock, address_text="2 Elm Road")
    tax.down = False
    assert told(second, first, second) == ["confirmed", "overtaken", "confirmed"]
    assert tax.holds == {"address_text": "2 Elm Road"}


def test_what_is_left_of_it_is_told(her: UUID, tax: Holder, clock: Any) -> None:
    tax.down = True
    first = change(her, "a", clock, given_name="Aminah", family_name="Shah")
    told(first)
    second = change(her, "b", clock, family_name="Shah-Dunn")
    tax.down = False
    assert told(second, first) == ["confirmed", "confirmed"], "its own word is compared, not what came since"
    assert tax.holds == {"given_name": "Aminah", "family_name": "Shah-Dunn"}


def test_another_kind_of_change_takes_nothing_away(her: UUID, tax: Holder, clock: Any) -> None:
    tax.down = True
    first = change(her, "a", clock, address_text="1 Ash Street")
    second = change(her, "b", clock, family_name="Shah")
    tax.down = False
    assert told(second, first) == ["confirmed", "confirmed"]


def test_a_late_answer_to_what_was_overtaken_contradicts_nothing(her: UUID, tax: Holder, clock: Any) -> None:
    tax.slow = True
    first = change(her, "a", clock, given_name="Aminah", family_name="Shah")
    assert told(first) == ["later"]
    second = change(her, "b", clock, family_name="Shah-Dunn")
    assert told(second, first, second) == ["confirmed"] * 3


def contradicts(self: Holder, told: Told) -> Answer:
    return Answer("confirmed", "R-1", "", dict.fromkeys(told.values, "elsewhere"))


@pytest.mark.parametrize("trouble", ["contradicts", "late", "refused"])
def test_nobody_is_left_to_key_in_what_is_overtaken(
    her: UUID, tax: Holder, clock: Any, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """It answered with another address, or not at all, and a team has the task; then she changes it again."""
    first = change(her, "a", clock, address_text="1 Ash Street")
    if trouble == "late":
        tax.down = True
        told(first)
        clock.advance(days=30)
        assert changing.sweep_late() == 1
    else:
        says: Mapping[str, Any] = {
            "contradicts": contradicts, "refused": lambda self, told: Answer("refused", "", "Not today", {}),
        }  # fmt: skip
        monkeypatch.setattr(Holder, "tell", says[trouble])
        assert told(first) == [trouble]
    second = change(her, "b", clock, address_text="2 Elm Road")
    first.refresh_from_db()
    assert first.state == "overtaken"
    assert told(first) == ["overtaken"]
    assert second.state == "waiting"
    done = changing.settle_telling(first.id, how="Keyed it in", by=SYSTEM, at=clock.now())
    assert done.state == "overtaken", "a form that stood open changes nothing"
    assert COLLEAGUE.may("customer.change")
