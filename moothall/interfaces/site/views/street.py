"""Reports from the street: report it, the map and its list, one report, following, alerts, the base map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.core.references import show_reference
from moothall.intake.whose import whose_area
from moothall.interfaces.account_session import actor_in
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site import street_places as places
from moothall.interfaces.site import street_shapes as shapes
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import Tile
from moothall.interfaces.site.place_question import NOT_HERE, point_of
from moothall.interfaces.site.views.later import later_addresses
from moothall.interfaces.ui.fields import FieldView
from moothall.places.basemap import basemap_path, bounds
from moothall.places.finding import surroundings
from moothall.places.geometry import Box
from moothall.reports import actions
from moothall.reports.pack import public_services
from moothall.reports.queries import ACROSS, map_view, newest_reports, photo_of_report, published_photos
from moothall.reports.queries.finding import report_by_reference, report_of_case
from moothall.reports.queries.outside import outside_reports

EMAIL = FieldView("address", "text", "Your email address", width="20", inputmode="email", autocomplete="email")
WORLD = Box(49.0, -9.0, 61.0, 2.5)


@policy("public")
@require_safe
def report_it(request: Request) -> HttpResponse:
    """Ask what is wrong: the things in the street that can be reported."""
    known = current_pack().services
    tiles = [
        Tile(known[code].name, reverse("site:service", args=[code]), known[code].area)
        for code in public_services(current_pack())
    ]
    return render(request, "site/report_it.html", {"later": later_addresses(), "tiles": tiles})


@policy("public")
@require_safe
def reports(request: Request) -> HttpResponse:
    """List reports and, where scripts run, draw them on the map: the same filter, the same reports."""
    picked = shapes.chosen(request.GET, at=clock.now())
    looked = places.look(request.GET, request.path, picked.as_drawn)
    try:
        page = newest_reports(picked.filter, after=request.GET.get("after", ""))
    except BadCursor:
        return redirect("site:reports")
    context = {
        "picked": picked, "filters": shapes.filters(), "rows": [shapes.row(one) for one in page.rows],
        "older": f"{request.path}?{urlencode({**picked.query, 'after': page.after})}" if page.after else "",
        "feed": f"{reverse('site:reports-feed')}?{urlencode(picked.query)}", "bounds": bounds(),
        "map": f"{reverse('site:reports-map')}?{urlencode(picked.as_drawn)}",
        "everywhere": f"{request.path}?{urlencode(picked.as_drawn)}",
        "list": f"{request.path}?{urlencode(picked.as_drawn)}", "box": picked.filter.box, "looked": looked,
        "news": places.news_of(reverse("site:alerts"), picked.near, shapes.box_of(picked.box), picked.service),
    }  # fmt: skip
    return render(request, "site/reports.html", context)


@policy("public", quiet=True)
@require_safe
@cache_control(public=True, max_age=30)
def map_points(request: Request) -> JsonResponse:
    """Answer what lies in a box of the map, clustered where it is much."""
    picked = shapes.chosen(request.GET, at=clock.now())
    box, across = picked.filter.box or WORLD, request.GET.get("across", "")
    room = int(across) if across.isascii() and across.isdigit() and len(across) <= 3 else ACROSS
    return JsonResponse(shapes.map_json(map_view(box, picked.filter, across=room)))


@policy("public", quiet=True)
@require_safe
@cache_control(private=True, max_age=300)
def near(request: Request) -> JsonResponse:
    """Answer what a point is near, in words, and for a service whose area it is in where that is not ours."""
    point = point_of(request.GET.get("lat", ""), request.GET.get("lon", ""))
    if point is None:
        return JsonResponse({"error": "Send lat and lon."}, status=400)
    found, pack = surroundings(*point), current_pack()
    service = pack.services.get(request.GET.get("service", ""))
    another = whose_area(service, *point, found, pack) if service else None
    return JsonResponse({"text": found.text, "another": f"{another.says} {NOT_HERE}" if another else ""})


@policy("public")
@require_safe
def feed(request: Request) -> HttpResponse:
    """Offer the list as an RSS feed."""
    picked = shapes.chosen(request.GET, at=clock.now())
    link = f"{settings.PUBLIC_URL}{reverse('site:reports')}?{urlencode(picked.query)}"
    text = shapes.rss(
        f"Reports: {current_pack().council.name}", link, list(newest_reports(picked.filter, size=50).rows)
    )
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8")


@policy("public")
@never_cache
@require_safe
def report(request: Request, reference: str) -> HttpResponse:
    """Show one report: what, where, what we promised, where it stands."""
    return _report(request, reference)


def _report(request: Request, reference: str, *, field: FieldView = shapes.ADDRESS, status: int = 200) -> HttpResponse:
    found = outside_reports(references=[reference])
    if not found:
        raise Http404
    too = request.GET.get("too", "") or request.POST.get("too", "")
    view = shapes.report(
        found[0], photos=published_photos(found[0].report.case_id), notice=request.GET.get("done", ""),
        too=too if _is_id(too) else "", field=field,
    )  # fmt: skip
    return render(request, "site/report.html", {"page": view}, status=status)


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@policy("public")
@require_POST
def follow(request: Request, reference: str) -> HttpResponse:
    """Follow a report, or say that one has the same trouble."""
    found, typed = report_by_reference(reference), request.POST.get("address", "")[:254].replace("\x00", "")
    if found is None:
        raise Http404
    try:
        said = "me_too" if request.POST.get("too") else "follow"
        row = actions.follow(
            found.case_id,
            address=typed,
            said=said,
            by=request.actor,
            at=clock.now(),
            sender=address_of(request),
            signed_in=actor_in(request).id,
        )
    except actions.CannotFollow as wrong:
        return _report(request, reference, field=replace(shapes.ADDRESS, value=typed, error=str(wrong)), status=400)
    followed = report_of_case(row.case_id) or found
    return HttpResponseRedirect(f"{reverse('site:report', args=[show_reference(followed.reference)])}?done=following")


@policy("public")
@require_safe
@cache_control(public=True, max_age=3600)
def photo(request: Request, reference: str, photo: UUID) -> HttpResponse:
    """Show a photo that an officer has let everyone see."""
    found = report_by_reference(reference)
    content = photo_of_report(photo, case_id=found.case_id) if found else None
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def count_me(request: Request, follower: UUID, token: str) -> HttpResponse:
    """Count a follower: a button, so that a mail program which looks at links counts nobody."""
    if request.method != "POST":
        return _button(
            request, "Count you among its followers?", "The report says how many follow it, never who.", "Count me"
        )
    row = actions.prove_follower(follower, token, at=clock.now())
    if row is None:
        raise Http404
    said = ("You had stopped", "You hear no more of this report. Follow it again on its page.")
    if row.stopped_at is None:
        said = ("We’ve counted you", "We tell you when something happens and when it ends.")
    return message(request, *said, reverse("site:reports"), "See reports", kind="kept")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, follower: UUID, token: str) -> HttpResponse:
    """Stop news of a report: a button, so that a mail program which looks at links stops nothing."""
    if request.method != "POST":
        return _button(request, "Stop news of this report?", "You can follow it again whenever you like.", "Stop")
    if not actions.stop_following(follower, token, at=clock.now()):
        raise Http404
    return message(
        request,
        "We’ve stopped",
        "You hear no more of this report.",
        reverse("site:reports"),
        "See reports",
        kind="kept",
    )


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: Request) -> HttpResponse:
    """Ask for news of new reports near a place: any place, found by its name, from a list or on the map."""
    query = request.POST if request.method == "POST" else request.GET
    service, where = query.get("service", "")[:80], places.watched(query)
    if where is None:
        looked = places.look(query, request.path, {"service": service})
        field = replace(places.FIELD, value=looked.typed, error=looked.says)
        return render(request, "site/alerts_where.html", {"field": field, "looked": looked, "service": service})
    field = replace(EMAIL, value=query.get("address", "")[:254].replace("\x00", ""))
    if request.method == "POST":
        try:
            actions.ask_for_alerts(
                address=field.text, place=where.text, latitude=where.latitude, longitude=where.longitude,
                metres=where.metres, service=service, at=clock.now(), sender=address_of(request),
            )  # fmt: skip
        except actions.CannotAlert as wrong:
            field = replace(field, error=str(wrong))
        else:
            text = "Open the link we’ve just sent you. Then we write whenever something new is reported there."
            return message(request, "Look for our email", text, reverse("site:reports"), "See reports", kind="kept")
    context = {"field": field, "where": where, "service": service}
    return render(request, "site/alerts.html", context, status=400 if field.error else 200)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, alert: UUID, token: str) -> HttpResponse:
    """Confirm news of a place."""
    if request.method != "POST":
        return _button(
            request, "Send you news of this place?", "We write when something new is reported there.", "Yes, tell me"
        )
    return _told(request, actions.confirm_alerts(alert, token, at=clock.now()), "We’ll tell you")


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_alert(request: Request, alert: UUID, token: str) -> HttpResponse:
    """Stop news of a place."""
    if request.method != "POST":
        return _button(request, "Stop news of this place?", "You can ask for it again whenever you like.", "Stop")
    return _told(request, actions.stop_alerts(alert, token, at=clock.now()), "We’ve stopped")


def _told(request: Request, row: Any, title: str) -> HttpResponse:
    if row is None:
        raise Http404
    return message(request, title, f"The place: {row.place}.", reverse("site:reports"), "See reports", kind="kept")


def _button(request: Request, title: str, text: str, words: str) -> HttpResponse:
    context = {"title": title, "text": text, "words": words, "action": request.path}
    return render(request, "site/press.html", context)


@policy("public", quiet=True)
@require_safe
@cache_control(public=True, max_age=300)
def base_map(request: Request) -> JsonResponse:
    """Say where the base map is and what it shows: the council's own tiles, or those drawn from what was imported."""
    path, tiles = basemap_path(), str(settings.MAP_TILES)
    kind = "raster" if "{z}" in tiles else "vector" if tiles else "vector" if path.exists() else "none"
    version = int(path.stat().st_mtime) if path.exists() else 0
    own = f"{reverse('site:base-tiles')}?v={version}" if kind == "vector" else ""
    return JsonResponse({"kind": kind, "url": tiles or own, "credit": str(settings.MAP_CREDIT), "bounds": bounds()})


@policy("public", quiet=True)
@require_safe
@cache_control(public=True, max_age=86_400)
def base_tiles(request: Request) -> HttpResponse:
    """Serve the drawn base map, by ranges (RFC 9110, 14): a map asks for the few kilobytes it shows."""
    path = basemap_path()
    if not path.exists():
        raise Http404
    return _range(request.headers.get("Range", ""), path)


def _range(asked: str, path: Path) -> HttpResponse:
    size = path.stat().st_size
    first, _, last = asked.removeprefix("bytes=").partition("-")
    if not asked.startswith("bytes=") or not first.isdigit() or (last and not last.isdigit()):
        answer = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
        answer["Accept-Ranges"] = "bytes"
        return answer
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if start >= size or start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(start)
        answer = HttpResponse(file.read(end - start + 1), content_type="application/octet-stream", status=206)
    answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer["Accept-Ranges"] = "bytes"
    return answer
