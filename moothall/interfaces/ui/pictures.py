"""Our own drawings, put into pages as SVG: emblems, areas of service, states and faces.

Each drawing is a file `pictures/<set>/<name>.svg` with `viewBox` and `fill="currentColor"` only; it takes its colour from
the words beside it and never says anything those words do not, so it is hidden from screen readers.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

FOLDER = Path(__file__).parent / "pictures"


def names(set_: str) -> tuple[str, ...]:
    """The names of the drawings in a set, in order: `names("areas")`."""
    return tuple(sorted(path.stem for path in (FOLDER / set_).glob("*.svg")))


@cache
def _drawing(set_: str, name: str) -> str | None:
    if not name.replace("-", "").replace("_", "").isalnum():
        return None
    path = FOLDER / set_ / f"{name}.svg"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


@lru_cache(maxsize=1024)
def picture(set_: str, name: str, css: str = "") -> Markup:
    """A drawing as safe markup, hidden from screen readers. An unknown name draws the set's `common`, or nothing."""
    svg = _drawing(set_, name) or _drawing(set_, "common")
    if svg is None:
        return Markup("")
    classes = f"picture picture--{set_}" + (f" {css}" if css else "")
    # the attributes give it the size of its words where no stylesheet arrived; the stylesheet decides otherwise
    head = Markup('<svg class="{}" width="1em" height="1em" aria-hidden="true" focusable="false" ').format(classes)
    return head + Markup(svg.removeprefix("<svg "))  # noqa: S704  # our own files, never what people send


def emblem(name: str, css: str = "") -> Markup:
    """A council's emblem."""
    return picture("emblems", name, css)


def area_picture(name: str, css: str = "") -> Markup:
    """The drawing of an area of service: waste, streets, housing…"""
    return picture("areas", name, css)


def state_shape(name: str, css: str = "") -> Markup:
    """The shape of a state: on_track, at_risk, late, waiting, done."""
    return picture("states", name, css)


STATE_WORDS: Final = {
    "on_track": "On track", "at_risk": "At risk", "late": "Late", "waiting": "Waiting for you", "paused": "Waiting",
    "done": "Done", "kept": "Kept", "kept_late": "Done late", "withdrawn": "Withdrawn",
}  # fmt: skip
STATE_SHAPES: Final = {"paused": "waiting", "kept": "done", "kept_late": "late", "withdrawn": "stopped"}


@lru_cache(maxsize=1024)
def state_tag(state: str, words: str = "") -> Markup:
    """A state of work or of a promise by its shape and its word, never by colour alone. Drawn once: lists are full of them.

    ``words`` are other words than its own: "Late by 2 days", "Waiting for the customer". Raises KeyError for a state that
    has no words and was given none.
    """
    shape = state_shape(STATE_SHAPES.get(state, state))
    return Markup('<span class="state state--{}">{}{}</span>').format(state, shape, words or STATE_WORDS[state])


def face(name: str, css: str = "") -> Markup:
    """A face for a rating: good, average, poor."""
    return picture("faces", name, css)


def fault_picture(name: str, css: str = "") -> Markup:
    """A drawing of a room, a thing in a home or what is wrong with it."""
    return picture("faults", name, css)


def icon(name: str, colour: str) -> str:
    """An emblem on its colour as a whole SVG file, for the browser's tab."""
    svg = _drawing("emblems", name) or _drawing("emblems", "common") or "<svg></svg>"
    inner = svg.split(">", 1)[1].rsplit("</svg>", 1)[0]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="8" fill="{colour}"/>'
        f'<g transform="translate(10 10) scale(.9166)" fill="#fff" color="#fff">{inner}</g></svg>'
    )
