"""What others are told of a case: the thing and the place, what was chosen and written about it; never who asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from moothall.cases.models import Case
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.tokens import token_of
from moothall.documents.queries import photos_of_case
from moothall.partners.models import Purpose, Referral
from moothall.partners.pack import Partner
from moothall.partners.protocols import OutReport
from moothall.services.pack import Question

PHOTO = "partners.photo"
MOST_PHOTOS = 5
"""A report has one `media_url`; the links of the others stand in its description."""
TOLD = frozenset({"choice", "multi_choice", "yes_no", "number", "date", "text", "long_text"})


def photo_link(referral_id: UUID, document_id: UUID) -> str:
    """Return the private link by which a contractor sees one photo of what it was told of."""
    token = token_of(PHOTO, f"{referral_id}:{document_id}")
    return f"{settings.PUBLIC_URL}/hooks/open311/photos/{referral_id}/{document_id}/{token}.jpg"


def facts_of(case: Case) -> list[tuple[Question, str]]:
    """Return what was answered about the thing itself, in order. Nothing of a person: no contact, no sensitive answer."""
    service = current_pack().services.get(case.service)
    found = []
    for question in service.questions if service else ():
        value = case.answers.get(question.id)
        if question.type not in TOLD or question.sensitive or question.known_from or value in (None, "", []):
            continue
        found.append((question, question.in_words(value)))
    return found


def quoted(row: Referral, case: Case) -> str:
    """Return the number a partner quotes, as people see it: the request's own where everybody sees that on the map; else one
    of the referral, because it is told the place, and with her reference a postcode opens what she told us."""
    return show_reference(row.reference or case.reference)


def outside_values(row: Referral, case: Case, partner: Partner) -> Mapping[str, Any]:
    """Return what a message to a partner may say."""
    service = current_pack().services.get(case.service)
    at = (
        f"{case.latitude:.6f}, {case.longitude:.6f}" if case.latitude is not None and case.longitude is not None else ""
    )
    return {
        "partner": partner.title,
        "service": service.name if service else case.service,
        "reference": quoted(row, case),
        "place": case.place_text,
        "position": at,
        "facts": "\n".join(f"{question.label} {words}" for question, words in facts_of(case)),
        "link": f"{settings.PUBLIC_URL}/reports/{show_reference(case.reference)}"
        if service and service.on_the_map
        else "",
        "ours": row.purpose == Purpose.FOR_US,
    }


def report_of(row: Referral, case: Case, partner: Partner) -> OutReport:
    """Return what an Open311 system is told. Answers of fixed choices go as attributes too, where its definition has them."""
    told = facts_of(case)
    lines = [f"{question.label} {words}" for question, words in told]
    lines.append(f"Our reference: {quoted(row, case)}")
    photos = [photo_link(row.id, one.id) for one in photos_of_case(case.id)] if partner.sees_photos else []
    lines += [f"Photo {number}: {link}" for number, link in enumerate(photos[1:MOST_PHOTOS], 2)]
    attributes = {
        question.id: _listed(case.answers[question.id])
        for question, _ in told
        if question.type in {"choice", "multi_choice", "yes_no"}
    }
    return OutReport(
        key=f"{row.id}:{row.made_at:%Y%m%d%H%M%S}", service=partner.open311_services.get(case.service, case.service),
        description="\n".join(lines)[:4000], latitude=case.latitude, longitude=case.longitude,
        address=case.place_text, attributes=attributes, media_url=photos[0] if photos else "",
    )  # fmt: skip


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
