"""What a service's definition comes to for given answers: which questions are asked, what the tables decide and why.

Pure: no database, no clock (`today` is passed in). The decision tables are compiled for zen-engine and evaluated by it.

Answers by question type: text, long_text, choice, time: text; multi_choice: list of option values; yes_no and
declaration: `yes`/`no` (or a truth value); date: ISO date; money: integer pence; number: a number; items, photo,
file: a list; address, place, person, contact, slot, vehicle, payment: a mapping. Empty text, an empty list or
mapping, and None are no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from .compiled import compile_table
from .letters import POST
from .pack import EVERY_ROW, LISTS, TABLES, Compare, Condition, Promise, Question, Row, Service, Table, Then, pence

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """One table's decision, fit to be stored: the row that won, why, what it decided and what it looked at."""

    table: str
    row: str | None
    because: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return asdict(self)

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Decision:
        """The same from stored data."""
        return cls(held["table"], held["row"], held["because"], dict(held["outputs"]), dict(held["inputs"]))


@dataclass(frozen=True, slots=True)
class Course:
    """What a service makes of the answers, all tables together. `fee` is pence, None when it is not known."""

    accept: str
    priority: str
    team: str
    promise: str
    fee: int | None
    say: tuple[str, ...]
    do: tuple[str, ...]
    offer: tuple[str, ...]
    start: tuple[str, ...]
    flags: tuple[str, ...]
    tell: tuple[str, ...]
    decisions: tuple[Decision, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return asdict(self)


def unanswered(value: Any) -> bool:
    """Whether a value is no answer at all."""
    return value is None or value in ("", [], {}, ())


def canonical(kind: str, value: Any, today: date) -> Any:
    """An answer as the tables and conditions see it; None when unanswered.

    yes_no → `yes`/`no`; date → `past`, `today` or `future`; lists → list of text (items count their quantities for
    figures); lookup → the code of what was found; contact → `post` where she wants letters; other mappings → `given`;
    numbers and pence → numbers.
    """
    if unanswered(value):
        return [] if kind in LISTS else None
    if kind in {"yes_no", "declaration"}:
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if kind == "date":
        return _when(value, today)
    if kind in {"number", "money"}:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else _number(value)
    if kind in LISTS:
        return (
            [_item_name(item) for item in value for _ in range(_quantity(item))]
            if isinstance(value, list | tuple)
            else [str(value)]
        )
    if isinstance(value, Mapping):
        if kind == "contact" and value.get("by") == POST:
            return POST
        return str(value.get("code") or "given") if kind == "lookup" else "given"
    return str(value)


def _when(value: Any, today: date) -> str | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return "today" if day == today else ("past" if day < today else "future")


def _number(value: Any) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _item_name(item: Any) -> str:
    if isinstance(item, Mapping):
        return str(item.get("item") or item.get("value") or item.get("id") or "given")
    return str(item)


def _quantity(item: Any) -> int:
    count = item.get("quantity", 1) if isinstance(item, Mapping) else 1
    return count if isinstance(count, int) and 0 < count <= 1000 else 1


def figure(kind: str, value: Any) -> float | int | None:
    """A canonical answer as a figure: lists count their entries."""
    if kind in LISTS:
        return len(value or [])
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def bound(kind: str, limit: Any) -> float | int:
    """A limit written in a pack as a figure: `£16,000` for money."""
    return int(pence(limit)) if kind == "money" or isinstance(limit, str) else limit


def passes(test: Compare | Condition, kind: str, value: Any) -> bool:
    """Whether a canonical answer passes a test.

    An unanswered question passes only `answered: false` and a wanted `none`.
    """
    any_of = test.any_of if isinstance(test, Compare) else test.is_any_of
    none_of = test.none_of if isinstance(test, Compare) else test.is_none_of
    empty = unanswered(value)
    if test.answered is not None and test.answered == empty:
        return False
    if any_of is not None and not _is_among(any_of, value, empty):
        return False
    if none_of is not None and (empty or _is_among(none_of, value, empty)):
        return False
    limits = (test.more_than, test.less_than, test.at_least, test.at_most)
    if all(limit is None for limit in limits):
        return True
    number = figure(kind, value)
    if number is None or (empty and kind not in LISTS):
        return False
    over, under, least, most = (None if limit is None else bound(kind, limit) for limit in limits)
    return (
        (over is None or number > over)
        and (under is None or number < under)
        and (least is None or number >= least)
        and (most is None or number <= most)
    )


def _is_among(wanted: tuple[Any, ...], value: Any, empty: bool) -> bool:
    if empty:
        return "none" in wanted
    held = value if isinstance(value, list) else [value]
    return any(one in wanted for one in held)


def holds(condition: Condition, service: Service, answers: Answers, today: date) -> bool:
    """Whether a question's `show_when` holds for the answers as they stand."""
    if condition.all_of is not None:
        return all(holds(part, service, answers, today) for part in condition.all_of)
    if condition.any_of is not None:
        return any(holds(part, service, answers, today) for part in condition.any_of)
    if condition.none_of is not None:
        return not holds(condition.none_of, service, answers, today)
    assert condition.question is not None  # noqa: S101 - for the type checker
    question = service.by_question.get(condition.question)
    if question is None:
        return False
    value = (
        canonical(question.type, answers.get(question.id), today) if asked(question, service, answers, today) else None
    )
    return passes(condition, question.type, value)


def asked(question: Question, service: Service, answers: Answers, today: date) -> bool:
    """Whether the question is to be asked, given the answers so far.

    An answer to a question no longer asked counts as none. Nothing is asked that what was found before makes needless.
    """
    for before in service.questions:
        if before.id == question.id:
            break
        if before.settles and before.disputed_by != question.id and settled(before, service, answers, today):
            return False
    return question.show_when is None or holds(question.show_when, service, answers, today)


def settled(lookup: Question, service: Service, answers: Answers, today: date) -> bool:
    """Whether what a lookup found answers the request, so that no more is asked: unless the customer says it is wrong."""
    if canonical(lookup.type, answers.get(lookup.id), today) not in lookup.settles:
        return False
    dispute = service.by_question.get(lookup.disputed_by or "")
    if dispute is None or not asked(dispute, service, answers, today):
        return True
    return bool(canonical(dispute.type, answers.get(dispute.id), today) != "no")


def questions_to_ask(service: Service, answers: Answers, today: date, channel: str = "web") -> list[Question]:
    """The questions that apply now on a channel, in order."""
    return [q for q in service.questions if channel not in q.skip_on and asked(q, service, answers, today)]


def kinds(service: Service) -> dict[str, str]:
    """What the tables may look at, with its type: questions and facts."""
    return {**{q.id: q.type for q in service.questions}, **{f.id: f.type for f in service.facts}}


def table_inputs(service: Service, table: Table, answers: Answers, facts: Answers, today: date) -> dict[str, Any]:
    """What a table sees: each question or fact it names, in canonical form."""
    named = dict.fromkeys(name for row in table.rows for name in row.when)
    known, seasons = kinds(service), {fact.id: fact.on(today) for fact in service.facts}
    seen: dict[str, Any] = {}
    for name in named:
        question = service.by_question.get(name)
        given = (
            facts.get(name, seasons.get(name))
            if question is None
            else (answers.get(name) if asked(question, service, answers, today) else None)
        )
        seen[name] = canonical(known[name], given, today)
    return seen


def decide(service: Service, table: str, answers: Answers, facts: Answers | None = None, *, today: date) -> Decision:
    """What one table of a service decides, and why. A service without the table decides nothing (`row` None)."""
    return decide_all(service, table, answers, facts, today=today)[0]


def decide_all(
    service: Service, table: str, answers: Answers, facts: Answers | None = None, *, today: date
) -> list[Decision]:
    """The decisions of one table: one, save for `follow_on`, where every row that fits is one."""
    definition = service.tables.get(table)  # type: ignore[call-overload]
    if definition is None:
        return [Decision(table, None, "This service has no rule on it.", {}, {})]
    inputs = table_inputs(service, definition, answers, facts or {}, today)
    numbers = compile_table(definition, kinds(service), every=table == EVERY_ROW).rows(inputs)
    if not numbers:
        return [Decision(table, None, "No rule fits these answers.", {}, inputs)]
    return [_decision(service, table, definition.rows[number], inputs, answers, today) for number in numbers]


def _decision(
    service: Service, table: str, row: Row, inputs: dict[str, Any], answers: Answers, today: date
) -> Decision:
    outputs = row.then.model_dump(mode="json", exclude_defaults=True)
    if row.then.fee is not None and row.then.times:
        outputs["fee"] = row.then.fee * _times(service, row.then, answers, today)
    return Decision(table, row.id, row.because, outputs, inputs)


def _times(service: Service, then: Then, answers: Answers, today: date) -> int:
    question = service.by_question[str(then.times)]
    number = figure(question.type, canonical(question.type, answers.get(question.id), today))
    return int(number) if number else 0


def work_out(service: Service, answers: Answers, facts: Answers | None = None, *, today: date) -> Course:
    """What the service makes of the answers: eligibility, triage, routing, priority, fee, then what follows on from it.

    For team, promise and priority the most particular table wins: triage, then priority, then routing, then the
    service's own. A refusal by eligibility or triage stays a refusal.
    """
    made = {
        name: decide(service, name, answers, facts, today=today)
        for name in TABLES
        if name in service.tables and name != EVERY_ROW
    }
    decisions = list(made.values())
    if EVERY_ROW in service.tables:
        decisions += [d for d in decide_all(service, EVERY_ROW, answers, facts, today=today) if d.row]

    def first(key: str, *order: str) -> Any:
        return next((made[name].outputs[key] for name in order if name in made and key in made[name].outputs), None)

    def gathered(key: str) -> tuple[str, ...]:
        lists = [d.outputs.get(key, []) for d in decisions]
        return tuple(dict.fromkeys(word for found in lists for word in ([found] if isinstance(found, str) else found)))

    accepts = [d.outputs.get("accept") for d in made.values()]
    accept = "no" if "no" in accepts else ("hold" if "hold" in accepts else "yes")
    fee = first("fee", "fee", "triage")
    if fee is None and "fee" not in made:
        fee = 0 if not service.cost.charged else service.cost.fee
    return Course(
        accept=accept,
        priority=first("priority", "priority", "triage", "routing") or "normal",
        team=first("team", "triage", "priority", "routing") or service.team,
        promise=first("promise", "triage", "priority", "routing") or service.promises[0].code,
        fee=fee,
        say=gathered("say"),
        do=gathered("do"),
        offer=gathered("offer"),
        start=gathered("start"),
        flags=gathered("flags"),
        tell=gathered("tell"),
        decisions=tuple(decisions),
    )


def promise_of(service: Service, course: Course) -> Promise:
    """The promise that a course of action comes under."""
    return service.promise(course.promise)


def explain(service: Service, decision: Decision, *, to: str = "customer") -> str:
    """A decision in words: the reason for the customer; for an officer also the table, row and what it looked at."""
    if to == "customer":
        said = decision.outputs.get("say")
        return f"{decision.because} {said}" if said else decision.because
    looked = "; ".join(
        f"{_name(service, key)}: {_value(service, key, value)}" for key, value in decision.inputs.items()
    )
    row = f"row “{decision.row}”" if decision.row else "no row"
    done = f" {decision.outputs['do']}" if decision.outputs.get("do") else ""
    return f"{decision.table.capitalize()}, {row}: {decision.because}{done} Looked at — {looked or 'nothing'}."


def _name(service: Service, key: str) -> str:
    question = service.by_question.get(key)
    return question.label if question else next((fact.says for fact in service.facts if fact.id == key), key)


def _value(service: Service, key: str, value: Any) -> str:
    if unanswered(value):
        return "no answer"
    question = service.by_question.get(key)
    labels = {option.value: option.label for option in question.options} if question else {}
    return ", ".join(labels.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))
