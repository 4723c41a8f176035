"""Questions asked when they apply; tables decided by their first row, as a plain reading of them would."""

# ruff: noqa: E501  a case of a table stands on one line
from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.core.packs import Pack, load_pack
from moothall.services.pack import Compare, Condition, Row, Service, Table, Then, pence
from moothall.services.rules import (
    Decision,
    canonical,
    decide,
    explain,
    kinds,
    passes,
    questions_to_ask,
    table_inputs,
    work_out,
)
from tests.drawing import examples

TODAY = date(2026, 11, 2)

QUESTIONS = [
    {"id": "choice", "type": "choice", "label": "C", "options": [{"value": v, "label": v} for v in "abc"]},
    {"id": "many", "type": "multi_choice", "label": "M", "options": [{"value": v, "label": v} for v in ("x", "y", "none")]},
    {"id": "yes", "type": "yes_no", "label": "Y"},
    {"id": "size", "type": "number", "label": "N"},
    {"id": "money", "type": "money", "label": "£"},
    {"id": "when", "type": "date", "label": "D"},
    {"id": "len", "type": "items", "label": "I"},
    {"id": "where", "type": "text", "label": "T"},
    {"id": "only_a", "type": "text", "label": "A", "show_when": {"question": "choice", "is_any_of": ["a"]}},
]  # fmt: skip


def service(**more: Any) -> Service:
    base = {
        "code": "thing", "name": "Thing", "area": "a", "directorate": "D", "team": "t", "summary": "S", "channels": {"web": "full"},
        "promises": [{"code": "p", "calendar": "c", "escalate_to": "t"}], "closings": [{"code": "d", "says": "Done"}],
        "questions": QUESTIONS,
    }  # fmt: skip
    return Service.model_validate({**base, **more})


# -- the table against a plain reading -----------------------------------------------------------------------------

tests_of = {
    "choice": st.one_of(
        st.sampled_from(["a", "b", "none"]),
        st.lists(st.sampled_from(["a", "b", "c", "none"]), min_size=1, max_size=3),
        st.fixed_dictionaries({"none_of": st.lists(st.sampled_from(["a", "b", "none"]), min_size=1, max_size=2)}),
        st.fixed_dictionaries({"answered": st.booleans()}),
    ),
    "many": st.one_of(
        st.lists(st.sampled_from(["x", "y", "none"]), min_size=1, max_size=2),
        st.fixed_dictionaries({"none_of": st.lists(st.sampled_from(["x", "none"]), min_size=1, max_size=2)}),
        st.fixed_dictionaries({"answered": st.booleans()}),
        st.fixed_dictionaries({"more_than": st.integers(0, 3)}),
    ),
    "yes": st.sampled_from(["yes", "no"]),
    "size": st.one_of(
        st.integers(0, 6),
        st.fixed_dictionaries({"at_least": st.integers(0, 6)}),
        st.fixed_dictionaries({"more_than": st.integers(0, 6), "less_than": st.integers(0, 9)}),
    ),
    "money": st.fixed_dictionaries({"at_most": st.sampled_from(["£1", "£1.50", "£1,000", 150])}),
    "when": st.sampled_from(["past", "today", "future", ["past", "none"]]),
    "len": st.fixed_dictionaries({"more_than": st.integers(0, 4)}),
    "where": st.one_of(st.just("none"), st.fixed_dictionaries({"answered": st.booleans()})),
}
rows = st.lists(
    st.fixed_dictionaries({}, optional=tests_of).map(lambda when: {"when": when}),  # type: ignore[arg-type]
    min_size=1,
    max_size=6,
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "choice": st.sampled_from(["a", "b", "c"]),
        "many": st.lists(st.sampled_from(["x", "y", "none"]), max_size=3),
        "yes": st.sampled_from(["yes", "no", True, False]),
        "size": st.one_of(st.integers(-2, 10), st.floats(0, 9).map(lambda n: round(n, 2))),
        "money": st.integers(0, 200_000),
        "when": st.sampled_from(["2026-11-01", "2026-11-02", "2026-11-03", "not a date"]),
        "len": st.lists(st.sampled_from(["sofa", {"item": "bed", "quantity": 2}]), max_size=4),
        "where": st.sampled_from(["", "words"]),
    },
)


