"""Every table says what it holds of people; what holds something can be copied for her and forgotten."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from moothall.core.data_map import all_held
from moothall.core.packs import load_pack
from moothall.core.people import person_providers
from moothall.customers.models import Customer
from moothall.customers.privacy.pack import RETENTION

CODES: Final = frozenset(
    """service channel team area kind state status reference standard code system source template purpose provider bin
    schedule_id bookable resource site screen method reason_code name_of area_code actor_kind digest sha256 token_digest month
    measure key version how role area_codes income external_id queue restricted""".split()  # noqa: SIM905
)
"""Names that are codes wherever they stand; a room may call one personal all the same."""
LIBRARIES: Final = {"auth.Group", "auth.Permission"}
MODELS: Final = {one._meta.label: one for one in apps.get_models()}


def may_be_personal(field: Any) -> bool:
    """Whether a field could hold something of a person: words, lists, a date, a place, a number that is no count."""
    if field.name in CODES or getattr(field, "choices", None):
        return False
    if isinstance(field, models.ForeignKey):
        return field.related_model is Customer
    if isinstance(field, models.UUIDField):
        return field.name == "customer_id"
    if isinstance(field, models.DateTimeField | models.BooleanField | models.AutoField):
        return False
    wide = (
        models.BigIntegerField,
        models.FloatField,
        models.DateField,
        models.CharField,
        models.TextField,
        models.JSONField,
    )
    return isinstance(field, (*wide, models.BinaryField, ArrayField))


def unsaid(label: str, model: Any, held: Any) -> set[str]:
    """The fields of a model that may be personal and are named nowhere."""
    named = {*held.personal, *held.special, *held.plain}
    return {field.name for field in model._meta.concrete_fields if may_be_personal(field)} - named


def test_every_table_says_what_it_holds() -> None:
    assert set(MODELS) - set(all_held()) - LIBRARIES == set(), "name these in their room's data_held.py"
    assert set(all_held()) - set(MODELS) - LIBRARIES == set(), "these are not there any more"


@pytest.mark.parametrize("label", [label for label, held in all_held().items() if held.is_personal])
def test_every_field_that_may_be_personal_is_named(label: str) -> None:
    model, held = MODELS[label], all_held()[label]
    assert unsaid(label, model, held) == set(), f"{label}: say of these in data_held.py whether they are personal"
    fields = {field.name for field in model._meta.concrete_fields}
    assert {*held.personal, *held.special, *held.plain} - fields == set(), f"{label} has no such field"


def test_a_new_column_is_found() -> None:
    held = all_held()["cases.Case"]
    assert unsaid("cases.Case", MODELS["cases.Case"], held) == set()
    without = type(held)(held.model, held.purpose, held.basis, held.kept, held.personal, (), held.plain)
    assert unsaid("cases.Case", MODELS["cases.Case"], without) == {"answers"}


def test_what_is_personal_is_copied_and_forgotten_or_says_why_not() -> None:
    rooms = {provider.room for provider in person_providers()}
    for held in all_held().values():
        if held.is_personal and held.room not in rooms:
            assert not held.room, f"{held.model}: no provider called {held.room}"
            assert held.not_copied, f"{held.model}: nobody copies it; say why"
            assert held.stays, f"{held.model}: nobody erases it; say why"


def test_every_class_of_record_has_its_time_in_the_pack() -> None:
    known = load_pack("leeds").of(RETENTION)
    assert {held.kept for held in all_held().values()} - set(known) == set()


def test_the_data_map_is_current() -> None:
    from moothall.interfaces.cli.data_map import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run `bin/moothall data-map --write`"
