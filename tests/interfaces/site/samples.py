"""Each page for residents with realistic words, for tests that draw them before any data is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moothall.interfaces.site.pages import (
    TRACK_FIELDS,
    AreaView,
    Asked,
    CheckView,
    DoneView,
    Figure,
    HomeView,
    MessageView,
    NoticeView,
    QuestionView,
    RateView,
    Result,
    SearchView,
    ServiceView,
    Tile,
    TrackView,
    WayView,
)
from moothall.interfaces.ui import guide
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import PromiseCard
from moothall.partners.queries import HelpLine, PersonReferralLine

TILES = (
    Tile("Report a missed bin", "/services/missed-bin", "waste"),
    Tile("Pay council tax", "/services/pay", "council_tax"),
    Tile("Report a pothole", "/services/pothole", "streets"),
    Tile("Book a bulky collection", "/services/bulky", "waste"),
    Tile("Report a repair", "/services/repair", "housing"),
    Tile("Pay or question a parking fine", "/services/fine", "parking"),
    Tile("Help with rent", "/services/rent", "benefits"),
    Tile("Register a birth", "/services/birth", "registrars"),
)
WASTE = AreaView("Bins and waste", "waste", "/services/areas/waste", TILES[:4])
AREAS = (
    WASTE,
    AreaView("Streets and pavements", "streets", "/services/areas/streets", TILES[2:3]),
    AreaView("Housing", "housing", "/services/areas/housing", TILES[4:5]),
    AreaView("Council tax", "council_tax", "/services/areas/council_tax", TILES[1:2]),
    AreaView("Benefits and money", "benefits", "/services/areas/benefits"),
    AreaView("Care and support", "social_care", "/services/areas/social_care"),
)
PROMISE = PromiseCard("We collect within 2 working days.", 1843, 1961, link="/performance/missed-bin")
WHY = FieldView("why", "long_text", "What is the reason for your answer?", required=False, max_length=1000)
ADD = FieldView(
    "text", "long_text", "What would you like to add?", hint="We read it within one working day.", max_length=2000
)

HOME = HomeView(
    popular=TILES,
    areas=AREAS,
    figures=(
        Figure("94 in 100", "promises kept last month"),
        Figure("2 minutes", "to answer your call, on average"),
        Figure("1,204", "things put right since Monday"),
    ),
    notices=(
        NoticeView(
            "Bins are a day late this week",
            "Because of Monday’s holiday, every collection moves by one day.",
            link="/bins",
            link_words="See your new day",
        ),
    ),
    ways="Or ring 0113 496 0000, 8am to 6pm on working days.",
)
SERVICE = ServiceView(
    name="Report a missed bin",
    summary="Tell us when a bin you put out on time was not emptied. We check the crew’s record and say when we’ll come.",
    area=WASTE,
    promises=(PROMISE,),
    start_link="/ask/missed-bin",
    start_words="Report a missed bin",
    takes="About 5 questions. You don’t have to sign in.",
    emergency=NoticeView(
        "Is something dangerous in the street?", "If it could hurt someone now, ring 0113 496 0199 at any hour.", "risk"
    ),
    have_ready=("your address", "which bin it was", "when you put it out"),
    cost="Nothing.",
    who=("any household with a bin at the kerb", "not for trade bins, which have their own contract"),
    next_steps=(
        "We look at what the crew recorded.",
        "We put your street on the next round.",
        "We write to you when it’s done.",
    ),
    answers=(
        Asked(
            "What if I put it out late?",
            "Rounds start at 7am. If it was out later, please keep it until your next collection day.",
        ),
        Asked("Can I put extra bags beside it?", "No. Take them to a recycling centre, or book a bulky collection."),
    ),
    ways=(
        WayView("By phone", "0113 496 0000", "8am to 6pm on working days", "tel:01134960000"),
        WayView("In person", "Merrion House hub", "9am to 5pm, Monday to Friday"),
    ),
    related=TILES[3:4],
)
SEARCH = SearchView(
    words="bin not bean collected",
    understood="bin not been collected",
    results=(
        Result(
            "Report a missed bin",
            "Tell us when a bin you put out on time was not emptied.",
            "/services/missed-bin",
            "Bins and waste",
            "waste",
        ),
        Result(
            "Get help putting your bins out",
            "If no one at home can carry them, we’ll fetch them from your door.",
            "/services/assisted",
            "Bins and waste",
            "waste",
        ),
    ),
)
QUESTION = QuestionView(
    service="Report a missed bin",
    field=guide.QUESTIONS[0],
    action="/ask/1",
    back="/ask/1/address",
    progress="question 2 of about 5",
    hidden=(("as-seen", "a1b2"),),
    save_link="/ask/1/save",
)
CHECK = CheckView(
    service="Report a missed bin",
    rows=guide.FACTS,
    action="/ask/1/send",
    promise="If you send this now, we’ll collect it by",
    when="Monday 23 November, 5pm",
    back="/ask/1/contact",
    save_link="/ask/1/save",
)
DONE = DoneView(
    title="We’ll collect your recycling",
    reference="MB7K 2PQ4",
    promise="We’ll collect it by",
    when="Monday 23 November, 5pm",
    steps=guide.STEPS,
    told_by="We’ll text 07700 900123 when it’s done, or sooner if we’re going to be late.",
    calendar_link="/track/MB7K2PQ4.ics",
    track_link="/track/MB7K2PQ4",
    again=TILES[3:5],
)
TRACKED = TrackView(
    service="Missed bin",
    reference="MB7K 2PQ4",
    now_says="Your street is on Monday’s list for the Rothwell crew",
    promise="We’ll collect it by",
    when="Monday 23 November, 5pm",
    state="on_track",
    state_words="On track",
    steps=guide.STEPS,
    explanation="2 working days from Thursday 19 November, 6.40pm, which is after we close.",
    days=guide.DAYS[1:],
    rows=guide.FACTS[:3],
    add_action="/track/MB7K2PQ4/add",
    add_field=ADD,
    wrong_link="/track/MB7K2PQ4/wrong",
    calendar_link="/track/MB7K2PQ4.ics",
)
LATE = replace(
    TRACKED,
    now_says="The lorry broke down, and we’re a day late",
    state="late",
    state_words="Late by 1 day",
    steps=guide.STEPS_STOPPED,
    notices=(
        NoticeView(
            "We broke our promise", "We said Monday. We’ll come on Wednesday 25 November before midday.", "late"
        ),
    ),
    rate_link="/track/MB7K2PQ4/rate",
    rows=(),
    add_action="",
    add_field=None,
)
RATE = RateView(
    service="Missed bin · MB7K 2PQ4",
    action="/track/MB7K2PQ4/rate",
    why=WHY,
    reasons=(
        OptionView("time", "How long it took"),
        OptionView("told", "What we told you"),
        OptionView("result", "The result"),
    ),
)

OTHER = HelpLine(
    uuid4(), "Lunch club", "Kirkside Neighbours", "A hot lunch and company, each Tuesday.", "", "0113 496 0123", "", ""
)
REFERRED = PersonReferralLine(
    id=uuid4(), help_id=uuid4(), name="Lunch club", organization="Kirkside Neighbours", who="Kirkside Neighbours",
    way="link", state="sent", says="Asked, no answer yet", open=True, ring="", called="Kirkside Neighbours",
    tells="We have asked them, and wait for their answer.", because="", sees=("Your name", "How to reach you"),
    theirs="their name and how to reach them", about="", reason="", words="", agreed_how="web",
    made_at=datetime(2026, 11, 18, 10, tzinfo=UTC), due_at=None, reference="R4KJ-72PD",
)  # fmt: skip
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("site/home.html", {"page": HOME}),
    "home-bare": ("site/home.html", {"page": HomeView((), AREAS)}),
    "services": ("site/services.html", {"areas": AREAS[:4]}),
    "area": ("site/services.html", {"areas": AREAS[:1]}),
    "service": ("site/service.html", {"page": SERVICE}),
    "service-closed": (
        "site/service.html",
        {
            "page": replace(
                SERVICE, start_link="", closed="We can only take this by phone, because we have to see who you are."
            )
        },
    ),
    "search": ("site/search.html", {"page": SEARCH, "others": (OTHER,)}),
    "search-none": (
        "site/search.html",
        {"page": SearchView("xyzzy", (), instead=TILES[:3], ways="Or ring 0113 496 0000."), "others": ()},
    ),
    "question": ("site/question.html", {"page": QUESTION}),
    "question-error": ("site/question.html", {"page": replace(QUESTION, field=guide.QUESTIONS[2])}),
    "question-photo": (
        "site/question.html",
        {"page": replace(QUESTION, field=next(q for q in guide.QUESTIONS if q.type == "photo"), skip=True)},
    ),
    "check": ("site/check.html", {"page": CHECK}),
    "check-refused": (
        "site/check.html",
        {"page": replace(CHECK, refused="We collect from homes only. Your contractor collects trade bins.")},
    ),
    "done": ("site/done.html", {"page": DONE}),
    "track": ("site/track.html", {"fields": TRACK_FIELDS}),
    "track-not-found": (
        "site/track.html",
        {"fields": TRACK_FIELDS, "not_found": "Check the reference and the email address or postcode, and try again."},
    ),
    "tracked": ("site/tracked.html", {"page": TRACKED, "helps": (REFERRED,), "case_id": uuid4()}),
    "tracked-late": ("site/tracked.html", {"page": LATE, "helps": (), "case_id": uuid4()}),
    "rate": ("site/rate.html", {"page": RATE}),
    "rate-error": ("site/rate.html", {"page": replace(RATE, error="Choose good, average or poor.")}),
    "message": (
        "site/message.html",
        {"page": MessageView("We can’t find that page", "It may have moved, or the address may be wrong.")},
    ),
    "message-kept": (
        "site/message.html",
        {"page": MessageView("It’s kept for you", "We’ve sent you a link. It works until 22 December.", state="kept")},
    ),
    "accessibility": ("site/accessibility.html", {}),
    "privacy": ("site/privacy.html", {"keeping": guide.FACTS[:2]}),
}
