"""The catalogue beside the nation's list of what councils do: which of ours is which of theirs, and what we do not offer."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from moothall.core.packs import current_pack
from moothall.interfaces.console import shapes
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.services.nation import DoneBy, done_by
from moothall.services.queries import Held, ListedView, compare

SHOWN: Final = {"not-offered": "Not asked for here", "ours": "Our services on the list", "unlisted": "Ours, not on it"}
DONE_BY: Final = {
    DoneBy.US: "Councils of our kind", DoneBy.COUNTY: "The county council", DoneBy.DISTRICT: "The district councils",
    DoneBy.UNKNOWN: "The list does not say",
}  # fmt: skip


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def listed(request: Request) -> HttpResponse:
    """The two lists held against each other, narrowed by words. One query over a list of some hundreds."""
    show, words = request.GET.get("show", "not-offered"), request.GET.get("q", "")[:100]
    if show not in SHOWN:
        raise Http404
    pack = current_pack()
    found = compare(pack, visible_to=request.actor)
    kind = pack.council.kind or ""
    entries = [(one, DONE_BY[done_by(one.tier, kind)]) for one in found.not_offered if _has(words, one)]
    ours = [
        one for one in (found.known if show == "ours" else (*found.unknown, *found.without_number)) if _of(words, one)
    ]
    after = request.GET.get("after", "")
    rows, older = shapes.page_from(entries, after, size=50)
    held, older_ours = shapes.page_from(ours, after, size=50)
    return draw(
        request, "nation", here="nation", found=found, show=show, choices=SHOWN, q=words,
        rows=rows, held=held, older=older if show == "not-offered" else older_ours,
    )  # fmt: skip


def _has(words: str, one: ListedView) -> bool:
    text = f"{one.lgsl} {one.name} {one.description} {one.navigation}".casefold()
    return all(word in text for word in words.casefold().split())


def _of(words: str, one: Held) -> bool:
    text = f"{one.code} {one.name} {one.lgsl or ''} {one.entry.name if one.entry else ''}".casefold()
    return all(word in text for word in words.casefold().split())
