"""Figures as sentences, and as chart points. Pure."""

from collections.abc import Mapping
from datetime import date

from moothall.bookings.queries import Attendance
from moothall.contacts.models import NotOnline, Outreach
from moothall.insight.crossing import TOGETHER, Crossed
from moothall.insight.standards import Line, MonthShare, Share, in_100, share
from moothall.interfaces.ui.charts import Point
from moothall.promises.rules import Unit, is_at_once, say_amount
from moothall.services.pack import Service

CHANNELS = {
    "web": "Website", "app": "App", "phone": "Telephone", "voice": "Telephone menu", "counter": "In person",
    "kiosk": "Kiosk", "email": "Email", "post": "Letter", "fax": "Fax", "sms": "Text message", "social": "Social media",
    "webchat": "Web chat", "partner": "Partner", "api": "Another system", "open311": "Open311", "field": "Our crews",
}  # fmt: skip
BECAUSE = {one.value: one.label for one in NotOnline}
OUTREACH = {one.value: one.label for one in Outreach}
OTHER_WAYS = "All other ways"
SCORES = {"good": "Good", "average": "Average", "poor": "Poor"}


def month_name(month: date) -> str:
    """Return "November 2026"."""
    return f"{month:%B} {month.year}"


def points(line: Line, notes: Mapping[date, str]) -> list[Point]:
    """Return a line as the chart draws it, with what is said of its months."""
    return [
        Point(
            label=month_name(m.month), short=f"{m.month:%b}", value=m.share.per_cent, lower=m.lower, upper=m.upper,
            blank="Not shown" if m.share.suppressed else "Nothing due",
            note=notes.get(m.month, "Below the ordinary range; not yet explained" if m.dip else ""),
        )
        for m in line.months
    ]  # fmt: skip


def kept_words(shown: Share, month: date) -> str:
    """Return the number as a sentence, honest where there is none."""
    if shown.of == 0:
        return f"Nothing fell due in {month_name(month)}."
    times = in_100(shown)
    if times is None:
        return (
            f"We don’t publish {month_name(month)}: fewer than 5 fell due in it, or in a month that it would give away."
        )
    return f"In {month_name(month)} we kept this promise {times} times in 100: {shown.kept:,} of {shown.of:,}."


def line_words(line: Line) -> str:
    """Return the sentence that says what the chart shows."""
    if line.average is None:
        return (
            "Too few fell due in these months to publish." if line.of else "There are no figures for these months yet."
        )
    usual = f"Over these months {_average(line)} in 100 were kept on time."
    if not line.dips:
        return f"{usual} No month was below its ordinary range."
    months = ", ".join(month_name(m.month) for m in reversed(line.dips))
    return f"{usual} Below the ordinary range: {months}."


def ward_words(line: Line, council: Line) -> str:
    """Return how one ward is served beside the whole council, in a sentence or two."""
    said = f"In the last 13 months we kept our promises {_average(line)} times in 100: {line.kept:,} of {line.of:,}."
    if council.average is None:
        return said
    return f"{said} Across the council it was {_average(council)} in 100."


def _average(line: Line) -> int:
    return round(100 * line.kept / line.of) if line.of else 0


def latest(line: Line) -> MonthShare:
    """Return the last month of a line."""
    return line.months[-1]


def count_rows(counts: Mapping[str, int | None], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return counts as rows of a table, hidden ones said so."""
    return [(names.get(key, key), "Not shown" if n is None else f"{n:,}") for key, n in counts.items() if key]


def share_rows(shares: Mapping[str, Share], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return shares as rows of a table, hidden ones said so."""
    hidden = ("Not shown", "Not shown")
    return [
        (names.get(key, key), *(hidden if s.suppressed else (_per_cent(s), f"{s.of:,}"))) for key, s in shares.items()
    ]


def grid(table: Crossed) -> tuple[tuple[str, ...], list[tuple[str, list[tuple[str, str]]]]]:
    """Return a promise by month and way as a table: the ways, then each month with (per cent, how many fell due)."""
    ways = tuple(OTHER_WAYS if way == TOGETHER else CHANNELS.get(way, way) for way in table.ways)
    return ways, [
        (month_name(month), [(_per_cent(one), f"{one.of:,}" if one.of else "") for one in shares])
        for month, shares in reversed(table.rows)
    ]


def attendance_shares(went: Attendance) -> list[tuple[str, int | Share | None]]:
    """Return how bookings went by what is said: a count, a share, ``None`` where hidden; nothing where none is over."""
    if went.of == 0:
        return []
    missed, late = share(went.missed, went.of), share(went.late, went.of - went.missed)
    if missed.suppressed or late.suppressed:
        return [("Bookings that are over", None)]
    return [
        ("Bookings that are over", went.of),
        ("Nobody came", missed),
        ("Came more than 5 minutes late, of those who came", late),
    ]


def attendance_rows(went: Attendance) -> list[tuple[str, str]]:
    """Return how bookings went as rows of a table, hidden ones said so."""
    return [
        (said, "Not shown" if n is None else _per_cent(n) if isinstance(n, Share) else f"{n:,}")
        for said, n in attendance_shares(went)
    ]


def helped_words(assisted: Share) -> str:
    """Return how many did not ask alone as a sentence, honest where there is no number."""
    times = in_100(assisted)
    if times is None:
        return "Too few asked us in these months to say how many were helped."
    return f"Of 100 requests, {times} were made with our help: {assisted.kept:,} of {assisted.of:,}."


def promise_sentence(service: Service) -> str:
    """Return a service's promise as the head of its page."""
    length = service.promises[0].complete
    if length is None or service.elsewhere is not None:
        return service.name
    unit = Unit(length.unit)
    when = "straight away" if is_at_once(length.amount, unit) else f"within {say_amount(length.amount, unit)}"
    return f"{service.name}: {when}"


def _per_cent(shown: Share) -> str:
    return "None due" if shown.per_cent is None else f"{shown.per_cent:g}%"
