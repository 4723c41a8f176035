"""Answers as people give them, good and bad."""
# ruff: noqa: E501, PT017 - the messages stand whole

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.intake.dialogue import AnswerError, answer_words, read_answer
from moothall.services.pack import QUESTION_TYPES, Option, Question
from tests.drawing import examples

TODAY = date(2026, 11, 19)


def question(type_: str, **more: Any) -> Question:
    if type_ in {"choice", "multi_choice", "picture"}:
        drawn = {"picture": "common"} if type_ == "picture" else {}
        options = (Option(value="red", label="Red", **drawn), Option(value="none", label="None of these", **drawn))
        more.setdefault("options", options)
    if type_ == "lookup":
        more.setdefault("provider", "round-record")
    return Question(id="it", type=type_, label="What is it?", **more)  # type: ignore[arg-type]


def read(type_: str, given: Any, **more: Any) -> Any:
    return read_answer(question(type_, **more), given, today=TODAY)


def refused(type_: str, given: Any, **more: Any) -> str:
    with pytest.raises(AnswerError) as wrong:
        read(type_, given, **more)
    return wrong.value.message


@pytest.mark.parametrize(
    ("type_", "given", "kept"),
    [
        ("text", "  a  b \u200b\n c ", "a b \u200b c"),
        ("long_text", "one\r\ntwo\x07", "one\ntwo"),
        ("choice", ["red"], "red"),
        ("multi_choice", ["red", "red"], ["red"]),
        ("yes_no", True, "yes"),
        ("date", {"day": "9", "month": "Nov", "year": "2026"}, "2026-11-09"),
        ("date", "9 november 2026", "2026-11-09"),
        ("date", "2026-11-09T10:00:00Z", "2026-11-09"),
        ("time", "5pm", "17:00"),
        ("time", "12.15 a.m.", "00:15"),
        ("time", "midday", "12:00"),
        ("money", "£1,234.5", 123450),
        ("money", 1250, 1250),
        ("number", "1,200", 1200),
        ("number", "2.5", 2.5),
        ("address", {"line1": "14 Mill Lane", "town": "Leeds", "postcode": "ls11ur"},
         {"text": "14 Mill Lane, Leeds, LS1 1UR", "postcode": "LS1 1UR", "line1": "14 Mill Lane", "town": "Leeds"}),
        ("address", "14 Mill Lane, Leeds LS1 1UR", {"text": "14 Mill Lane, Leeds LS1 1UR", "postcode": "LS1 1UR"}),
        ("place", {"describe": "by the bus stop"}, {"text": "by the bus stop", "describe": "by the bus stop"}),
        ("person", "Amina Dunn", {"name": "Amina Dunn"}),
        ("contact", "07700 900123", {"phone": "+447700900123"}),
        ("contact", {"email": "A.Dunn@Example.COM"}, {"email": "A.Dunn@example.com"}),
        ("contact", {"by": "post"}, {"by": "post"}),
        ("vehicle", "ab12 cde", {"registration": "AB12CDE"}),
        ("slot", "2026-11-26/morning", {"day": "2026-11-26", "part": "morning"}),
        ("items", "a bed\n\na sofa", [{"item": "a bed", "quantity": 1}, {"item": "a sofa", "quantity": 1}]),
        ("payment", "link", {"how": "link"}),
        ("declaration", "on", "yes"),
        ("file", "later", [{"value": "later"}]),
    ],
)  # fmt: skip
def test_what_people_write_is_kept_in_one_form(type_: str, given: Any, kept: Any) -> None:
    if type_ == "text":
        kept = "a b \u200b c"
    assert read(type_, given) == kept


