"""Realistic words for the guide at /ui: every component in every state it can take. Nobody in it is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from moothall.interfaces.ui import pictures
from moothall.interfaces.ui.charts import Point
from moothall.interfaces.ui.fields import FactView, FieldView, ItemRow, OptionView
from moothall.interfaces.ui.parts import (
    BarRow,
    CallerFact,
    CallerView,
    DayView,
    FactRow,
    LineEntry,
    LinkView,
    PromiseCard,
    StepView,
)

AUDIENCES: Final = ("site", "questions", "desk", "console", "published")

BINS = (
    OptionView("general", "General rubbish", "The black bin"),
    OptionView("recycling", "Recycling", "The green bin"),
    OptionView("garden", "Garden waste"),
    OptionView("food", "Food caddy"),
    OptionView("communal", "A shared bin store"),
)

QUESTIONS: Final = (
    FieldView("bin", "choice", "Which bin was not emptied?", options=BINS, value="recycling", say="Which bin was it?"),
    FieldView(
        "out_by_seven",
        "yes_no",
        "Was it out by 7am?",
        hint="Rounds start at 7am.",
        say="Was it out by 7am?",
        known="The lorry passed Mill Lane at 9.12am.",
    ),
    FieldView(
        "missed_on",
        "date",
        "When was it missed?",
        hint="For example, 19 11 2026",
        value={"day": "31", "month": "11", "year": "2026"},
        error="November has 30 days. Enter the date the bin was missed, like 19 11 2026.",
        error_part="day",
        say="Which day should it have gone?",
    ),
    FieldView(
        "help",
        "multi_choice",
        "What makes it hard to put the bin out?",
        hint="Choose all that apply.",
        value=("steps",),
        options=(
            OptionView("steps", "Steps or a steep path"),
            OptionView("weight", "The bin is too heavy"),
            OptionView("illness", "Illness or disability"),
            OptionView("none", "None of these", exclusive=True),
        ),
    ),
    FieldView(
        "what",
        "long_text",
        "Tell us what happened",
        hint="Leave out names and bank details.",
        value="The lorry came down our side but stopped at number 12.",
        max_length=500,
        required=False,
        say="And what happened, in your own words?",
    ),
    FieldView(
        "landmark", "text", "What is it near?", hint="A shop, bus stop or house number", width="20", required=False
    ),
    FieldView("seen_at", "time", "What time did you see it?", hint="For example, 5.30pm", width="5"),
    FieldView("paid", "money", "How much did you pay?", hint="In pounds, like 14 or 14.50", width="5"),
    FieldView("homes", "number", "How many homes share it?", width="3", suffix="homes"),
    FieldView(
        "home",
        "address",
        "What is your address?",
        value={"line1": "14 Mill Lane", "town": "Leeds", "postcode": "LS26 0AB"},
    ),
    FieldView(
        "pick_home",
        "address",
        "Which address is yours?",
        hint="We found 3 at LS26 0AB.",
        options=(
            OptionView("100", "12 Mill Lane, Leeds, LS26 0AB"),
            OptionView("101", "14 Mill Lane, Leeds, LS26 0AB"),
            OptionView("102", "16 Mill Lane, Leeds, LS26 0AB"),
            OptionView("none", "None of these", exclusive=True),
        ),
    ),
    FieldView("where", "place", "Where is it?", hint="A street and something nearby is enough."),
    FieldView("who", "person", "What is your name?", value={"name": "Amina Dunn"}),
    FieldView("reach", "contact", "How shall we keep you told?", hint="We only use this for what you asked."),
    FieldView("car", "vehicle", "Which vehicle is it?", required=False),
    FieldView("photo", "photo", "Add a photograph", hint="It helps us bring the right tools.", required=False),
    FieldView(
        "proof",
        "file",
        "Send us proof of your address",
        hint="A bill or letter from the last 3 months: PDF or picture, up to 10 MB.",
    ),
    FieldView(
        "slot",
        "slot",
        "When shall we come?",
        hint="We come once and carry what you leave at the kerb.",
        value="tue-am",
        options=(
            OptionView("mon-am", "7am to midday", group="Monday 23 November"),
            OptionView("mon-pm", "midday to 5pm", group="Monday 23 November", disabled=True),
            OptionView("tue-am", "7am to midday", group="Tuesday 24 November"),
            OptionView("tue-pm", "midday to 5pm", group="Tuesday 24 November"),
        ),
    ),
    FieldView(
        "things",
        "items",
        "What shall we collect?",
        hint="Up to 5 things.",
        rows=(
            ItemRow("sofa", "Sofa", 1, "£14"),
            ItemRow("mattress", "Mattress", 2, "£14"),
            ItemRow("fridge", "Fridge or freezer", 0, "£20"),
        ),
    ),
    FieldView(
        "agree",
        "declaration",
        "Please confirm",
        body="What I have told you is true as far as I know.\nI understand you may share it with the crew.",
        options=(OptionView("yes", "I confirm this"),),
        error="Tick the box to confirm what you have told us, or change your answers.",
    ),
    FieldView(
        "pay",
        "payment",
        "How would you like to pay for the collection?",
        prefix="£42",
        body="You pay on the next page, by card. We book the slot once it is paid.",
        facts=(FactView("Sofa", "£14"), FactView("2 mattresses", "£28")),
    ),
    FieldView(
        "round",
        "lookup",
        "What the crew recorded",
        facts=(
            FactView("Your street", "Mill Lane, Thursday morning"),
            FactView("Lorry passed", "Thursday 19 November, 9.12am"),
            FactView("Crew’s note", "Not out"),
        ),
    ),
)

ERRORS: Final = tuple(question for question in QUESTIONS if question.error)

PROMISES: Final = (
    PromiseCard("We collect within 2 working days.", 1843, 1961, link="/performance/missed-bin"),
    PromiseCard("We fill dangerous potholes within 1 working day.", 31, 34),
    PromiseCard("We answer a complaint within 10 working days.", 2, 3),
    PromiseCard("We replace a stolen bin within 10 working days.", since="on 1 November"),
)

STEPS: Final = (
    StepView("Received", "done", "Thursday 19 November, 6.40pm"),
    StepView("With the crew", "now", "", "Your street is on Monday’s list for the Rothwell crew. They start at 7am."),
    StepView("Collected", "next", "by Monday 23 November, 5pm"),
)
STEPS_DONE: Final = (
    StepView("Received", "done", "12 November, 9.05am"),
    StepView("With the crew", "done", "12 November, 2pm"),
    StepView(
        "Collected", "done", "13 November, 11.20am", "The crew emptied your black bin and put it back by the gate."
    ),
)
STEPS_STOPPED: Final = (
    StepView("Received", "done", "12 November, 9.05am"),
    StepView("Looked at", "done", "13 November, 10am"),
    StepView(
        "Not done",
        "stopped",
        "13 November, 10.15am",
        "The street light belongs to the housing association. We told them, and their number is 0113 496 0123.",
    ),
)

FACTS: Final = (
    FactRow("Which bin was not emptied?", "Recycling", "/change/bin", "which bin was not emptied"),
    FactRow("When was it missed?", "Thursday 19 November", "/change/date", "when it was missed"),
    FactRow("Address", "14 Mill Lane\nLeeds\nLS26 0AB", "/change/address", "your address"),
    FactRow("A photograph", "", "/change/photo", "the photograph"),
)

DAYS: Final = (
    DayView(
        "Today, Sunday 22 November",
        (
            LineEntry(
                "09:12",
                "Crew: not out",
                "Recycling at 14 Mill Lane was not at the kerb.",
                who="Rothwell crew",
                how="in the cab",
            ),
            LineEntry(
                "08:40",
                "Called us",
                "Asked when the recycling will be collected.",
                who="Amina Dunn",
                how="phone",
                link="/desk/contacts/1",
                key=True,
            ),
        ),
    ),
    DayView(
        "Thursday 12 November",
        (
            LineEntry(
                "17:00", "Promise broken", "Missed bin, due by 5pm. We wrote with the reason and a new date.", late=True
            ),
            LineEntry("11:20", "Missed bin collected", who="Rothwell crew"),
            LineEntry("09:05", "Missed bin reported", "Black bin, whole street.", how="web", link="/desk/cases/1"),
        ),
    ),
)
FILTERS: Final = (
    LinkView("Everything", "?show=all", True),
    LinkView("Contacts", "?show=contacts"),
    LinkView("Promises", "?show=promises"),
    LinkView("Notes", "?show=notes"),
)

CALLER: Final = CallerView(
    name="Amina Dunn",
    sure="Knew her date of birth",
    verified=True,
    needs=("Hard of hearing: speak slowly", "Dog at the address"),
    facts=(
        CallerFact("Address", "14 Mill Lane, LS26 0AB"),
        CallerFact("Bins", "Black: today. Green: Thursday."),
        CallerFact("Acts for", "Her mother, Noor Dunn, until June 2027"),
        CallerFact("Prefers", "Text messages, 07700 900123"),
    ),
)
MATTERS: Final = (LinkView("Missed bin", "?m=1", True), LinkView("Council tax", "?m=2"))
REASONS: Final = tuple(
    OptionView(code, words)
    for code, words in (
        ("new", "Something new"),
        ("chasing", "Chasing"),
        ("unclear", "An unclear letter"),
        ("repeat", "Had to say it again"),
        ("wrong", "We got it wrong"),
    )
)

QUEUE: Final = (
    ("MB7K 2PQ4", "Missed bin", "14 Mill Lane", "late", "Late by 1 day", "yesterday, 5pm"),
    ("PH3X 9TT2", "Pothole", "Leeds Road, Oulton", "at_risk", "At risk", "today, 5pm"),
    ("MB1C 7RW8", "Assisted collection", "3 Quarry Hill", "waiting", "Waiting for the customer", "Tue 24 Nov, 5pm"),
    ("BW5D 4KL9", "Bulky waste", "27 Church Street", "on_track", "On track", "Thu 26 Nov, midday"),
    ("MB9P 3NN6", "Missed bin", "8 The Green", "done", "Done", "Fri 20 Nov, 5pm"),
)

_MONTHS: Final = (
    "December",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
)
_KEPT: Final = (93.0, 91.4, 94.2, 95.1, 94.0, 92.8, 95.5, None, 81.2, 90.3, 93.7, 94.0)


def _points() -> tuple[Point, ...]:
    made = []
    for name, value in zip(_MONTHS, _KEPT, strict=True):
        year = 2025 if name == "December" else 2026
        known = value is not None
        made.append(
            Point(
                f"{name} {year}",
                value,
                lower=88.6 if known else None,
                upper=97.9 if known else None,
                note="Strike, 3 to 14 August: 2 crews in 9 went out." if value == 81.2 else "",
                short=name[:3],
            )
        )
    return tuple(made)


POINTS: Final = _points()
BARS: Final = (
    BarRow("Web", 61.2, "61%"),
    BarRow("Phone", 27.5, "28%"),
    BarRow("Counter", 6.1, "6%"),
    BarRow("Email", 5.2, "5%"),
)


def context(audience: str, theme: str) -> dict[str, Any]:
    """Everything the guide's page for one audience draws. `theme` is auto, light or dark."""
    return {
        "theme": theme if theme in ("auto", "light", "dark") else "auto",
        "questions": QUESTIONS,
        "clean_questions": tuple(replace(question, error="") for question in QUESTIONS[:7]),
        "errors": ERRORS if audience == "questions" else (),
        "promises": PROMISES,
        "steps": STEPS,
        "steps_done": STEPS_DONE,
        "steps_stopped": STEPS_STOPPED,
        "facts_shown": FACTS,
        "days": DAYS,
        "filters": FILTERS,
        "caller_view": CALLER,
        "matters_shown": MATTERS,
        "reasons_shown": REASONS,
        "queue_shown": QUEUE,
        "points": POINTS,
        "bars_shown": BARS,
        "call": timedelta(seconds=42),
        "queue_waiting": 3,
        "areas": pictures.names("areas"),
        "emblems": pictures.names("emblems"),
    }
