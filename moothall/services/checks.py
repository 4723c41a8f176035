"""What must agree within the catalogue and with the other sections: looked at whenever a pack is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moothall.core.packs.pack import Pack
from moothall.core.packs.problems import Problem, near_miss
from moothall.core.packs.sections import TEAMS

from .letters import POST, never_told_where
from .pack import (
    AREAS,
    EVERY_ROW,
    KNOWLEDGE,
    LISTS,
    PAUSES,
    REDRESS,
    SERVICES,
    Compare,
    Condition,
    Row,
    Service,
    Table,
    pence,
)
from .rules import kinds

Path = tuple[str | int, ...]


def check_services(pack: Pack) -> Iterator[Problem]:
    """Everything about the services that their own models cannot see."""
    for code, service in pack.of(SERVICES).items():
        yield from _references(pack, code, service)
        yield from _questions(pack, code, service)
        yield from _promises(pack, code, service)
        for table_name, table in service.tables.items():
            yield from _table(pack, (code, "tables", table_name, "rows"), service, table)
        yield from _examples(pack, code, service)
        yield from _letters(pack, code, service)
        if service.elsewhere is None and not any(use.level in {"full", "begin"} for use in service.channels.values()):
            yield pack.problem(
                "no channel takes this service", "services", code, "channels", expected="one `full` at least"
            )
    for code, team in pack.of(TEAMS).items():
        if team.escalates_to:
            yield from _known(pack, "team", team.escalates_to, pack.teams, "teams", code, "escalates_to")
    for code, article in pack.of(KNOWLEDGE).items():
        yield from _known(pack, "team", article.owner, pack.teams, "knowledge", code, "owner")
        if article.of is not None:
            yield from _known(pack, "article", article.of, pack.of(KNOWLEDGE), "knowledge", code, "of")
        if article.language is not None:
            yield from _known(
                pack, "language", article.language, pack.section("languages"), "knowledge", code, "language"
            )
        if article.format is not None:
            yield from _known(pack, "format", article.format, pack.section("formats"), "knowledge", code, "format")
        for number, name in enumerate(article.services):
            yield from _known(pack, "service", name, pack.services, "knowledge", code, "services", number)


def _known(
    pack: Pack, what: str, value: str, known: Iterable[str], section: str, *path: str | int
) -> Iterator[Problem]:
    names = list(known)
    if value not in names:
        meant = near_miss(value, names)
        yield pack.problem(f"there is no such {what}", section, *path, value=f"`{value}`", suggestion=meant)


def _references(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    yield from _known(pack, "team", service.team, pack.teams, "services", code, "team")
    yield from _known(pack, "area", service.area, pack.of(AREAS), "services", code, "area")
    for number, area in enumerate(service.also_in):
        yield from _known(pack, "area", area, pack.of(AREAS), "services", code, "also_in", number)
    for number, name in enumerate(service.related):
        yield from _known(pack, "service", name, pack.services, "services", code, "related", number)
    for number, answer in enumerate(service.knowledge):
        yield from _known(pack, "team", answer.owner, pack.teams, "services", code, "knowledge", number, "owner")
    for field in ("closings", "refusals", "avoidable", "statuses"):
        yield from _once(pack, [entry.code for entry in getattr(service, field)], code, field)
    yield from _once(pack, [answer.id for answer in service.knowledge], code, "knowledge")


def _once(pack: Pack, names: list[str], *path: str | int) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield pack.problem(f"`{name}` stands twice in this list", "services", *path, number)


def _promises(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    yield from _once(pack, [promise.code for promise in service.promises], code, "promises")
    for number, promise in enumerate(service.promises):
        here: Path = (code, "promises", number)
        yield from _known(pack, "team", promise.escalate_to, pack.teams, "services", *here, "escalate_to")
        for field in ("pauses", "restarts"):
            for place, reason in enumerate(getattr(promise, field)):
                yield from _known(pack, "pause", reason, pack.of(PAUSES), "services", *here, field, place)
        if promise.redress:
            yield from _known(pack, "redress", promise.redress, pack.of(REDRESS), "services", *here, "redress")
        if pack.has("calendars"):
            yield from _known(
                pack, "calendar", promise.calendar, pack.section("calendars"), "services", *here, "calendar"
            )


TAKEN = frozenset({"add", "find", "skip"})
"""Names that the pages of a question use for themselves."""


def _questions(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    for number, question in enumerate(service.questions):
        if question.id in TAKEN and question.type not in {"date", "person", "contact", "vehicle"}:
            what = "the page uses this name for itself: give the question another"
            yield pack.problem(what, "services", code, "questions", number, "id", value=f"`{question.id}`")
    names = [question.id for question in service.questions] + [fact.id for fact in service.facts]
    yield from _once(pack, [question.id for question in service.questions], code, "questions")
    for number, fact in enumerate(service.facts):
        if fact.id in names[: len(service.questions)]:
            yield pack.problem(f"`{fact.id}` is a question too", "services", code, "facts", number, "id")
    for number, question in enumerate(service.questions):
        if question.show_when is not None:
            yield from _condition(pack, question.show_when, service, (code, "questions", number, "show_when"))
        if question.disputed_by is not None:
            dispute = service.by_question.get(question.disputed_by)
            if dispute is None or dispute.type != "yes_no" or dispute not in service.questions[number + 1 :]:
                what = "a yes-or-no question that comes after this one says that what was found is wrong"
                yield pack.problem(
                    what, "services", code, "questions", number, "disputed_by", value=f"`{question.disputed_by}`"
                )
    yield from _circles(pack, code, service)


def _letters(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    """Whoever asks to be written to by post is asked where."""
    for number in never_told_where(service):
        yield pack.problem(
            "who chooses post here is never asked where to write to", "services", code, "questions", number,
            expected="`letters.yaml` with a `label`, or an `address` question that she meets: `letters: true`",
        )  # fmt: skip


def _condition(pack: Pack, condition: Condition, service: Service, here: Path) -> Iterator[Problem]:
    for key, parts in (("all", condition.all_of), ("any", condition.any_of)):
        for number, part in enumerate(parts or ()):
            yield from _condition(pack, part, service, (*here, key, number))
    if condition.none_of is not None:
        yield from _condition(pack, condition.none_of, service, (*here, "not"))
    if condition.question is None:
        return
    if condition.question not in service.by_question:
        yield from _known(pack, "question", condition.question, service.by_question, "services", *here, "question")
        return
    yield from _values(pack, condition, service, condition.question, here)


def _values(pack: Pack, test: Condition | Compare, service: Service, name: str, here: Path) -> Iterator[Problem]:
    """Whether the values a test asks for can be given at all."""
    kind = kinds(service)[name]
    any_of, none_of = (test.any_of, test.none_of) if isinstance(test, Compare) else (test.is_any_of, test.is_none_of)
    possible = possible_values(service, name)
    for value in [*(any_of or ()), *(none_of or ())]:
        if possible is not None and value not in possible:
            text = f"`{name}` can never be that"
            listed = ", ".join(f"`{one}`" for one in sorted(possible))
            yield pack.problem(
                text,
                "services",
                *here,
                value=f"`{value}`",
                expected=f"one of {listed}",
                suggestion=near_miss(str(value), possible),
            )
    for limit in (test.more_than, test.less_than, test.at_least, test.at_most):
        if limit is None:
            continue
        if kind not in LISTS | {"number", "money"}:
            yield pack.problem(f"`{name}` is no figure to compare", "services", *here, value=f"`{limit}`")
        elif isinstance(limit, str) and kind != "money":
            yield pack.problem(f"`{name}` is not money", "services", *here, value=f"`{limit}`", expected="a number")
        elif isinstance(limit, str):
            try:
                pence(limit)
            except ValueError as wrong:
                yield pack.problem(str(wrong), "services", *here, value=f"`{limit}`")


def possible_values(service: Service, name: str) -> set[str] | None:
    """The values an answer or fact can have in a test; None when any."""
    question = service.by_question.get(name)
    kind = kinds(service)[name]
    if kind in {"choice", "multi_choice", "picture"} and question is not None:
        return {option.value for option in question.options} | {"none"}
    if kind in {"yes_no", "declaration"}:
        return {"yes", "no", "none"}
    if kind == "date":
        return {"past", "today", "future", "none"}
    if kind == "contact":
        return {"given", POST, "none"}
    return None


def _circles(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    """Questions that wait for each other would never be asked."""
    waits = {q.id: q.show_when.questions() if q.show_when else frozenset() for q in service.questions}

    def leads_back(start: str) -> bool:
        seen: set[str] = set()
        onward = set(waits[start])
        while onward:
            name = onward.pop()
            if name == start:
                return True
            if name not in seen:
                seen.add(name)
                onward |= waits.get(name, frozenset())
        return False

    for number, question in enumerate(service.questions):
        if leads_back(question.id):
            what = f"`{question.id}` waits for itself, by way of the questions in its `show_when`"
            yield pack.problem(what, "services", code, "questions", number, "show_when")


def _counted(pack: Pack, service: Service, name: str, at: Path) -> Iterator[Problem]:
    """What a fee counts for each is a list, or a number of which no part can be asked for."""
    question = service.by_question.get(name)
    if kinds(service).get(name) not in LISTS | {"number"}:
        yield pack.problem("must name a number", "services", *at, value=f"`{name}`")
    elif question is not None and question.type == "number" and not question.whole:
        what = "the fee counts once for each, and a part of one could be asked for"
        yield pack.problem(what, "services", *at, value=f"`{name}`", expected="a number with `whole: true`")


def _table(pack: Pack, here: Path, service: Service, table: Table) -> Iterator[Problem]:
    known = kinds(service)
    promises = [promise.code for promise in service.promises]
    yield from _once(pack, [row.id for row in table.rows], *here)
    for number, row in enumerate(table.rows):
        for name, test in row.when.items():
            if name not in known:
                yield from _known(pack, "question or fact", name, known, "services", *here, number, "when", name)
            else:
                yield from _values(pack, test, service, name, (*here, number, "when", name))
        then = row.then
        at: Path = (*here, number, "then")
        if then.promise:
            yield from _known(pack, "promise of this service", then.promise, promises, "services", *at, "promise")
        if then.team:
            yield from _known(pack, "team", then.team, pack.teams, "services", *at, "team")
        for place, team in enumerate(then.tell):
            yield from _known(pack, "team", team, pack.teams, "services", *at, "tell", place)
        for field in ("offer", "start"):
            for place, name in enumerate(getattr(then, field)):
                yield from _known(pack, "service", name, pack.services, "services", *at, field, place)
        if then.times:
            yield from _counted(pack, service, then.times, (*at, "times"))
        if here[2] == EVERY_ROW:
            yield from _only_besides(pack, row, at)
            continue
        earlier = next((before for before in table.rows[:number] if covers(before, row)), None)
        if earlier is not None:
            what = f"row `{row.id}` can never win: row `{earlier.id}` above it fits whenever this one does"
            yield pack.problem(what, "services", *here, number, "id")


def _only_besides(pack: Pack, row: Row, at: Path) -> Iterator[Problem]:
    for field in ("accept", "priority", "promise", "team", "fee"):
        if getattr(row.then, field) is not None:
            what = f"`{EVERY_ROW}` says what else begins; `{field}` is for the other tables"
            yield pack.problem(what, "services", *at, field)


def covers(first: Row, second: Row) -> bool:
    """Whether `first` holds in every case in which `second` does, so far as can be told from the row itself."""
    for name, test in first.when.items():
        other = second.when.get(name)
        if other is None:
            return False
        if test == other:
            continue
        alone = test.any_of is not None and test == Compare(any_of=test.any_of)
        if not (alone and other.any_of is not None and set(other.any_of) <= set(test.any_of or ())):
            return False
    return True


def _examples(pack: Pack, code: str, service: Service) -> Iterator[Problem]:
    if not service.examples:
        yield pack.problem("has no example", "services", code, expected="`examples:` with one at least")
    for number, example in enumerate(service.examples):
        here: Path = (code, "examples", number)
        for name in example.answers:
            yield from _known(pack, "question", name, service.by_question, "services", *here, "answers", name)
        facts = [fact.id for fact in service.facts]
        for name in example.facts:
            yield from _known(pack, "fact", name, facts, "services", *here, "facts", name)