@settings(max_examples=examples(150), deadline=None)
@given(rows=rows, answers=answers)
def test_the_first_row_that_fits_wins_as_a_plain_reading_says(
    rows: list[dict[str, Any]], answers: dict[str, Any]
) -> None:
    """zen-engine's verdict equals a row-by-row reading in Python."""
    made = [{"id": f"row-{n}", **row, "then": {}, "because": "So."} for n, row in enumerate(rows)]
    thing = service(tables={"triage": {"rows": made}})
    table = thing.tables["triage"]
    seen = table_inputs(thing, table, answers, {}, TODAY)
    plain = next(
        (
            row.id
            for row in table.rows
            if all(passes(test, kinds(thing)[name], seen[name]) for name, test in row.when.items())
        ),
        None,
    )
    assert decide(thing, "triage", answers, today=TODAY).row == plain


@pytest.mark.parametrize("word", ["where", "len", "date", "not", "and", "sum", "time", "in", "true", "d"])
def test_a_question_may_have_a_name_that_the_engine_uses(word: str) -> None:
    questions = [{"id": word, "type": "number", "label": "N"}]
    table = {"rows": [{"id": "big", "when": {word: {"more_than": 5}}, "then": {}, "because": "Big."}]}
    thing = service(questions=questions, tables={"triage": table})
    assert decide(thing, "triage", {word: 6}, today=TODAY).row == "big"
    assert decide(thing, "triage", {word: 5}, today=TODAY).row is None


