"""Services, their attributes and reports as GeoReport v2 names them."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.interfaces.api.open311.wire import moment
from moothall.reports.pack import public_services
from moothall.reports.queries.outside import OutsideReport
from moothall.services.pack import AREAS, SERVICES, Question, Service

DATATYPES: Final = {
    "text": "string", "long_text": "text", "choice": "singlevaluelist", "picture": "singlevaluelist",
    "yes_no": "singlevaluelist",
    "multi_choice": "multivaluelist", "date": "datetime", "number": "number", "money": "number",
    "vehicle": "string", "declaration": "singlevaluelist",
}  # fmt: skip
"""Which questions are attributes. Place, contact and photo are arguments of their own (lat, email, media_url …)."""
ASKS: Final = {
    "string": "A few words", "text": "Words, as many as it takes", "number": "A number", "datetime": "A date",
    "singlevaluelist": "One of the values", "multivaluelist": "Any of the values",
}  # fmt: skip
"""What a field takes, where the question says no more of it."""
SAYS_YES: Final = ({"key": "yes", "name": "Yes"}, {"key": "no", "name": "No"})


def services_here() -> list[Service]:
    """Return the services another system may report to: public ones that Open311 takes."""
    pack = current_pack()
    known = [pack.of(SERVICES)[code] for code in public_services(pack)]
    return [service for service in known if service.channel("open311").level != "no"]


def service_here(code: str) -> Service | None:
    """Return one of them by its code."""
    return next((service for service in services_here() if service.code == code), None)


def attributes_of(service: Service) -> list[Question]:
    """Return the questions that are attributes, in order."""
    return [q for q in service.questions if q.type in DATATYPES and "open311" not in q.skip_on]


def service_row(service: Service) -> dict[str, Any]:
    """Return a service in the list."""
    area = current_pack().of(AREAS).get(service.area)
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": service.summary,
        "metadata": bool(attributes_of(service)),
        "type": "batch" if service.channel("open311").level == "begin" else "realtime",
        "keywords": ", ".join(service.synonyms),
        "group": area.name if area else service.area,
    }


def definition(service: Service) -> dict[str, Any]:
    """Return a service's attributes.

    None is required: a report that another system sends is never lost for want of a detail; the team asks. An answer
    that is given must be one of the values.
    """
    rows = []
    for order, question in enumerate(attributes_of(service), 1):
        rows.append(
            {
                "variable": True,
                "code": question.id,
                "datatype": DATATYPES[question.type],
                "required": False,
                "datatype_description": question.hint_on("open311") or ASKS[DATATYPES[question.type]],
                "order": order,
                "description": question.label_on("open311"),
                "values": _values(question),
            }
        )
    return {"service_code": service.code, "attributes": rows}


def _values(question: Question) -> list[dict[str, str]]:
    if question.type == "yes_no" and not question.options:
        return [dict(one) for one in SAYS_YES]
    if question.type == "declaration":
        return [dict(SAYS_YES[0])]
    return [{"key": option.value, "name": option.label} for option in question.options]


def request_row(one: OutsideReport) -> dict[str, Any]:
    """Return a report. Its description is what another system sent to be public, else what was chosen from fixed choices."""
    report = one.report
    notes = report.says if report.is_open or not report.outcome else f"{report.says}: {report.outcome}"
    if one.joined_to:
        notes = f"{notes}: {show_reference(one.joined_to)}"
    link = f"{settings.PUBLIC_URL}/reports/{show_reference(report.reference)}"
    service = current_pack().services.get(report.service)
    return {
        "service_request_id": show_reference(report.reference),
        "status": "open" if report.is_open else "closed",
        "status_notes": notes,
        "service_name": service.name if service else report.name,
        "service_code": report.service,
        "description": one.words or "; ".join(one.details)[:4000] or None,
        "agency_responsible": one.team or None,
        "service_notice": f"Follow it at {link}",
        "requested_datetime": moment(report.opened_at),
        "updated_datetime": moment(report.changed_at if report.is_open else report.closed_at or report.changed_at),
        "expected_datetime": moment(one.expected_at),
        "address": report.place or None,
        "address_id": str(one.uprn) if one.uprn else None,
        "zipcode": one.postcode or None,
        "lat": report.latitude,
        "long": report.longitude,
        "media_url": f"{link}/photos/{one.photo}.jpg" if one.photo else None,
    }


def update_row(one: OutsideReport) -> dict[str, Any]:
    """Return where a report stands now, as an update of it."""
    row = request_row(one)
    at = one.report.changed_at
    return {
        "update_id": f"{row['service_request_id']}-{int(at.timestamp())}",
        "service_request_id": row["service_request_id"],
        "updated_datetime": moment(at),
        "status": row["status"],
        "description": row["status_notes"],
        "expected_datetime": row["expected_datetime"],
        "media_url": row["media_url"],
    }
