"""What each page for residents shows, already in words. Views make these from queries; templates only draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from moothall.core.references import show_reference
from moothall.interfaces.site.place_question import PlaceView
from moothall.interfaces.site.slots import SlotSearchView
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import DayView, FactRow, PromiseCard, State, StepView

NoticeKind = Literal["", "kept", "risk", "late"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A service to go to, with the drawing of its area."""

    words: str
    link: str
    picture: str = "common"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something to know: its title, its text, how it stands and where it leads."""

    title: str
    text: str = ""
    kind: NoticeKind = ""
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One live figure: "94 in 100", "promises kept last month"."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area of service and what it holds."""

    name: str
    code: str
    link: str = ""
    services: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeView:
    """The start page. `popular_heading` says where the list comes from; `ways` is one line: how else to reach us."""

    popular: tuple[Tile, ...]
    areas: tuple[AreaView, ...]
    popular_heading: str = "This week people come for"
    figures: tuple[Figure, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    ways: str = ""
    languages: tuple[LanguageView, ...] = ()


@dataclass(frozen=True, slots=True)
class WayView:
    """Another way to ask for a service: "By phone", "0113 496 0000", "8am to 6pm on working days"."""

    name: str
    detail: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question people ask and its answer; line breaks are kept."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service's page.

    `start_link` is empty when it cannot be asked for here; `closed` then says why and what to do instead.
    `closed` beside a link is a warning only.
    """

    name: str
    summary: str
    area: AreaView
    promises: tuple[PromiseCard, ...]
    start_link: str = ""
    start_words: str = "Start now"
    direct_link: str = ""
    direct_words: str = ""
    takes: str = ""
    closed: str = ""
    emergency: NoticeView | None = None
    notices: tuple[NoticeView, ...] = ()
    who: tuple[str, ...] = ()
    have_ready: tuple[str, ...] = ()
    cost: str = ""
    next_steps: tuple[str, ...] = ()
    answers: tuple[Asked, ...] = ()
    articles: tuple[tuple[str, str], ...] = ()
    """General answers that belong beside it: words and address."""
    ways: tuple[WayView, ...] = ()
    related: tuple[Tile, ...] = ()
    code: str = ""
    on_paper: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One thing found: a service, or an answer inside one."""

    title: str
    summary: str
    link: str
    area: str = ""
    picture: str = "common"
    language: str = ""
    """The tag of the title's language where it is another than the page's, and the direction it is written in."""
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class LanguageView:
    """A language we can be spoken with in. `services` are what can be asked for in it: its name, the address."""

    tag: str
    direction: str
    own_name: str
    name: str
    says: str
    services: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListedResult:
    """Something councils do that is not asked for here, and who does it."""

    title: str
    summary: str
    done_by: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was found. `understood` is how the words were read where that differs ("missed bin")."""

    words: str
    results: tuple[Result, ...]
    understood: str = ""
    instead: tuple[Tile, ...] = ()
    ways: str = ""
    maybe: bool = False
    """Whether `instead` is what the words may yet mean, and not what people come for most."""
    languages: tuple[LanguageView, ...] = ()
    listed: tuple[ListedResult, ...] = ()


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file sent already: `remove` is the id of the form that takes it away."""

    id: str
    name: str
    size: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question of a request under way. `hidden` are names and values the form carries; `save_link` keeps it for later.

    `finding`: the button looks for an address instead of carrying on; `links` are other ways to answer. `files` were sent
    already and `remove_action` takes one away; `another` sends one file and asks for the next; `tick` is a box
    that answers in another way (name, value, words). `code` is what to say when ringing to go on with it by voice.
    """

    service: str
    field: FieldView
    action: str
    back: str = ""
    progress: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    save_link: str = ""
    button: str = "Carry on"
    notices: tuple[NoticeView, ...] = ()
    skip: bool = False
    finding: bool = False
    links: tuple[tuple[str, str], ...] = ()
    files: tuple[FileLine, ...] = ()
    remove_action: str = ""
    another: bool = False
    tick: tuple[str, str, str, bool] | None = None
    find: SlotSearchView | None = None
    place: PlaceView | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class SameView:
    """A report that may be of the same thing: what and where it is, where it stands, why we think so."""

    title: str
    detail: str
    because: str
    link: str
    action: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """All answers before sending, and what sending them leads to: "We'll collect it by" and when, or why we cannot.

    `announced` is what goes on where this is about, each with where to say "tell me when it is over" instead.
    `cost_how` says how it is paid, or why there is nothing to pay.
    `settled`: what we know already answers it; `disagree` is the words and link for who says that it is wrong.
    """

    service: str
    rows: tuple[FactRow, ...]
    action: str
    promise: str = ""
    when: str = ""
    cost: str = ""
    cost_how: str = ""
    refused: str = ""
    settled: bool = False
    disagree: tuple[str, str] = ("", "")
    back: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    button: str = "Send it"
    save_link: str = ""
    same: tuple[SameView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    announced: tuple[tuple[NoticeView, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DoneView:
    """After sending. `told_by_options` are ways to be kept told, where there is a choice.

    `title` says what will happen ("We'll collect your bin"); `reference` is spaced for reading out. `rate` asks how we did.
    """

    title: str
    reference: str
    promise: str
    when: str
    steps: tuple[StepView, ...]
    told_by: str = ""
    told_by_action: str = ""
    told_by_options: tuple[OptionView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    calendar_link: str = ""
    track_link: str = ""
    again: tuple[Tile, ...] = ()
    answer: str = ""
    chosen: bool = False
    rate: RateView | None = None
    disagree_link: str = ""
    disagree_action: str = ""
    """Where the form leads that goes on with the same request as disputed."""


@dataclass(frozen=True, slots=True)
class TrackView:
    """One request as its customer sees it. `now_says` is one sentence: where it is. `add_action` takes `text`;
    `wrong_link` is "this isn't right"; `rate_link` is there when it has ended;
    `redress` is what we owe for a broken promise and have not given yet."""

    service: str
    reference: str
    now_says: str
    promise: str
    when: str
    state: State
    state_words: str
    steps: tuple[StepView, ...]
    explanation: str = ""
    redress: str = ""
    notices: tuple[NoticeView, ...] = ()
    days: tuple[DayView, ...] = ()
    rows: tuple[FactRow, ...] = ()
    add_action: str = ""
    add_field: FieldView | None = None
    asked: str = ""
    """What we asked and wait for: the box is for its answer."""
    wrong_link: str = ""
    rate_link: str = ""
    calendar_link: str = ""
    withdraw_action: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language something can be had in: its own name, ours, its tag, which way it is written, and where."""

    own_name: str
    name: str
    tag: str
    direction: Literal["ltr", "rtl"]
    link: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """General knowledge in one language, and how else it can be had; `forms` are words and link.

    The words around it (`listen_words`, `others_words`, `speak`) are in the language of the text.
    """

    title: str
    paragraphs: tuple[str, ...]
    language: str
    direction: Literal["ltr", "rtl"]
    large: bool
    easy: bool
    machine: bool
    listen: str
    listen_words: str
    forms: tuple[tuple[str, str], ...]
    others_words: str
    languages: tuple[Spoken, ...]
    speak: str
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateView:
    """Three faces and why. `score` and `error` come back when nothing was chosen.

    `no_more`: it can be said here that one does not want to be asked again.
    """

    service: str
    action: str
    why: FieldView
    reasons: tuple[OptionView, ...] = ()
    score: str = ""
    error: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    no_more: bool = False


@dataclass(frozen=True, slots=True)
class WriteView:
    """A page that asks for one thing in words: where to send a link, what is not right."""

    title: str
    text: str
    field: FieldView
    button: str
    back: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A page that says one thing: not found, not allowed, run out, kept for later."""

    title: str
    text: str
    link: str = "/"
    link_words: str = "Go to the start page"
    state: Literal["", "kept", "risk", "late"] = ""


TRACK_FIELDS: Final = (
    FieldView(
        "reference",
        "text",
        "Your reference",
        hint=f"It’s in our message to you, like {show_reference('4HTK7W2C')}. Capitals and spaces don’t matter.",
        width="20",
        attributes={"autocapitalize": "characters", "spellcheck": "false"},
    ),
    FieldView(
        "second",
        "text",
        "Your email address or postcode",
        hint="The one you gave us when you asked.",
        width="20",
        attributes={"autocapitalize": "none", "spellcheck": "false"},
    ),
)
