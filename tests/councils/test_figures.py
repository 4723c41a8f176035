"""What each council's pack says against what its strategy says, in our own words with the section it stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from moothall.promises.pack import STANDARDS, calendar_of, standard_of, standards_of_service
from moothall.promises.rules import Standard, due_at
from moothall.promises.service_terms import contact_promises
from moothall.services.pack import SERVICES
from moothall.services.rules import work_out

from .conftest import FIVE, pack_of

CAMBRIDGE = "Cambridge, Customer Access Strategy 2012–2015"
YORK = "City of York Council, customer service standards (undated)"
TODAY = date(2026, 11, 22)
CONTACT = ("call-answered", "visit-seen", "letter-acknowledged", "letter-reply", "email-reply")

GIVEN = [
    # council, standard, amount, unit, channel, where it stands, what is said there
    ("cambridge", "visit-seen", 600, "seconds", "counter", f"{CAMBRIDGE}, 4.0 in person", "seen in ten minutes of arriving"),
    ("cambridge", "call-answered", 12, "seconds", "phone", f"{CAMBRIDGE}, 4.0 telephone", "twelve from the first ring"),
    ("cambridge", "letter-reply", 7, "working_days", "post", f"{CAMBRIDGE}, 4.0 letter or fax", "a full answer in seven"),
    ("cambridge", "letter-acknowledged", 5, "working_days", "fax", f"{CAMBRIDGE}, 4.0 letter or fax", "else a word in five"),
    ("cambridge", "email-reply-service-centre", 240, "working_minutes", "email", f"{CAMBRIDGE}, 4.0 e-mail", "in four hours"),
    ("cambridge", "email-reply", 7, "working_days", "email", f"{CAMBRIDGE}, 4.0 e-mail", "other services in seven"),
    ("cambridge", "social-reply", 1, "working_days", "social", f"{CAMBRIDGE}, 4.0 Facebook and Twitter", "posts in one"),
    ("cambridge", "complaint-stage-1-reply", 7, "working_days", "", f"{CAMBRIDGE}, 4.0 complaints", "a reply in seven"),
    ("cambridge", "foi-reply", 20, "working_days", "", f"{CAMBRIDGE}, 4.0 freedom of information", "twenty, or told why"),
    ("york", "call-answered", 20, "seconds", "phone", YORK, "twenty seconds"),
    ("york", "visit-seen", 600, "seconds", "counter", YORK, "ten minutes"),
    ("york", "email-reply", 1, "working_days", "email", YORK, "by the close of the next working day"),
    ("york", "call-back", 1, "working_days", "", YORK, "voicemail by the close of the next working day"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "amount", "unit", "channel", "where", "says"), GIVEN)
def test_a_standard_is_what_the_council_wrote(
    name: str, code: str, amount: int, unit: str, channel: str, where: str, says: str
) -> None:
    spec = pack_of(name).of(STANDARDS)[code]
    assert (spec.amount, str(spec.unit)) == (amount, unit), f"{where}: {says}"
    assert not channel or channel in spec.applies.channels
    assert not spec.estimate
    assert standard_of(pack_of(name), code, TODAY).amount == amount


@pytest.mark.parametrize("name", ["leeds", "barking-dagenham", "halton"])
@pytest.mark.parametrize("code", CONTACT)
def test_where_a_strategy_gives_no_figure_the_pack_says_so(name: str, code: str) -> None:
    spec = pack_of(name).of(STANDARDS)[code]
    assert spec.estimate
    assert "gives no figure" in spec.doubt


@pytest.mark.parametrize("name", ["leeds", "york", "barking-dagenham", "halton"])
def test_complaints_follow_the_code_of_2024_where_a_council_has_no_time_of_its_own(name: str) -> None:
    standards = pack_of(name).of(STANDARDS)
    read = [
        (standards[f"complaint-{code}"].amount, standards[f"complaint-{code}"].chained_to)
        for code in ("stage-1-acknowledgement", "stage-1-reply", "stage-2-acknowledgement", "stage-2-reply")
    ]
    assert read == [
        (5, ""), (10, "complaint-stage-1-acknowledgement"), (5, ""), (20, "complaint-stage-2-acknowledgement"),
    ]  # fmt: skip
    for stage, longest in ((1, 10), (2, 20)):
        extension = standards[f"complaint-stage-{stage}-reply"].extension
        assert extension is not None
        assert extension.max == longest
        assert "Ombudsman" in extension.tell
    assert not any(spec.pauses for code, spec in standards.items() if code.startswith("complaint"))


def test_cambridge_counts_its_seven_days_from_the_day_the_complaint_comes() -> None:
    spec = pack_of("cambridge").of(STANDARDS)["complaint-stage-1-reply"]
    assert (spec.chained_to, str(spec.starts)) == ("", "receipt")
    service = pack_of("cambridge").of(SERVICES)["complaint"]
    second = work_out(service, {"harm": "no", "before": "s1"}, {}, today=TODAY)
    assert (second.team, second.promise) == ("independent-complaints-investigator", "stage-2")
    assert service.promise("stage-1").complete.amount == 7  # type: ignore[union-attr]


COUNTED = [
    # What was received, when, by which promise, and the day it is due at the latest. FOI: a bank holiday anywhere in the
    # United Kingdom does not count (3 August 2026 is one in Scotland). Subject access: the same date of the next month,
    # or the working day after.
    ("foi-reply", datetime(2026, 3, 26, 10, tzinfo=UTC), date(2026, 4, 27)),
    ("foi-reply", datetime(2026, 7, 20, 10, tzinfo=UTC), date(2026, 8, 18)),
    ("eir-reply", datetime(2026, 3, 26, 10, tzinfo=UTC), date(2026, 4, 27)),
    ("sar-reply", datetime(2026, 9, 3, 10, tzinfo=UTC), date(2026, 10, 5)),
    ("sar-reply", datetime(2026, 1, 31, 10, tzinfo=UTC), date(2026, 3, 2)),
    ("complaint-stage-1-acknowledgement", datetime(2026, 12, 21, 10, tzinfo=UTC), date(2026, 12, 30)),
]


@pytest.mark.parametrize(("code", "received", "due"), COUNTED)
def test_information_and_complaints_fall_due_when_law_and_code_say(code: str, received: datetime, due: date) -> None:
    assert due_day("halton", standard_of(pack_of("halton"), code, received.date()), received) == due


def test_a_subject_access_request_by_the_catalogue_rolls_off_the_weekend_too() -> None:
    service = pack_of("halton").of(SERVICES)["subject-access-request"]
    standard = standards_of_service(service.code, service.promise(), "complete")
    assert standard is not None
    received = datetime(2026, 9, 3, 10, tzinfo=UTC)  # 3 October 2026 is a Saturday
    assert due_day("halton", standard, received) == date(2026, 10, 5)


def test_environmental_information_may_take_forty_days_and_no_more() -> None:
    extension = pack_of("york").of(STANDARDS)["eir-reply"].extension
    assert extension is not None
    assert extension.max + pack_of("york").of(STANDARDS)["eir-reply"].amount == 40


def test_an_email_to_cambridges_front_door_has_four_working_hours() -> None:
    terms = {term.kind: term.standard for term in contact_promises(pack_of("cambridge"), "email", TODAY)}
    assert (terms["reply"].code, terms["reply"].amount) == ("email-reply-service-centre", 240)
    calls = {term.kind: term.standard for term in contact_promises(pack_of("cambridge"), "phone", TODAY)}
    assert calls["call_answered"].amount == 12


SETTINGS = [
    (
        "cambridge",
        "target-electronic-take-up",
        10,
        "plan (6.0): a tenth more by e-mail, social media and web in the year",
    ),
    ("cambridge", "target-web-visits", 10, "plan (6.0): a tenth more visits to the new site"),
    ("york", "satisfaction-2008", 65, "section 3: residents content over all"),
    ("york", "satisfaction-rise-2008", 17, "section 3: up in two years"),
    ("leeds", "calls-a-year", 1_000_000, "section 2: more than this"),
    ("leeds", "visits-a-year", 450_000, "section 2: more than this"),
    ("leeds", "staff-in-contact", 1_596, "section 2: full-time equivalents"),
    ("leeds", "staff-in-contact-corporate-share", 18.24, "section 2: 291.05 of them"),
    ("leeds", "savings-needed", 160_000_000, "section 1: in four years"),
    ("halton", "satisfaction-2003", 55, "4.4: in 2003/04"),
    ("halton", "satisfaction-2006", 58, "4.4: in 2006/07"),
    ("halton", "panel-size", 2_200, "4.1: Halton 2000"),
    ("barking-dagenham", "target-efficiency", 5, "appendix B, plan B: of each process"),
    ("barking-dagenham", "target-suggestions-year-1", 40, "appendix B, plan E"),
    ("barking-dagenham", "target-suggestions-year-2", 60, "appendix B, plan E"),
    ("barking-dagenham", "target-suggestions-year-3", 80, "appendix B, plan E"),
]


@pytest.mark.parametrize(("name", "code", "value", "where"), SETTINGS)
def test_a_target_or_baseline_is_what_the_strategy_says(name: str, code: str, value: Any, where: str) -> None:
    assert pack_of(name).setting(code) == value, where


def test_cambridges_costs_are_those_of_its_table() -> None:
    costs = {
        cost.channel: cost.pence
        for cost in pack_of("cambridge").section("costs").values()
        if cost.code.endswith("-2012")
    }
    assert costs == {"counter": 1400, "phone": 400, "kiosk": 20, "web": 17}  # 3.2, quoting SOCITM


FEES = [
    ("york", "garden-waste", {"bins": 1, "join": "new", "support": "no"}, 49_00, "Executive report, 2025"),
    ("york", "dropped-kerb", {"kind": "shared", "len": 10, "wid": 10}, 204_00, "dropped kerbs page, undated"),
    ("leeds", "dropped-kerb", {"kind": "shared", "len": 10, "wid": 10}, 51_40, "dropped kerbs page, undated"),
    (
        "halton",
        "pest-control",
        {"pest": "rats", "where": "drain", "tenure": "owner"},
        45_60,
        "review of fees, April 2025",
    ),
    ("leeds", "bulky-waste", {"support": "no", "free_used": "yes"}, 30_00, "booking page, 2024 or later"),
]


@pytest.mark.parametrize(("name", "code", "answers", "pence", "where"), FEES)
def test_a_fee_is_what_the_council_published(
    name: str, code: str, answers: dict[str, Any], pence: int, where: str
) -> None:
    service = pack_of(name).of(SERVICES)[code]
    known = {key: value for key, value in answers.items() if key in service.by_question}
    facts = {key: value for key, value in answers.items() if key not in known}
    assert work_out(service, known, facts, today=TODAY).fee == pence, where


MISSED_BIN = {"leeds": 2, "york": 2, "cambridge": 3, "barking-dagenham": 2, "halton": 2}


@pytest.mark.parametrize("name", FIVE)
def test_the_promise_for_a_missed_bin_is_each_councils_own(name: str) -> None:
    complete = pack_of(name).of(SERVICES)["missed-bin"].promise("standard").complete
    assert complete is not None
    assert (complete.amount, complete.unit) == (MISSED_BIN[name], "working_days")
    assert complete.source
    assert complete.doubt


def due_day(name: str, standard: Standard, received: datetime) -> date:
    """The day on which a promise of this council, begun then, falls due."""
    calendar = calendar_of(pack_of(name), standard.calendar)
    return due_at(
        calendar,
        standard.unit,
        standard.amount,
        received,
        statutory=standard.statutory,
        roll=standard.roll_to_working_day,
    ).date()
