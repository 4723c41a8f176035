"""The only writers of monitoring answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from moothall.core.packs import current_pack
from moothall.customers.monitoring.models import MonitoringAnswer
from moothall.customers.monitoring.pack import QUESTIONS
from moothall.customers.monitoring.rules import NOT_SAID, pseudonym, quarter_of


def answer_freely(customer_id: UUID, given: Mapping[str, Sequence[str]], *, on: date) -> int:
    """Keep what somebody chose to tell, in place of what she told this quarter; return how many answers are kept.

    Nothing but the pseudonym, the answers and the quarter is written, and no event: a history with her id beside the moment
    would undo the pseudonym. What is not a question or an answer of the pack is left out; a question left
    empty keeps what was said before.
    """
    asked = current_pack().of(QUESTIONS)
    who, quarter = pseudonym(key(), customer_id), quarter_of(on)
    rows = []
    for code, chosen in given.items():
        if code not in asked:
            continue
        known = {one.code for one in asked[code].answers} | {NOT_SAID}
        answers = [one for one in dict.fromkeys(chosen) if one in known]
        if NOT_SAID in answers or not asked[code].many:
            answers = [NOT_SAID] if NOT_SAID in answers else answers[:1]
        rows += [MonitoringAnswer(pseudonym=who, question=code, answer=one, quarter=quarter) for one in answers]
    with transaction.atomic():
        MonitoringAnswer.objects.filter(
            pseudonym=who, quarter=quarter, question__in={row.question for row in rows}
        ).delete()
        MonitoringAnswer.objects.bulk_create(rows)
    return len(rows)


def take_back(customer_id: UUID) -> int:
    """Delete every answer of somebody. Returns how many there were."""
    return MonitoringAnswer.objects.filter(pseudonym=pseudonym(key(), customer_id)).delete()[0]


def key() -> bytes:
    """Return the key of the pseudonyms, from the environment and never from the database."""
    return str(settings.EQUALITY_KEY).encode()
