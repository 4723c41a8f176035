"""What a model learnt, as a page to look at: weights drawn and tabled, and how well the records are filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from moothall.customers.matching.rules.levels import Field
from moothall.customers.matching.rules.scoring import Model

WIDTH: Final = 720
_LABEL: Final = 250
_ROW: Final = 20
_HEAD: Final = 30
_THINGS: Final = {
    "given": "Given name",
    "family": "Family name",
    "middles": "Middle names",
    "dob": "Date of birth",
    "sex": "Sex",
    "phones": "Telephone",
    "emails": "Email",
    "uprn": "UPRN",
    "street": "Street",
    "number": "House number or name",
    "locality": "Place",
    "postcode": "Postcode",
    "id_number": "Identity number",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One level as a chart draws it: what it adds in bits, and its bar in per cent of the chart's width."""

    words: str
    weight: float
    left: float
    width: float
    of_one: float
    of_two: str


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The levels of one field."""

    words: str
    bars: tuple[Bar, ...]


def weight_bars(model: Model) -> tuple[BarGroup, ...]:
    """Return every level's bar by field, around a middle at 50 per cent: to the right what speaks for one person."""
    most = max(1.0, *(abs(model.weight(f.name, level.name)) for f in model.compared() for level in f.levels))
    groups = []
    for field in model.compared():
        bars = []
        for level in field.levels:
            weight, (m, u) = model.weight(field.name, level.name), model.fields[field.name][level.name]
            width = max(abs(weight) / most * 50, 0.3)
            left = 50.0 if weight >= 0 else 50 - width
            bars.append(Bar(level.words, weight, round(left, 2), round(width, 2), m, _rare(u)))
        groups.append(BarGroup(field.words, tuple(bars)))
    return tuple(groups)


def strongest(groups: Sequence[BarGroup]) -> tuple[tuple[str, Bar], tuple[str, Bar]]:
    """Return what speaks most for one person and most against, each with its field's words."""
    every = [(group.words, bar) for group in groups for bar in group.bars]
    return max(every, key=lambda one: one[1].weight), min(every, key=lambda one: one[1].weight)


def filled_in(known: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return what records say in a way we can read, in words, with the share of records that do."""
    return [(words, known[name]) for name, words in _THINGS.items() if name in known]


def weights_chart(model: Model) -> str:
    """Return the weights as an SVG picture: a bar for each level, to the right where it speaks for one person.

    Marked up without styles or scripts; the same figures are in `weights_table`, which must stand beside it.
    """
    rows = [(field, level.name, level.words) for field in model.compared() for level in field.levels]
    weights = [model.weight(field.name, level) for field, level, _ in rows]
    most = max(1.0, *(abs(weight) for weight in weights))
    middle = _LABEL + (WIDTH - _LABEL) / 2
    scale = (WIDTH - _LABEL) / 2 * 0.86 / most
    height = _HEAD + _ROW * (len(rows) + len(model.compared())) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="weights-title" '
        'font-family="sans-serif" font-size="12"><title id="weights-title">What each level adds, in bits</title>',
        f'<line x1="{middle:.0f}" y1="{_HEAD - 8}" x2="{middle:.0f}" y2="{height - 6}" stroke="#505a5f"/>',
        f'<text x="{middle - 8:.0f}" y="14" text-anchor="end">speaks for two people</text>',
        f'<text x="{middle + 8:.0f}" y="14">speaks for one person</text>',
    ]
    at = _HEAD
    before: Field | None = None
    for (field, _, words), weight in zip(rows, weights, strict=True):
        if field is not before:
            parts.append(f'<text x="0" y="{at + 14}" font-weight="bold">{escape(field.words)}</text>')
            at += _ROW
            before = field
        long = abs(weight) * scale
        left = middle if weight >= 0 else middle - long
        parts.append(f'<text x="12" y="{at + 13}">{escape(words[:40])}</text>')
        colour = "#00703c" if weight >= 0 else "#d4351c"
        parts.append(f'<rect x="{left:.1f}" y="{at + 3}" width="{max(long, 0.5):.1f}" height="13" fill="{colour}"/>')
        end, anchor = (middle + long + 5, "start") if weight >= 0 else (middle - long - 5, "end")
        parts.append(f'<text x="{end:.1f}" y="{at + 13}" text-anchor="{anchor}">{weight:+.1f}</text>')
        at += _ROW
    return "".join([*parts, "</svg>"])


def weights_table(model: Model) -> str:
    """Return the weights as an HTML table: field, level, how often for one person, for two, and what it adds in bits."""
    rows = []
    for field in model.compared():
        for level in field.levels:
            m, u = model.fields[field.name][level.name]
            rows.append(
                f"<tr><th scope='row'>{escape(field.words)}: {escape(level.words)}</th><td>{m:.2%}</td>"
                f"<td>{_rare(u)}</td><td>{model.weight(field.name, level.name):+.1f}</td></tr>"
            )
    return (
        "<table><caption>Weights</caption><thead><tr><th scope='col'>Agreement</th><th scope='col'>Of one person</th>"
        "<th scope='col'>Of two people</th><th scope='col'>Adds, in bits</th></tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table>"
    )


def _rare(share: float) -> str:
    return f"{share:.2%}" if share >= 0.001 else f"1 in {1 / share:,.0f}"


def quality_table(known: Mapping[str, float]) -> str:
    """Return how well the records are filled in as an HTML table: the share that says each thing in a way we can read."""
    rows = "".join(
        f"<tr><th scope='row'>{words}</th><td>{known[name]:.1%}</td></tr>"
        for name, words in _THINGS.items()
        if name in known
    )
    return (
        "<table><caption>How well the records are filled in</caption><thead><tr><th scope='col'>Said, and readable</th>"
        f"<th scope='col'>Share of records</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def report_page(model: Model, known: Mapping[str, float], records: int) -> str:
    """Return the whole report as one HTML page that needs nothing else."""
    return (
        "<!doctype html><html lang='en-GB'><head><meta charset='utf-8'><title>What linking learnt</title></head><body>"
        f"<h1>What linking learnt from {records:,} records</h1>"
        f"<p>Before anything is compared: {model.prior_weight:+.1f} bits (one pair in {1 / model.prior:,.0f} "
        f"is of one person). The machine may join from {model.auto_at:g} bits, where its rules allow; an officer is asked "
        f"from {model.review_at:g}.</p>{weights_chart(model)}{weights_table(model)}{quality_table(known)}</body></html>"
    )
