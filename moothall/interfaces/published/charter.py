"""How soon we answer: what the council promises of contact itself, whatever it is about, and how often it keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.insight.charter import MEASURE, Charter, charter, standard_record
from moothall.insight.dips import Dip, dips
from moothall.insight.standards import Line
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.published import open_data, words
from moothall.interfaces.published.views import explaining, month_in, published_services
from moothall.promises.pack import STANDARDS, StandardSpec
from moothall.promises.rules import say_amount

KINDS = ("call_answered", "visit_seen", "call_back", "reply", "reply_by_services", "acknowledgement")
"""What a standard of contact promises, in the order people meet it."""
COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class CharterRow:
    """One promise of the charter: its sentence, where its own page is, and its line."""

    code: str
    sentence: str
    link: str
    line: Line


@require_safe
@policy("public")
def standards(request: HttpRequest) -> HttpResponse:
    """Every standard of contact, and how often it was kept."""
    page = _charter()
    return render(request, "published/standards.html", {
        "page": page, "rows": rows_of(page), "words": words, "here": "performance",
    })  # fmt: skip


@require_safe
@policy("public")
def standard(request: HttpRequest, code: str) -> HttpResponse:
    """One standard of contact."""
    spec = _known(code)
    record = standard_record(code, at=clock.now())
    notes = {e.month: e.text for e in reversed(record.explanations)}
    return render(request, "published/standard.html", {
        "sentence": sentence(spec), "name": spec.name or spec.code, "record": record, "words": words,
        "here": "performance", "points": words.points(record.line, notes), "grid": words.grid(record.crossed),
        "span": f"{words.month_name(record.first)} to {words.month_name(record.last)}",
        "channel_rows": words.share_rows(record.by_channel, words.CHANNELS),
    })  # fmt: skip


@require_safe
@policy("public")
def standards_figures(request: HttpRequest, kind: str) -> HttpResponse:
    """Every standard of contact, to download: by month, by channel, and by both."""
    page = _charter()
    rows = open_data.rows_of_charter(page, {code: sentence(spec) for code, spec in of_contact(current_pack()).items()})
    if kind == "csv":
        return open_data.as_csv(rows, "standards-of-contact")
    return open_data.as_json(rows, "standards-of-contact", council=current_pack().council.name, as_of=page.as_of)


@require_http_methods(["GET", "POST"])
@policy("staff", needs="report.explain")
def explain(request: Request, code: str, month: str) -> HttpResponse:
    """Say why a month of a standard of contact dipped and what was done."""
    spec, back = _known(code), reverse("published:standard", args=[code])
    return explaining(request, spec.name or spec.code, month_in(month), MEASURE, code, back)


@require_safe
@policy("staff", needs="report.explain")
def to_explain(request: Request) -> HttpResponse:
    """The months that dipped in what is published, those nobody has explained first: where an officer begins."""
    pack = current_pack()
    found = dips(
        services=published_services(), standards=list(of_contact(pack)), visible_to=request.actor, at=clock.now()
    )
    rows = [_dip_row(pack, dip) for dip in found]
    context = {"unsaid": [row for row in rows if not row.said], "said": [row for row in rows if row.said]}
    return render(request, "published/to_explain.html", context | {"here": "performance"})


@dataclass(frozen=True, slots=True)
class DipRow:
    """One month that dipped: whose it is, how it stood, what was said, and where to say it."""

    name: str
    month: str
    stood: str
    said: str
    link: str


def _dip_row(pack: Pack, dip: Dip) -> DipRow:
    month = f"{dip.month:%Y-%m}"
    if dip.measure == MEASURE:
        spec = pack.of(STANDARDS)[dip.code]
        name, link = spec.name or spec.code, reverse("published:explain_standard", args=[dip.code, month])
    else:
        name, link = pack.services[dip.code].name, reverse("published:explain", args=[dip.code, month])
    stood = f"{dip.share.kept:,} of {dip.share.of:,} kept"
    return DipRow(name, words.month_name(dip.month), stood, dip.said, link)


def of_contact(pack: Pack, on: date | None = None) -> dict[str, StandardSpec]:
    """Return the standards of contact in force on a day (today), in the order people meet what they promise."""
    day = on or council_date(clock.now())
    found = [
        (min(KINDS.index(kind) for kind in spec.applies.kinds if kind in KINDS), code)
        for code, spec in pack.of(STANDARDS).items()
        if set(spec.applies.kinds) & set(KINDS) and spec.valid_on(day)
    ]
    return {code: pack.of(STANDARDS)[code] for _, code in sorted(found)}


def sentence(spec: StandardSpec) -> str:
    """Return a standard as its customers read it: the pack's words, or its name and its length."""
    return spec.words or f"{spec.name or spec.code} within {say_amount(spec.amount, spec.unit)}."


def rows_of(page: Charter) -> list[CharterRow]:
    """Return the charter as its page shows it: contact itself, then complaints, which have their own service and page."""
    pack = current_pack()
    specs = of_contact(pack)
    rows = [
        CharterRow(code, sentence(specs[code]), reverse("published:standard", args=[code]), line)
        for code, line in page.lines
    ]
    return rows + [
        CharterRow(code, words.promise_sentence(pack.services[code]) + ".", reverse("published:service", args=[code]), line)
        for code, line in page.services
    ]  # fmt: skip


def _charter() -> Charter:
    pack = current_pack()
    complaints = [code for code in sorted(published_services()) if pack.services[code].kind == COMPLAINT]
    return charter(list(of_contact(pack)), services=complaints, at=clock.now())


def _known(code: str) -> StandardSpec:
    found = of_contact(current_pack()).get(code)
    if found is None:
        raise Http404
    return found