# -- conditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "given", "shown"),
    [
        ({"question": "choice", "is_any_of": ["a", "b"]}, {"choice": "b"}, True),
        ({"question": "choice", "is_any_of": ["a"]}, {"choice": "b"}, False),
        ({"question": "choice", "is_any_of": ["a"]}, {}, False),
        ({"question": "choice", "is_none_of": ["a"]}, {"choice": "b"}, True),
        ({"question": "choice", "is_none_of": ["a"]}, {}, False),
        ({"question": "many", "is_any_of": ["x"]}, {"many": ["y", "x"]}, True),
        ({"question": "many", "is_any_of": ["none"]}, {"many": []}, True),
        ({"question": "yes", "is_any_of": ["yes"]}, {"yes": True}, True),
        ({"question": "when", "is_any_of": ["past"]}, {"when": "2026-11-01"}, True),
        ({"question": "when", "is_any_of": ["past"]}, {"when": "2026-11-02"}, False),
        ({"question": "money", "more_than": "£12.50"}, {"money": 1251}, True),
        ({"question": "money", "more_than": "£12.50"}, {"money": 1250}, False),
        ({"question": "len", "at_least": 3}, {"len": [{"item": "bed", "quantity": 3}]}, True),
        ({"question": "where", "answered": False}, {"where": ""}, True),
        ({"question": "only_a", "answered": True}, {"choice": "a", "only_a": "t"}, True),
        ({"question": "only_a", "answered": True}, {"choice": "b", "only_a": "left over"}, False),
        ({"all": [{"question": "yes", "is_any_of": ["yes"]}, {"question": "size", "less_than": 3}]}, {"yes": "yes", "size": 2}, True),
        ({"all": [{"question": "yes", "is_any_of": ["yes"]}, {"question": "size", "less_than": 3}]}, {"yes": "no", "size": 2}, False),
        ({"any": [{"question": "yes", "is_any_of": ["yes"]}, {"question": "size", "less_than": 3}]}, {"yes": "no", "size": 2}, True),
        ({"not": {"question": "yes", "is_any_of": ["yes"]}}, {"yes": "no"}, True),
    ],
)  # fmt: skip
def test_when_a_question_is_asked(condition: dict[str, Any], given: dict[str, Any], shown: bool) -> None:
    thing = service(questions=[*QUESTIONS, {"id": "last", "type": "text", "label": "L", "show_when": condition}])
    assert ("last" in [q.id for q in questions_to_ask(thing, given, TODAY)]) is shown


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"question": "a"},
        {"question": "a", "is_any_of": ["x"], "answered": True},
        {"all": [], "any": []},
        {"is_any_of": ["x"]},
        {"question": "a", "answered": True, "not": {"question": "b", "answered": True}},
    ],
)
def test_a_condition_says_one_thing(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs"):
        Condition.model_validate(bad)


def test_a_channel_skips_what_it_cannot_ask() -> None:
    photo = {
        "id": "photo",
        "type": "photo",
        "label": "P",
        "skip_on": ["voice"],
        "words": {"sms": {"label": "Send a picture"}},
    }
    thing = service(questions=[photo])
    assert questions_to_ask(thing, {}, TODAY, "voice") == []
    assert [q.label_on("sms") for q in questions_to_ask(thing, {}, TODAY, "sms")] == ["Send a picture"]
    assert thing.questions[0].label_on("web") == "P"


@pytest.mark.parametrize(("written", "expected"), [("£12", 1200), ("£1,234.50", 123450), (7, 7), ("£0", 0)])
def test_money(written: Any, expected: int) -> None:
    assert pence(written) == expected


@pytest.mark.parametrize("written", ["12", "£12.5", "£1,23", 12.5, "£-3", "twelve"])
def test_what_is_not_money(written: Any) -> None:
    with pytest.raises(ValueError, match="must be money"):
        pence(written)


def test_an_unanswered_answer_is_the_same_in_every_form() -> None:
    for kind in ("text", "choice", "number", "date", "yes_no", "address"):
        assert {repr(canonical(kind, empty, TODAY)) for empty in (None, "", [], {})} == {"None"}
    assert canonical("items", None, TODAY) == []


# -- real services ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def common() -> Pack:
    return load_pack("common")


def test_fees_are_pence_and_count_what_they_should(common: Pack) -> None:
    garden = common.services["garden-waste"]
    assert work_out(garden, {"join": "new", "bins": 3, "support": "no"}, today=TODAY).fee == 14700
    assert work_out(garden, {"join": "new", "bins": 3, "support": "yes"}, today=TODAY).fee == 7350
    assert work_out(garden, {"join": "cancel"}, today=TODAY).fee == 0
    bulky = common.services["bulky-waste"]
    assert work_out(bulky, {"support": "no"}, {"free_used": "no"}, today=TODAY).fee == 0
    assert work_out(bulky, {"support": "no"}, {"free_used": "yes"}, today=TODAY).fee == 3000
    assert work_out(common.services["planning-preapp"], {"kind": "major"}, today=TODAY).fee is None
    assert work_out(common.services["pothole"], {}, today=TODAY).fee == 0


def test_a_refusal_stays_a_refusal_and_says_why(common: Pack) -> None:
    bin_ = common.services["missed-bin"]
    course = work_out(bin_, {"out_time": "after_start", "assisted": "yes"}, today=TODAY)
    assert course.accept == "no"
    assert course.say == ("Bins need to be out before the round starts. We will empty it on your next collection day.",)
    decision = course.decisions[0]
    assert explain(bin_, decision).startswith("It was put out after the round had started. Bins need")
    officer = explain(bin_, decision, to="officer")
    assert officer.startswith("Triage, row “out-too-late”: ")
    assert "When did you put it out?: After the start time" in officer


def test_a_decision_is_kept_as_plain_data(common: Pack) -> None:
    course = work_out(common.services["missed-bin"], {"assisted": True}, today=TODAY)
    kept = json.loads(json.dumps(course.as_dict()))
    assert Decision.from_dict(kept["decisions"][0]) == course.decisions[0]
    assert kept["promise"] == "repeat-or-assisted"


def test_everything_that_follows_on_from_a_move_begins(common: Pack) -> None:
    move = common.services["moving-home"]
    course = work_out(move, {"move": "in", "services": ["ct", "vote", "badge"], "bins": "yes"}, today=TODAY)
    assert course.start == ("council-tax-move", "new-bin")
    assert course.offer == ("register-to-vote",)
    assert course.do == ("Tell each service named.", "Change the address of the Blue Badge.")
    assert [(d.table, d.row) for d in course.decisions] == [
        ("triage", "ordinary"), ("follow_on", "tax"), ("follow_on", "vote"), ("follow_on", "bins"), ("follow_on", "badge"),
    ]  # fmt: skip
    assert work_out(move, {"move": "out", "services": ["lib"]}, today=TODAY).start == ()


def test_nothing_breaks_without_answers(common: Pack) -> None:
    for thing in common.services.values():
        course = work_out(thing, {}, today=TODAY)
        assert course.team in common.teams
        assert thing.promise(course.promise)


def test_channels_always_have_an_answer(common: Pack) -> None:
    bin_ = common.services["missed-bin"]
    assert bin_.channel("web").level == "full"
    assert bin_.channel("social").level == "no"
    assert bin_.channel("social").instead == "web"
    assert bin_.channel("social").because


def test_models_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="needs options"):
        service(questions=[{"id": "a", "type": "choice", "label": "A"}])
    with pytest.raises(ValueError, match="has no options"):
        service(questions=[{"id": "a", "type": "text", "label": "A", "options": [{"value": "b", "label": "B"}]}])
    with pytest.raises(ValueError, match="needs a provider"):
        service(questions=[{"id": "a", "type": "lookup", "label": "A"}])
    with pytest.raises(ValueError, match="needs any_of"):
        Compare()
    assert Table(rows=(Row(id="r", then=Then(), because="Always."),)).rows[0].when == {}
