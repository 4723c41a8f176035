"""She has found help herself and asks to be referred: what she agreed to in her request is done at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.actions import add_task, close_case
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.partners.actions.helping import KIND, refer_person
from moothall.partners.models import HelpState
from moothall.partners.pack import BY_ITSELF, REFERRING, taker_of
from moothall.partners.queries.directory import help_named
from moothall.partners.shared import agreed_words


def refer_as_asked(
    case_id: UUID, service: str, answers: Mapping[str, Any], pack: Pack, *, channel: str, at: datetime
) -> None:
    """Refer who asks by the pack's service and names help we know; in the caller's transaction.

    Whoever needs to know more than the request asks is rung about first, and what is in no directory, or restricted, is an
    adviser's to find: the request is in the team's list either way.
    """
    held = pack.one(REFERRING)
    if held.service is None or service != held.service:
        return
    found = help_named(str(answers.get(held.help) or ""))
    case = Case.objects.filter(id=case_id).first() if found else None
    if found is None or case is None or case.customer_id is None:
        return
    taker = taker_of(pack, found.organization, found.name)
    agreed = answers.get(held.consent) in held.share
    if taker is not None and taker.way != "herself" and (not agreed or not BY_ITSELF.issuperset(taker.needs)):
        title = f"Ask: {agreed_words(found.organization or found.name, taker)}" if agreed else (
            f"They want to reach {found.organization or found.name} themselves: tell them how"
        )  # fmt: skip
        add_task(case.id, title=title[:200], team=case.team, kind=KIND, by=SYSTEM, at=at)
        return
    about = str(answers.get(held.about) or "")
    row = refer_person(case.id, found.id, about=about, agreed=agreed, how=channel, by=SYSTEM, at=at)
    if row.state == HelpState.TOLD:
        close_case(case.id, outcome="told", resolved=True, by=SYSTEM, at=at, told=True)
