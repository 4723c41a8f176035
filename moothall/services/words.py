"""The texts of the catalogue that people read: what `moothall pack check` holds to plain words."""

from __future__ import annotations

from collections.abc import Iterator

from moothall.core.packs import Pack
from moothall.services.pack import KNOWLEDGE, SERVICES, Service

Text = tuple[tuple[str | int, ...], str]


def words_of_services(pack: Pack) -> Iterator[Text]:
    """Return every text of every public service with its place."""
    for code, service in pack.of(SERVICES).items():
        if service.visibility != "public":
            continue
        for path, text in (*_said(service), *_asked(service), *_decided(service)):
            if text:
                yield ("services", code, *path), str(text)


def words_of_knowledge(pack: Pack) -> Iterator[Text]:
    """Return the articles in the council's own language."""
    for code, article in pack.of(KNOWLEDGE).items():
        if article.language is None and article.audience == "public":
            yield ("knowledge", code, "body"), article.body


def _said(service: Service) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    yield ("summary",), service.summary
    for field in ("who_can_use", "have_ready", "what_happens_next"):
        yield from (((field, number), text) for number, text in enumerate(getattr(service, field)))
    yield ("cost", "says"), service.cost.says
    for channel, use in service.channels.items():
        yield ("channels", channel, "because"), use.because
    for number, answer in enumerate(service.knowledge):
        yield ("knowledge", number, "answer"), answer.answer
    for field in ("closings", "refusals", "statuses"):
        yield from (((field, number, "says"), one.says) for number, one in enumerate(getattr(service, field)))
    if service.emergency is not None:
        yield ("emergency", "do"), service.emergency.do
    if service.elsewhere is not None:
        yield ("elsewhere", "says"), service.elsewhere.says


def _asked(service: Service) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    for number, question in enumerate(service.questions):
        here = ("questions", number)
        yield (*here, "label"), question.label
        yield (*here, "hint"), question.hint
        for place, option in enumerate(question.options):
            yield (*here, "options", place, "label"), option.label
            yield (*here, "options", place, "hint"), option.hint


def _decided(service: Service) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    for name, table in service.tables.items():
        for number, row in enumerate(table.rows):
            here = ("tables", name, "rows", number)
            yield (*here, "because"), row.because
            yield (*here, "then", "say"), row.then.say
