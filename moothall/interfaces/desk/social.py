"""What was done about abuse on social media: every measure with its reason, and accounts heard again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.staff import staff_names
from moothall.inbox.models import MeasureKind
from moothall.inbox.pack import SOCIAL
from moothall.inbox.post_queries import MeasureLine, measures, still_muted
from moothall.intake.social import answering
from moothall.interfaces.desk.screen import draw, go
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query

SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class MeasureShape:
    """One measure in words. ``muted``: it is the one by which its account is muted now."""

    line: MeasureLine
    what: str
    network: str
    why: str
    by: str
    muted: bool


@require_safe
@policy("staff", needs="contact.view", purpose="contact")
def social(request: Request) -> HttpResponse:
    """A page of measures. Three queries beside the frame's."""
    try:
        page = measures(visible_to=request.actor, after=request.GET.get("after", ""), size=SIZE)
    except BadCursor:
        return go("desk:social")
    terms, staff = current_pack().one(SOCIAL), staff_names({one.by_id for one in page.rows if one.by_id})
    says = {one.code: one.says for one in terms.abuse}
    muted = still_muted(page.rows, at=clock.now())
    rows = [
        MeasureShape(
            one, str(MeasureKind(one.kind).label), terms.names.get(one.network, one.network),
            says.get(one.reason, one.reason), staff.get(one.by_id, "") if one.by_id else "", one.id in muted,
        )
        for one in page.rows
    ]  # fmt: skip
    address = reverse("desk:social")
    return draw(
        request, "desk/social.html", rows=rows, here="inbox", days=terms.muted_days, done=request.GET.get("done") == "1",
        older=with_query(address, after=page.after) if page.after else "", newer=address if page.before else "",
    )  # fmt: skip


@require_POST
@policy("staff", needs="social.mute", purpose="contact")
def unmute(request: Request, measure_id: UUID) -> HttpResponse:
    """Hear an account again."""
    try:
        answering.unmute(measure_id, by=request.actor, at=clock.now())
    except answering.NotThere:
        raise Http404 from None
    return go("desk:social", done="1")
