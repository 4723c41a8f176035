"""How the council is doing: a sentence, a number, a line over time, the words of who is responsible, the table."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from moothall.bookings.queries import Attendance, attendance, booked_by, day_bounds
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.insight.actions import NothingSaid, explain_figure
from moothall.insight.publishing import OTHER, help_record, overview, service_record
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.published import open_data, words
from moothall.interfaces.ui.fields import FieldView
from moothall.places.queries import area_names
from moothall.services.pack import Service


@require_safe
@policy("public")
def home(request: HttpRequest) -> HttpResponse:
    """The whole council."""
    page = overview(at=clock.now(), services=published_services())
    services = current_pack().services
    rows = [(code, services[code].name, line) for code, line in page.services]
    context = {
        "page": page, "rows": rows, "words": words, "here": "performance",
        "channel_rows": words.count_rows(page.channels, words.CHANNELS),
        "rating_rows": words.count_rows(page.ratings, words.SCORES),
    }  # fmt: skip
    return render(request, "published/home.html", context)


@require_safe
@policy("public")
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service."""
    found = _known(code)
    if code not in published_services():
        context = {
            "service": found, "promise_sentence": words.promise_sentence(found), "here": "performance",
            "service_link": service_link(code),
        }  # fmt: skip
        return render(request, "published/unpublished.html", context)
    record = service_record(code, at=clock.now())
    notes = {e.month: e.text for e in reversed(record.explanations)}
    names = area_names()
    context = {
        "attendance_rows": words.attendance_rows(_attendance(found)),
        "service": found, "record": record, "words": words, "here": "performance",
        "points": words.points(record.line, notes), "promise_sentence": words.promise_sentence(found),
        "span": f"{words.month_name(record.first)} to {words.month_name(record.last)}",
        "channel_rows": words.share_rows(record.by_channel, words.CHANNELS), "grid": words.grid(record.crossed),
        "area_rows": words.share_rows({k: v for k, v in record.by_area.items() if k}, names),
        "rating_rows": words.count_rows(record.ratings, words.SCORES), "service_link": service_link(code),
    }  # fmt: skip
    return render(request, "published/service.html", context)


@require_safe
@policy("public")
def helped(request: HttpRequest) -> HttpResponse:
    """Who could not ask alone, and why; who was met away from our offices."""
    record = help_record(at=clock.now(), services=published_services())
    names = {OTHER: "Other services"} | {code: one.name for code, one in current_pack().services.items()}
    context = {
        "record": record, "words": words, "here": "performance",
        "span": f"{words.month_name(record.first)} to {words.month_name(record.last)}",
        "service_rows": words.share_rows(record.by_service, names),
        "channel_rows": words.share_rows(record.by_channel, words.CHANNELS),
        "because_rows": words.count_rows(record.because, words.BECAUSE),
        "outreach_rows": words.count_rows(record.outreach, words.OUTREACH),
        "area_rows": words.count_rows(record.outreach_areas, area_names()),
    }  # fmt: skip
    return render(request, "published/helped.html", context)


@require_safe
@policy("public")
def helped_figures(request: HttpRequest, kind: str) -> HttpResponse:
    """Who was helped, to download."""
    record = help_record(at=clock.now(), services=published_services())
    rows = open_data.rows_of_help(record)
    if kind == "csv":
        return open_data.as_csv(rows, "helped")
    return open_data.as_json(rows, "helped", council=current_pack().council.name, as_of=record.as_of)


def _attendance(service: Service) -> Attendance:
    """How what the service books went in the last four weeks. One query where it books anything."""
    pack, today = current_pack(), day_bounds(council_date(clock.now()))[0]
    codes = booked_by(pack, service)
    if not codes:
        return Attendance(0, 0, 0)
    return attendance(codes, since=today - timedelta(weeks=4), until=today, pack=pack)


@require_safe
@policy("public")
def definitions(request: HttpRequest) -> HttpResponse:
    """What the figures mean."""
    return render(request, "published/definitions.html", {"here": "performance"})


@require_safe
@policy("public")
def figures(request: HttpRequest, kind: str) -> HttpResponse:
    """Every service's months to download."""
    page = overview(at=clock.now(), services=published_services())
    rows = open_data.rows_of_all(page)
    if kind == "csv":
        return open_data.as_csv(rows, "standards-kept")
    return open_data.as_json(rows, "standards-kept", council=current_pack().council.name, as_of=page.as_of)


@require_safe
@policy("public")
def service_figures(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One service's figures to download."""
    if code not in published_services():
        raise Http404
    record = service_record(code, at=clock.now())
    rows = open_data.rows_of_service(record, _attendance(_known(code)))
    if kind == "csv":
        return open_data.as_csv(rows, code)
    return open_data.as_json(rows, code, council=current_pack().council.name, service=code, as_of=record.as_of)


@require_http_methods(["GET", "POST"])
@policy("staff", needs="report.explain")
def explain(request: Request, code: str, month: str) -> HttpResponse:
    """Say why a month of a service dipped and what was done."""
    found = _known(code)
    if found.elsewhere is not None:
        raise Http404
    return explaining(request, found.name, month_in(month), "promise", code, reverse("published:service", args=[code]))


def explaining(request: Request, name: str, month: date, measure: str, code: str, back: str) -> HttpResponse:
    """Show and take the words about one month of a figure; then go ``back`` to its page."""
    text, action = request.POST.get("text", ""), request.POST.get("action_taken", "")
    error = ""
    if request.method == "POST":
        try:
            explain_figure(
                month=month, measure=measure, service=code, text=text, action_taken=action, by=request.actor,
                at=clock.now(),
            )  # fmt: skip
        except NothingSaid as wrong:
            error = str(wrong)
        else:
            return HttpResponseRedirect(back, status=303)
    fields = [
        FieldView(
            id="text", type="long_text", label="What happened?", hint="The public will read this.", value=text,
            error=error,
        ),
        FieldView(id="action_taken", type="long_text", label="What did you do about it?", value=action, required=False),
    ]  # fmt: skip
    context: dict[str, Any] = {
        "name": name, "back": back, "month": words.month_name(month), "fields": fields, "here": "performance",
    }  # fmt: skip
    return render(request, "published/explain.html", context, status=422 if error else 200)


def published_services() -> frozenset[str]:
    """Return the services whose figures are for everyone: not the staff's own, none of a restricted kind, and none that
    another body does, for it is not ours to keep."""
    services = current_pack().services.values()
    return frozenset(s.code for s in services if s.visibility == "public" and not s.restricted and s.elsewhere is None)


def service_link(code: str) -> str:
    """Return where the service is asked for."""
    return reverse("site:service", args=[code])


def _known(code: str) -> Service:
    found: Service | None = current_pack().services.get(code)
    if found is None or found.visibility != "public":
        raise Http404
    return found


def month_in(text: str) -> date:
    """Return the month an address names. Raises `Http404` where it names none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        raise Http404 from wrong