@pytest.mark.parametrize(
    ("type_", "given", "more", "message"),
    [
        ("text", "", {}, "Answer “What is it?”."),
        ("text", "x" * 201, {}, "Shorten “What is it?” to 200 characters or fewer. It has 201 now."),
        ("text", "a\x00b", {}, "Some characters of “What is it?” did not come through. Type them again."),
        ("text", "caf\ufffd", {}, "Some characters of “What is it?” did not come through. Type them again."),
        ("text", "\ud83d", {}, "Some characters of “What is it?” did not come through. Type them again."),
        ("text", {"a": 1}, {}, "Answer “What is it?” in words."),
        ("long_text", "row\n" * 10_000, {}, "Shorten “What is it?” to 4,000 characters or fewer. It has 39,999 now."),
        ("choice", "green", {}, "Choose one of the answers shown for “What is it?”."),
        ("choice", None, {}, "Choose an answer to “What is it?”."),
        ("multi_choice", ["red", "none"], {}, "Choose “None of these” on its own, or the others without it, for “What is it?”."),
        ("multi_choice", [], {}, "Choose at least one answer to “What is it?”."),
        ("date", {}, {}, "Enter a date for “What is it?”, like 19 11 2026."),
        ("date", {"day": "3", "year": "2026"}, {}, "Enter the month as well for “What is it?”, like 19 11 2026."),
        ("date", {"day": "30", "month": "2", "year": "2026"}, {}, "February 2026 has days 1 to 28. Check the day of “What is it?”."),
        ("date", {"day": "1", "month": "13", "year": "2026"}, {},
         "The month of “What is it?” must be a number from 1 to 12, or its name, like 11 or November."),
        ("date", {"day": "1", "month": "1", "year": "26"}, {},
         "The year of “What is it?” must have 4 numbers, like 2026."),
        ("date", {"day": "²", "month": "1", "year": "2026"}, {}, "January 2026 has days 1 to 31. Check the day of “What is it?”."),
        ("date", "2206-11-09", {}, "The year of “What is it?” must be from 1890 to 2046."),
        ("date", "20 11 2026", {"dates": "past"},
         "Friday 20 November 2026 has not come yet. Enter today’s date or an earlier one for “What is it?”."),
        ("date", "18 11 2026", {"dates": "future"},
         "Wednesday 18 November 2026 has passed. Enter today’s date or a later one for “What is it?”."),
        ("date", "soon", {}, "Enter a date for “What is it?”, like 19 11 2026."),
        ("time", "5", {}, "Say whether 5 is morning or afternoon for “What is it?”, like 5pm."),
        ("time", "25:00", {}, "Enter a time for “What is it?”, like 5pm or 17:00."),
        ("money", "lots", {}, "Enter an amount of money for “What is it?”, like £14 or 14.50."),
        ("money", "1.234", {}, "Give pounds and pence for “What is it?”, with two numbers after the point, like 14.50."),
        ("money", "-5", {}, "The amount for “What is it?” must be £0 or more."),
        ("number", "1e9", {}, "Enter a number for “What is it?”, like 3."),
        ("number", "7", {"max": 4}, "“What is it?” must be 4 or fewer."),
        ("number", "2.5", {"whole": True}, "“What is it?” must be a whole number, like 1."),
        ("number", "2.5", {"whole": True, "min": 2}, "“What is it?” must be a whole number, like 2."),
        ("number", "nan", {}, "Enter a number for “What is it?”, like 3."),
        ("address", {"line1": "14 Mill Lane", "postcode": "LS1"}, {}, "Enter a full UK postcode for “What is it?”, like LS1 1UR."),
        ("address", {"postcode": "LS1 1UR"}, {}, "Enter the building number and street for “What is it?”."),
        ("place", {}, {}, "Say where it is for “What is it?”: a street or postcode, or what it is near."),
        ("contact", {"email": "amina"}, {}, "Enter an email address with an @, like name@example.com."),
        ("contact", {"phone": "12"}, {}, "Enter a telephone number, like 07700 900123 or 0113 496 0123."),
        ("contact", {"name": "Amina"}, {}, "Enter an email address or a telephone number, so that we can tell you what happens."),
        ("vehicle", "!!", {}, "Enter the registration as it stands on the plate, like AB12 CDE. Leave it empty if you do not know it."),
        ("slot", "2026-11-01/morning", {}, "Sunday 1 November 2026 has passed. Choose another day for “What is it?”."),
        ("items", "\n".join(str(n) for n in range(40)), {}, "Choose 30 or fewer for “What is it?”. You have 40 now."),
        ("payment", "gold", {}, "Choose how you would like to pay."),
        ("declaration", "", {}, "Tick the box if you agree: “What is it?”."),
        ("file", [], {}, "Choose a file for “What is it?”, or say that you will send it later."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(type_: str, given: Any, more: dict[str, Any], message: str) -> None:
    assert refused(type_, given, **more) == message


def test_an_optional_question_may_be_left_empty() -> None:
    for type_ in QUESTION_TYPES:
        assert read(type_, None, required=False) is None
        assert read(type_, "", required=False) is None


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
parts = st.dictionaries(
    st.sampled_from(
        ["day", "month", "year", "line1", "postcode", "town", "search", "describe", "name", "email", "phone", "by", "uprn",
         "latitude", "longitude", "registration", "part", "note", "how", "item", "quantity", "id", "value", "text", "hour", "minute"]
    ),
    st.text(max_size=20) | st.integers() | json_like,
    max_size=5,
)  # fmt: skip


@pytest.mark.long
@given(st.sampled_from(QUESTION_TYPES), json_like | parts | st.lists(parts, max_size=3), st.booleans())
@settings(max_examples=examples(1500), deadline=None)
def test_whatever_is_sent_is_kept_or_refused_in_words_and_reads_again_the_same(
    type_: str, sent: Any, required: bool
) -> None:
    asked = question(type_, required=required)
    try:
        kept = read_answer(asked, sent, today=TODAY)
    except AnswerError as wrong:
        assert wrong.message.endswith(".")
        return
    if kept is not None:
        assert read_answer(asked, kept, today=TODAY) == kept
        assert answer_words(asked, kept)


@given(st.dates(min_value=date(1890, 1, 1), max_value=date(2046, 12, 31)))
def test_every_real_date_is_read_from_its_parts(day: date) -> None:
    assert read("date", {"day": str(day.day), "month": str(day.month), "year": str(day.year)}) == day.isoformat()


@given(st.integers(min_value=-400, max_value=400))
def test_past_and_future_both_take_today(days: int) -> None:
    day = TODAY + timedelta(days=days)
    for limit, allowed in (("past", days <= 0), ("future", days >= 0)):
        try:
            read("date", day.isoformat(), dates=limit)
            assert allowed
        except AnswerError:
            assert not allowed


@given(json_like)
def test_any_stored_thing_can_be_said(value: Any) -> None:
    for type_ in QUESTION_TYPES:
        assert isinstance(answer_words(question(type_), value), str)
