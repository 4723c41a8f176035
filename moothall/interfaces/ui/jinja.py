"""The one Jinja environment every screen is drawn with.

Escaping is always on and a name that is not there is an error, never an empty space. Words (dates, money, counts)
are filters; the council's face, addresses and built assets are globals.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.http import urlencode
from markupsafe import Markup

from moothall.interfaces.ui import charts, fields, pictures, theme, times, words


def _now() -> datetime:
    from moothall.core import clock

    return clock.now()


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page: `url("site:service", code="missed-bin")`. Raises NoReverseMatch when it is not there."""
    if not args and not kwargs:
        return _plain_url(name, get_urlconf(), get_script_prefix())
    return reverse(name, args=args or None, kwargs=kwargs or None)


@cache
def _plain_url(name: str, urlconf: str | None, prefix: str) -> str:
    return reverse(name, urlconf)


def with_query(path: str, **values: str | int | None) -> str:
    """An address with its query: empty values are left out."""
    kept = {key: value for key, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def theme_url() -> str:
    """The address of the council's own stylesheet, changing when the brand does."""
    return with_query(url("ui:theme"), v=theme.version(theme.current_brand()))


def asset(path: str) -> str:
    """The address of a built file: `static("desk/desk.css")`. A process looks each up once, for files change by a release."""
    return _asset(path, get_script_prefix())


@cache
def _asset(path: str, prefix: str) -> str:
    return str(static(path))


def iso(value: date | datetime) -> str:
    """A moment for a `datetime` attribute."""
    return value.isoformat()


@cache
def _paragraph_break() -> Markup:
    return Markup("<br>")


def lines(value: str) -> Markup:
    """Text with its line breaks kept, escaped."""
    return _paragraph_break().join(Markup.escape(line) for line in value.splitlines())


def _relative(now: Callable[[], datetime], value: datetime, at: datetime | None = None) -> str:
    return words.ago(value, at or now())


FILTERS: dict[str, Callable[..., Any]] = {
    "day": words.day,
    "day_year": words.day_year,
    "day_short": words.day_short,
    "weekday_short": words.weekday_short,
    "month": words.month,
    "clock_time": words.clock_time,
    "clock_24": words.clock_24,
    "day_time": words.day_time,
    "by_when": words.by_when,
    "span": words.span,
    "duration_clock": words.duration_clock,
    "pence": words.pence,
    "number": words.number,
    "plural": words.plural,
    "counted": words.count,
    "in_words": words.in_words,
    "listed": words.listed,
    "file_size": words.file_size,
    "spoken_reference": words.spoken_reference,
    "iso": iso,
    "lines": lines,
}

GLOBALS: dict[str, Any] = {
    "url": url,
    "static": asset,
    "with_query": with_query,
    "theme_url": theme_url,
    "brand": theme.current_brand,
    "emblem": pictures.emblem,
    "area_picture": pictures.area_picture,
    "fault_picture": pictures.fault_picture,
    "state_shape": pictures.state_shape,
    "state_tag": pictures.state_tag,
    "face": pictures.face,
    "parts_of": fields.parts_of,
    "yes_no_options": fields.yes_no_options,
    "drawn_options": fields.drawn_options,
    "days_of": times.days_of,
    "control_chart": charts.control_chart,
    "hundred_strip": charts.hundred_strip,
    "spark": charts.spark,
    "timedelta": timedelta,
}


def environment(*, now: Callable[[], datetime] | None = None, **options: Any) -> jinja2.Environment:
    """Make the environment: what Django's Jinja backend calls, and tests.

    `now` is the clock for words like "2 minutes ago" (the project's own clock when not given). `options` are Jinja's.
    Raises TypeError for an option Jinja does not know.
    """
    clock = now or _now
    options["autoescape"] = True
    options["undefined"] = jinja2.StrictUndefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    if options.get("loader") is None:
        options["loader"] = jinja2.PackageLoader("moothall.interfaces.ui", "templates")
    made = jinja2.Environment(**options)  # noqa: S701  # autoescape is set, three lines up
    made.filters.update(FILTERS)
    made.filters["ago"] = lambda value, at=None: _relative(clock, value, at)
    made.filters["due_in_words"] = lambda value, at=None: words.due_in_words(value, at or clock())
    made.globals.update(GLOBALS)
    made.globals["now"] = clock
    return made
