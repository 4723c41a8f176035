"""Applied versions: kept for ever, never changed, read back as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from moothall.core import clock, health
from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import NoPack, OutdatedPack, apply_pack, current_pack, load_pack, pack_at
from moothall.core.packs.models import PackVersion
from moothall.core.packs.queries import forget, versions

Packs = Callable[..., Path]
pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def fresh() -> Any:
    forget()
    yield
    forget()


def apply(folder: Path, name: str = "town") -> tuple[PackVersion, bool]:
    return apply_pack(load_pack(name, folder), by=SYSTEM, at=clock.now())


def test_before_anything_is_applied() -> None:
    with pytest.raises(NoPack, match="moothall pack apply"):
        current_pack()


def test_an_applied_pack_is_in_force_and_reads_back_the_same(packs: Packs) -> None:
    folder = packs()
    version, new = apply(folder)
    pack = current_pack()
    assert new
    assert (pack.number, pack.version_id, pack.name) == (1, version.id, "town")
    assert pack.sha256 == load_pack("town", folder).sha256
    assert pack.services == load_pack("town", folder).services


def test_order_survives_the_store() -> None:
    read = load_pack("leeds")
    version, _ = apply_pack(read, by=SYSTEM, at=clock.now())
    kept = pack_at(version.id)
    assert list(kept.services) == list(read.services)
    for code, service in read.services.items():
        assert list(kept.services[code].channels) == list(service.channels)
        assert [q.id for q in kept.services[code].questions] == [q.id for q in service.questions]


def test_applying_the_same_again_changes_nothing(packs: Packs) -> None:
    folder = packs()
    first, _ = apply(folder)
    again, new = apply(folder)
    assert (again.id, new) == (first.id, False)
    assert [line.number for line in versions()] == [1]


def test_an_old_case_keeps_its_version(packs: Packs) -> None:
    folder = packs()
    old, _ = apply(folder)
    own = "code: missed-bin\npromises:\n  - code: standard\n    complete: {amount: 5}\n"
    new, _ = apply(packs(files={"town/services/missed-bin.yaml": own}))
    assert (old.number, new.number) == (1, 2)
    assert pack_at(old.id).services["missed-bin"].promise().complete.amount == 2
    assert pack_at(new.id).services["missed-bin"].promise().complete.amount == 5
    assert current_pack().version_id == new.id
    with pytest.raises(KeyError):
        pack_at(uuid4())


def test_going_back_makes_a_new_version(packs: Packs) -> None:
    folder = packs()
    apply(folder)
    apply(packs(files={"town/council.yaml": "name: Other\ninherits: base\n"}))
    third, new = apply(packs())
    assert (third.number, new) == (3, True)


def store(number: int, name: object) -> PackVersion:
    """A version as an earlier release may have applied it."""
    content = {"council": {"name": name}}
    return PackVersion.objects.create(
        number=number, council="town", sha256=f"{number:064}", content=content, applied_at=clock.now()
    )


def test_one_this_release_cannot_read_says_what_to_do_and_stops_only_while_in_force(packs: Packs) -> None:
    old = store(1, ["Town"])
    with pytest.raises(OutdatedPack, match=r"version 1 of the pack town: .*name.*pack apply town"):
        current_pack()
    assert "pack apply town" in health.pack_outdated()
    new, _ = apply(packs())
    assert health.pack_outdated() == ""
    assert pack_at(old.id).version_id == current_pack().version_id == new.id


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_packversion SET council = 'x'", "DELETE FROM core_packversion", "TRUNCATE core_packversion"],
)
def test_the_database_refuses_to_change_a_version(packs: Packs, statement: str) -> None:
    apply(packs())
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert PackVersion.objects.get().council == "town"


def test_asking_many_times_costs_one_query(packs: Packs, django_assert_num_queries: Any) -> None:
    apply(packs())
    forget()
    current_pack()
    forget()
    with django_assert_num_queries(1):
        for _ in range(50):
            current_pack()


def test_a_pack_only_to_inherit_from_is_not_applied(packs: Packs) -> None:
    with pytest.raises(ValueError, match="inherited from"):
        apply(packs(), "base")


def test_only_those_who_may_apply(packs: Packs) -> None:
    with pytest.raises(Refused):
        apply_pack(load_pack("town", packs()), by=ANONYMOUS, at=clock.now())
    assert versions() == []


def test_applying_is_an_event(packs: Packs) -> None:
    version, _ = apply(packs())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, subject_id, data FROM core_event WHERE name = 'pack.applied'")
        name, subject, data = cursor.fetchone()
    assert (name, subject) == ("pack.applied", version.id)
    assert '"number": 1' in (data if isinstance(data, str) else str(data).replace("'", '"'))
