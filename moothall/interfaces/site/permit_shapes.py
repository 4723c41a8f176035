"""A permit or licence in the words of the site."""

from __future__ import annotations

from typing import Final

from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui.parts import FactRow
from moothall.interfaces.ui.words import day_year
from moothall.permits.links import permit_path
from moothall.permits.queries import PermitView

STANDING: Final = {
    "coming": ("on_track", "Not begun yet"), "in_force": ("done", "In force"), "over": ("late", "Over"),
    "ended": ("late", "Ended"),
}  # fmt: skip
"""State and words of how one stands."""


def facts_of(view: PermitView) -> list[FactRow]:
    """Return what a permit says of itself."""
    said = (
        ("Number", view.number), ("For", view.what), ("From", day_year(view.starts)), ("To", day_year(view.ends)),
        ("Why it ended", view.ended_because),
    )  # fmt: skip
    return [FactRow(name, text) for name, text in said if text]


def notice_of(view: PermitView | None) -> tuple[NoticeView, ...]:
    """Return what the page of a request says of what was issued for it."""
    if view is None:
        return ()
    text = "\n".join(part for part in (view.what, f"{view.says}.") if part)
    kind = "kept" if view.standing in {"coming", "in_force"} else "late"
    return (NoticeView(f"{view.name} {view.number}", text, kind, permit_path(view.id), "See it"),)  # type: ignore[arg-type]
