"""What goes on, in the words of the site: a notice on other pages, and a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from moothall.announcements.models import NewsKind
from moothall.announcements.queries import AnnouncementView, NewsLine
from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import LineEntry
from moothall.promises.rules import say_day

SAID = {NewsKind.MADE: "We said", NewsKind.NEWS: "News", NewsKind.OVER: "Over"}


@dataclass(frozen=True, slots=True)
class AnnouncedPage:
    """One announcement: how it stands, in full, with everything said before."""

    title: str
    place: str
    notice: NoticeView
    since: str
    said: tuple[LineEntry, ...]
    over: bool
    services: tuple[tuple[str, str], ...]


def announced(one: AnnouncementView, *, link: bool = True) -> NoticeView:
    """Return what goes on as a notice: what and where, since when, what we do, when there is news again."""
    return NoticeView(
        f"{one.title.rstrip('.')}: {one.place}",
        "\n".join(part for part in (f"Since {one.since_words}. {one.says}", _new_day(one), next_news(one)) if part),
        "risk", reverse("site:announcement", args=[one.id]) if link else "", "What was said so far" if link else "",
    )  # fmt: skip


def all_announced(some: Iterable[AnnouncementView]) -> tuple[NoticeView, ...]:
    """Return several."""
    return tuple(announced(one) for one in some)


def next_news(one: AnnouncementView) -> str:
    """Return by when there is news again; where that is late, so, and the new time."""
    if not one.next_news_words:
        return ""
    if one.late:
        return f"We had promised news before now, and are sorry. We will say how it stands by {one.next_news_words}."
    return f"Next news by {one.next_news_words}."


def _new_day(one: AnnouncementView) -> str:
    return f"What was due is done on {say_day(one.new_day)} instead." if one.new_day else ""


def announced_page(one: AnnouncementView, said: Sequence[NewsLine], names: dict[str, str]) -> AnnouncedPage:
    """Return the page of one."""
    notice = announced(one, link=False)
    if not one.is_live:
        notice = NoticeView("This is over", one.says, "kept")
    entries = tuple(LineEntry(words.by_when(line.at), SAID[NewsKind(line.kind)], line.text) for line in said)
    links = tuple((names[code], reverse("site:service", args=[code])) for code in one.services if code in names)
    return AnnouncedPage(one.title, one.place, notice, one.since_words, entries, not one.is_live, links)


def follow_link(dialogue: UUID, announcement: UUID) -> str:
    """Return where a request is ended with: tell me when it is over."""
    return reverse("site:follow-announcement", args=[dialogue, announcement])
