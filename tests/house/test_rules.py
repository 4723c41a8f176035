from pathlib import Path

import pytest

from tests.house.rules import breaches, broken_rules


def test_the_house_keeps_its_rules():
    assert broken_rules() == []


@pytest.mark.parametrize(
    ("path", "source", "what"),
    [
        ("moothall/cases/queries.py", "from django.http import Http404", "no HTTP"),
        ("moothall/cases/queries.py", "from django import http", "no HTTP"),
        ("moothall/cases/actions.py", "from datetime import datetime\nx = datetime.now()", "core.clock"),
        ("moothall/cases/actions.py", "from django.db.models.signals import post_save", "signals"),
        ("moothall/cases/models.py", "class A:\n    def save(self): ...", "overrides save"),
        ("moothall/interfaces/desk/views.py", "x = Case.objects.all()", "touches rows"),
        ("moothall/interfaces/desk/views.py", "case.save()", "writes rows"),
        ("moothall/cases/utils.py", "", "name it"),
        ("moothall/cases/rules.py", "\n" * 600, "long"),
    ],
)
def test_a_breach_is_seen(path: str, source: str, what: str):
    assert any(what in said for said in breaches(Path(path), source))


def test_what_is_allowed_passes():
    assert breaches(Path("moothall/interfaces/desk/views.py"), "from django.http import HttpRequest") == []
    assert breaches(Path("moothall/core/clock.py"), "x = datetime.now(UTC)") == []
