"""Dates, times, money and numbers, read from the ways people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from moothall.core.money import pounds
from moothall.intake.dialogue.errors import AnswerError, called
from moothall.intake.dialogue.text import clean
from moothall.services.pack import Question

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OLDEST_YEAR = 1890
YEARS_AHEAD = 20
MOST_NUMBER = 1_000_000_000
MOST_PENCE = 100_000_000_000

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
_WRITTEN = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2}|[A-Za-z]{3,9})[\s/.\-,]+(\d{1,4})")
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.?|p\.m\.?)?", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")


def say_date(day: date) -> str:
    """Return "Thursday 19 November 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def read_date(question: Question, given: Any, label: str, today: date) -> str | None:
    """Return an ISO date from three parts, an ISO text or "19 November 2026"; None when left empty."""
    example = f"like {today.day} {today.month} {today.year}"
    day, month, year = _date_parts(given, label, example)
    if not (day or month or year):
        return None
    missing = [name for name, text in (("day", day), ("month", month), ("year", year)) if not text]
    if missing:
        raise AnswerError(f"Enter the {' and the '.join(missing)} as well for {called(label)}, {example}.", missing[0])
    made = _real_date(day, month, year, label, example)
    if question.dates == "past" and made > today:
        raise AnswerError(
            f"{say_date(made)} has not come yet. Enter today’s date or an earlier one for {called(label)}.", "day"
        )
    if question.dates == "future" and made < today:
        raise AnswerError(f"{say_date(made)} has passed. Enter today’s date or a later one for {called(label)}.", "day")
    return made.isoformat()


def _date_parts(given: Any, label: str, example: str) -> tuple[str, str, str]:
    if given is None or given == "":
        return "", "", ""
    if isinstance(given, Mapping):
        day, month, year = (clean(_first(given.get(key)), label, most=20, part=key) for key in ("day", "month", "year"))
        return day, month, year
    text = clean(given, label, most=40)
    if found := _ISO.fullmatch(text):
        return found[3], found[2], found[1]
    if found := _WRITTEN.fullmatch(text):
        return found[1], found[2], found[3]
    raise AnswerError(f"Enter a date for {called(label)}, {example}.")


def _first(value: Any) -> Any:
    return (
        value[0] if isinstance(value, list | tuple) and value else (None if isinstance(value, list | tuple) else value)
    )


def _real_date(day: str, month: str, year: str, label: str, example: str) -> date:
    number = _month_number(month)
    if number is None:
        raise AnswerError(
            f"The month of {called(label)} must be a number from 1 to 12, or its name, like 11 or November.",
            "month",
        )
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise AnswerError(f"The year of {called(label)} must have 4 numbers, like {example.rsplit(' ', 1)[1]}.", "year")
    years = int(year)
    # The bounds keep a slip of the finger (2206, 0026) from becoming a date that a clock would count from.
    latest = int(example.rsplit(" ", 1)[1]) + YEARS_AHEAD
    if not OLDEST_YEAR <= years <= latest:
        raise AnswerError(f"The year of {called(label)} must be from {OLDEST_YEAR} to {latest}.", "year")
    last = monthrange(years, number)[1]
    if not (day.isascii() and day.isdigit()) or not 1 <= int(day) <= last:
        raise AnswerError(f"{MONTHS[number - 1]} {year} has days 1 to {last}. Check the day of {called(label)}.", "day")
    return date(years, number, int(day))


def _month_number(text: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    lowered = text.lower().rstrip(".")
    if len(lowered) < 3:
        return None
    if lowered == "sept":
        return 9
    return next((index for index, name in enumerate(MONTHS, 1) if name.lower().startswith(lowered)), None)


def read_time(given: Any, label: str) -> str | None:
    """Return "17:00" from "5pm", "17:00", "5.30 pm", "midday"; None when left empty."""
    if isinstance(given, Mapping):
        given = ":".join(str(_first(given.get(key)) or "00") for key in ("hour", "minute"))
    text = clean(given, label, most=20).lower()
    if not text:
        return None
    if text in {"midday", "noon"}:
        return "12:00"
    if text == "midnight":
        return "00:00"
    wrong = AnswerError(f"Enter a time for {called(label)}, like 5pm or 17:00.")
    found = _TIME.fullmatch(text)
    if not found or not text.isascii():
        raise wrong
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").replace(".", "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise wrong
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found[2] is None and len(found[1]) < 3:
        raise AnswerError(
            f"Say whether {hour} is morning or afternoon for {called(label)}, like {hour if 0 < hour < 13 else 5}pm."
        )
    if hour > 23 or minute > 59:
        raise wrong
    return f"{hour:02d}:{minute:02d}"


def read_money(question: Question, given: Any, label: str) -> int | None:
    """Return whole pence. Text is pounds ("£1,234.50"); a whole number, as an interface sends it, is pence already."""
    if isinstance(given, int) and not isinstance(given, bool):
        amount = given
    else:
        text = clean(given, label, most=40).replace("£", "").replace(" ", "").removesuffix("p.a.")
        if not text:
            return None
        if not text.isascii() or not _PLAIN_NUMBER.fullmatch(text):
            raise AnswerError(f"Enter an amount of money for {called(label)}, like £14 or 14.50.")
        amount = _in_pence(text, label)
    least, most = int(question.min or 0), int(question.max) if question.max is not None else MOST_PENCE
    if amount < least:
        raise AnswerError(f"The amount for {called(label)} must be {pounds(least)} or more.")
    if amount > most:
        raise AnswerError(f"The amount for {called(label)} must be {pounds(most)} or less.")
    return amount


def _in_pence(text: str, label: str) -> int:
    try:
        pounds = Decimal(text.replace(",", ""))
    except InvalidOperation as error:  # pragma: no cover - the pattern lets only plain numbers through
        raise AnswerError(f"Enter an amount of money for {called(label)}, like £14 or 14.50.") from error
    if pounds * 100 != (pounds * 100).to_integral_value():
        raise AnswerError(f"Give pounds and pence for {called(label)}, with two numbers after the point, like 14.50.")
    return int(pounds * 100)


def read_number(question: Question, given: Any, label: str) -> int | float | None:
    """Return a number within the question's limits (from 0 unless it says otherwise); None when left empty. Where it is how
    many of something, no part of one is taken: what is paid for would be less than what was asked."""
    text = clean(given, label, most=40).replace(" ", "")
    if not text:
        return None
    if not text.isascii() or not _PLAIN_NUMBER.fullmatch(text):
        raise AnswerError(f"Enter a number for {called(label)}, like 3.")
    value = Decimal(text.replace(",", ""))
    least = Decimal(str(question.min)) if question.min is not None else Decimal(0)
    most = Decimal(str(question.max)) if question.max is not None else Decimal(MOST_NUMBER)
    if value < least:
        raise AnswerError(f"{called(label)} must be {least:,f} or more.")
    if value > most:
        raise AnswerError(f"{called(label)} must be {most:,f} or fewer.")
    if value == value.to_integral_value():
        return int(value)
    if question.whole:
        raise AnswerError(f"{called(label)} must be a whole number, like {max(1, int(least))}.")
    return float(value)
