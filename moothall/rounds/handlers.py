"""What the crew is told when customers speak: a repeated miss, and help with bins that begins or ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moothall.cases.queries import asked_at_address, case_page
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.rounds.actions import end_flags, flag_door
from moothall.rounds.models import FlagKind
from moothall.rounds.pack import ROUNDS
from moothall.rounds.queries import bins_answered

REPEAT_WITHIN = timedelta(weeks=12)


@handles("case.opened", as_="rounds.flag_repeat")
def flag_repeat(event: Recorded) -> None:
    """A second miss of a bin at one door within twelve weeks goes onto the crew's sheet before their next collection.

    Another bin is another matter, and what ended as no miss (it was not out) was none.
    """
    pack = current_pack()
    rounds = pack.one(ROUNDS)
    if event.service != rounds.missed_service or event.case_id is None:
        return
    page = case_page(event.case_id, visible_to=SYSTEM, at=event.occurred_at)
    if page is None or page.uprn is None:
        return
    since = event.occurred_at - REPEAT_WITHIN
    service = pack.services.get(event.service)
    none = [closing.code for closing in service.closings if not closing.done] if service else []
    bins = _bins_of(pack, page.answers)
    missed = asked_at_address(event.service, page.uprn, lambda given: _bins_of(pack, given), since=since, but=none)
    if sum(1 for others in missed if not bins or bins & others) < 2:
        return
    day = council_date(event.occurred_at)
    flag_door(
        page.uprn, FlagKind.REPEAT, begins=day, ends=day + timedelta(weeks=rounds.flag_weeks), case_id=event.case_id,
        by=SYSTEM, at=event.occurred_at,
    )  # fmt: skip


def _bins_of(pack: Pack, answers: Mapping[str, Any]) -> frozenset[str]:
    """The bins that a report of a missed one is about; none where it names none."""
    return next((found for value in answers.values() if (found := bins_answered(pack, value))), frozenset())


@handles("case.closed", as_="rounds.set_up_help")
def set_up_help(event: Recorded) -> None:
    """Help with bins that was agreed stands on the crew's sheet from that day; ended at request, it goes."""
    help_ = current_pack().one(ROUNDS).assisted
    outcome = str(event.data.get("outcome") or "")
    if event.service != help_.service or event.case_id is None or outcome not in help_.closings + help_.ended_by:
        return
    page = case_page(event.case_id, visible_to=SYSTEM, at=event.occurred_at)
    if page is None or page.uprn is None:
        return
    day = council_date(event.occurred_at)
    if outcome in help_.ended_by:
        end_flags(page.uprn, FlagKind.ASSISTED, last=day, by=SYSTEM)
        return
    flag_door(
        page.uprn, FlagKind.ASSISTED, begins=day, ends=None, case_id=event.case_id, by=SYSTEM, at=event.occurred_at
    )
