"""What rounds can tell a customer while she is still typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON, council_date
from moothall.promises.rules import say_day, say_time
from moothall.rounds.pack import BINS, ROUNDS
from moothall.rounds.queries import bins_answered, has_help, next_bins, report_meant
from moothall.rounds.rules import NOT_OUT, Standing, not_fetched
from moothall.services.lookups import Asked, Found, register_lookup

KERB = {
    "not_out": "The crew recorded that the bin was not out when they came.",
    "contaminated": "The crew found the wrong items inside and left a tag that says which.",
    "too_heavy": "The bin was too heavy to lift safely.",
}
"""What a crew's record of one door is in the customer's words."""
LEAVE_IT = "Please leave the bin out."


def bin_record(asked: Asked) -> Found | None:
    """Say what the round's own record says of the bin somebody reports as missed; None until address and bin are
    known, and where no round is held.
    """
    pack = current_pack()
    codes = next((found for value in asked.answers.values() if (found := bins_answered(pack, value))), frozenset())
    if asked.uprn is None or not codes:
        return None
    rounds, today = pack.one(ROUNDS), council_date(asked.at)
    days, meant = report_meant(asked.uprn, codes, rounds=rounds, at=asked.at)
    if not days.known:
        return None  # nothing to hold against her: the report is taken as it is
    if meant is None:
        return _not_its_day(pack, codes, days.days, today)
    how = meant.standing
    if how.code == NOT_OUT and has_help(asked.uprn, on=meant.day):
        how = not_fetched(how)
    return _said(pack, meant.bin, meant.day, how, today)


def bin_day(asked: Asked) -> Found | None:
    """Say when each bin of an address goes next; None until the address is known."""
    if asked.uprn is None:
        return None
    pack = current_pack()
    coming = next_bins(asked.uprn, pack=pack, at=asked.at)
    if coming is None:
        return Found("unknown", pack.one(ROUNDS).unknown_says)
    today = council_date(asked.at)
    first = {one.bin.code: one for one in reversed(coming)}
    lines = tuple((one.bin.name, say_day(one.day, today)) for one in sorted(first.values(), key=lambda one: one.day))
    if not lines:
        return Found("none", "No collection is planned in the weeks to come.")
    return Found("known", f"{lines[0][0]}: {lines[0][1]}.", lines)


def says_of(standing_: Standing) -> str:
    """Return how a round stands at a door as a sentence for the customer."""
    when = _clock(standing_.at)
    match standing_.code:
        case "not_yet":
            late = "The round is running late. " if standing_.late else ""
            return f"{late}The lorry has not been yet: we expect it by {_clock(standing_.expected)}."
        case "stopped":
            return f"The lorry stopped working at {when}. We are coming back for the streets it missed. {LEAVE_IT}"
        case "blocked":
            return f"The street was blocked when we came at {when}. {LEAVE_IT}"
        case "passed":
            return f"The crew recorded your street as done at {when}."
        case "unknown":
            return "The crew made no record of your street."
        case "not_fetched":  # never that there is help at this door: anybody may type its address
            return f"The crew came at {when} and did not take it. Tell us, and we look at it."
        case _:
            return f"At {when}: {KERB[standing_.code][0].lower()}{KERB[standing_.code][1:]}"


def _said(pack: Pack, code: str, day: date, how: Standing, today: date) -> Found:
    lines = [("Collection", f"{pack.of(BINS)[code].name}, {'today' if day == today else say_day(day, today)}")]
    if how.at:
        lines.append(("Recorded", _clock(how.at)))
    if how.expected:
        lines.append(("Expected by", _clock(how.expected)))
    return Found(how.code, says_of(how), tuple(lines))


def _not_its_day(pack: Pack, codes: frozenset[str], days: Mapping[str, Sequence[date]], today: date) -> Found:
    all_days = sorted((day, code) for code in codes for day in days.get(code, ()))
    last = max((one for one in all_days if one[0] <= today), default=None)
    following = next((one for one in all_days if one[0] > today), None)
    bins = pack.of(BINS)
    lines = []
    if last:
        lines.append(("Last collection", f"{bins[last[1]].name}, {say_day(last[0], today)}"))
    if following:
        lines.append(("Next collection", f"{bins[following[1]].name}, {say_day(following[0], today)}"))
    said = (
        f"Its next collection is {say_day(following[0], today)}."
        if following
        else "No collection of it is planned here."
    )
    return Found("not_its_day", f"That bin has not been due in the last few days. {said}", tuple(lines))


def _clock(moment: datetime | None) -> str:
    return say_time(moment.astimezone(LONDON).replace(second=0, microsecond=0)) if moment else "the end of the day"


register_lookup("bin-record", bin_record)
register_lookup("bin-day", bin_day)
