"""One question as a screen sees it.

The dialogue makes a `FieldView` for each question; `ui/components/fields.html` draws it two ways: `site`
(one on a page, the label is the page's heading) and `desk` (compact, aligned, with the script line).

Names in the posted form. A plain question posts its `id`. A question in parts posts each part as
`<id>-<key>`: for instance `missed_on-day`, `missed_on-month`, `missed_on-year`. `parts_of` says which keys a
type has, so that the reader of the form and the drawer of the form cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from markupsafe import Markup

FieldType = Literal[
    "text",
    "long_text",
    "choice",
    "picture",
    "multi_choice",
    "yes_no",
    "date",
    "time",
    "money",
    "number",
    "address",
    "place",
    "person",
    "contact",
    "photo",
    "file",
    "slot",
    "items",
    "vehicle",
    "declaration",
    "payment",
    "lookup",
]

FieldValue = str | tuple[str, ...] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OptionView:
    """One answer to choose. `exclusive` empties the others ("None of these"); `group` heads a run (a slot's day)."""

    value: str
    label: str
    hint: str = ""
    checked: bool = False
    exclusive: bool = False
    disabled: bool = False
    group: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact that a lookup found: "Last collected", "Thursday 12 November, 9.12am"."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One thing in an `items` question: the catalogue's code, its name, how many are wanted and what one costs in words."""

    code: str
    label: str
    quantity: int = 0
    price: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that has come already; its button posts `remove` with this id."""

    id: str
    name: str
    size: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question, ready to draw.

    `value` is text; a tuple of chosen values for multi_choice and photos; a mapping of part key to text for
    questions in parts. `error` is the message in the person's words, or empty. `known` says what we hold
    already ("We have this from your last report"). `say` is the adviser's script. `attributes` are further
    HTML attributes for the control (never style or on…). `finds` is the address that answers while an address is typed:
    at the desk it is then one box, posting `<id>-text` and, when one was chosen, `<id>-uprn`; of a place `<id>-search`
    and `<id>`. `weeks`: a time that may be booked for so many weeks, up to the day `weekly`, posted as `<id>-weekly`.
    """

    id: str
    type: FieldType
    label: str
    hint: str = ""
    required: bool = True
    value: FieldValue = ""
    error: str = ""
    options: tuple[OptionView, ...] = ()
    parts: tuple[FieldView, ...] = ()
    say: str = ""
    known: str = ""
    body: str = ""
    facts: tuple[FactView, ...] = ()
    rows: tuple[ItemRow, ...] = ()
    files: tuple[FileView, ...] = ()
    prefix: str = ""
    suffix: str = ""
    width: Literal["full", "20", "10", "5", "4", "3", "2"] = "full"
    max_length: int | None = None
    autocomplete: str = ""
    inputmode: str = ""
    accept: str = ""
    error_part: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    finds: str = ""
    weeks: int = 0
    weekly: str = ""

    @property
    def text(self) -> str:
        """The value as one piece of text; empty when the question is in parts."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def first_id(self) -> str:
        """The id of the first control: where the error summary's link leads."""
        listed = self.type in {"address", "place"} and self.options and self.error_part != "describe"
        parts = () if self.finds or listed else self.parts or parts_of(self)
        if parts:
            bad = [part for part in parts if part.error or part.id == f"{self.id}-{self.error_part}"]
            return (bad or list(parts))[0].id
        if self.type == "items" and self.rows:
            bad_rows = [row for row in self.rows if row.error]
            return f"{self.id}-{(bad_rows or list(self.rows))[0].code}"
        return self.id

    def part_value(self, key: str) -> str:
        """The text of one part, or nothing."""
        return self.value.get(key, "") if isinstance(self.value, Mapping) else ""

    def is_chosen(self, option: OptionView) -> bool:
        """Whether this option is the answer (or one of the answers)."""
        if option.checked:
            return True
        if isinstance(self.value, tuple):
            return option.value in self.value
        return option.value != "" and option.value == self.value


YES_NO: Final = (OptionView("yes", "Yes"), OptionView("no", "No"))

# key, label, width, inputmode, autocomplete
_PARTS: Final[dict[str, tuple[tuple[str, str, str, str, str], ...]]] = {
    "date": (
        ("day", "Day", "2", "numeric", ""),
        ("month", "Month", "2", "numeric", ""),
        ("year", "Year", "4", "numeric", ""),
    ),
    "address": (
        ("line1", "Building and street", "full", "", "address-line1"),
        ("line2", "Second line, if you need it", "full", "", "address-line2"),
        ("town", "Town or city", "20", "", "address-level2"),
        ("postcode", "Postcode", "10", "", "postal-code"),
    ),
    "place": (
        ("search", "Street name or postcode", "20", "", ""),
        ("describe", "Where exactly is it?", "full", "", ""),
    ),
    "person": (("name", "Full name", "20", "", "name"),),
    "contact": (
        ("email", "Email address", "full", "email", "email"),
        ("mobile", "UK mobile number", "20", "tel", "tel"),
    ),
    "vehicle": (
        ("registration", "Registration number", "10", "", ""),
        ("describe", "Make, model and colour, if you know them", "full", "", ""),
    ),
}

_PART_HINTS: Final = {
    ("place", "describe"): "For example, outside number 14, by the bus stop",
    ("contact", "mobile"): "For text messages. Leave it empty if you prefer email",
}


def part_keys(type_: str) -> tuple[str, ...]:
    """The keys of the parts a type posts (`day`, `month`, `year` for a date); empty when it posts one value."""
    return tuple(key for key, *_ in _PARTS.get(type_, ()))


def parts_of(view: FieldView) -> tuple[FieldView, ...]:
    """The parts of a question, filled with its value; the question's own `parts` win when it has them.

    `error_part` names the part that is wrong, so that only it is marked; an error with no named part marks all
    parts of a date and the first part of anything else. An address with `options` is chosen from a list and has
    no parts.
    """
    if view.parts:
        return view.parts
    if view.type == "address" and view.options:
        return ()
    made = []
    for index, (key, label, width, inputmode, autocomplete) in enumerate(_PARTS.get(view.type, ())):
        wrong = bool(view.error) and (
            view.error_part == key or (not view.error_part and (view.type == "date" or index == 0))
        )
        made.append(
            FieldView(
                id=f"{view.id}-{key}",
                type="text",
                label=label,
                hint=_PART_HINTS.get((view.type, key), ""),
                required=view.required,
                value=view.part_value(key),
                error=view.error if wrong else "",
                width=width,  # type: ignore[arg-type]  # the table above holds only the allowed widths
                inputmode=inputmode,
                autocomplete=autocomplete,
            )
        )
    return tuple(made)


def yes_no_options(view: FieldView) -> tuple[OptionView, ...]:
    """The options of a yes/no question: its own where the service words them differently, else Yes and No."""
    return view.options or YES_NO


def without_error(view: FieldView) -> FieldView:
    """The same question as if nothing were wrong with it."""
    return replace(view, error="", error_part="", parts=tuple(without_error(part) for part in view.parts))


def drawn_options(choices: Iterable[tuple[str, str]], chosen: str) -> Markup:
    """Draw the options of a select. The long lists of a pack come again on every screen: they are drawn once and kept."""
    return _drawn(tuple(choices), chosen)


@lru_cache(maxsize=256)
def _drawn(choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    plain, picked = Markup('<option value="{}">{}</option>'), Markup('<option value="{}" selected>{}</option>')
    return Markup("").join((picked if value == chosen else plain).format(value, words) for value, words in choices)
