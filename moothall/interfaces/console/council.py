"""What the pack says, for reading: services, promises, templates, doubts, and the versions that were applied."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import PackErrors, apply_pack, current_pack, load_pack, pack_at
from moothall.core.packs.diff import changes
from moothall.core.packs.doubts import doubts as doubts_of
from moothall.core.packs.queries import versions as applied_versions
from moothall.core.packs.sections import TEAMS
from moothall.core.staff import staff_names
from moothall.core.zone import council_date
from moothall.interfaces.console import attention, shapes
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.knowledge import SHOWN, SHOWN_WORDS, pieces
from moothall.services.knowledge import kept


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def home(request: Request) -> HttpResponse:
    """What needs somebody now, then the council in figures."""
    pack = current_pack()
    return draw(
        request, "home", here="home", pack=pack, figures=shapes.figures(pack), doubts=len(doubts_of(pack)),
        wanting=attention.wanting(request.actor),
    )  # fmt: skip


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def services(request: Request) -> HttpResponse:
    """Every service with its team and promise, narrowed by words."""
    pack, words = current_pack(), request.GET.get("q", "")[:100]
    return draw(request, "services", here="services", q=words, areas=shapes.services_by_area(pack, words))


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def service(request: Request, code: str) -> HttpResponse:
    """One service as the pack has it."""
    pack = current_pack()
    if code not in pack.services:
        raise Http404
    held = pack.services[code]
    where = f"services {code}"
    found = [doubt for doubt in doubts_of(pack) if doubt.where == where or doubt.where.startswith(f"{where} ")]
    return draw(
        request, "service", here="services", service=held, team=pack.of(TEAMS).get(held.team), doubts=found,
        promises=shapes.promises_of(pack, held), channels=shapes.channels_of(held),
    )  # fmt: skip


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def promises(request: Request) -> HttpResponse:
    """The promises that stand for themselves and those of each service, with sources, dates and doubts."""
    words = request.GET.get("q", "")[:100]
    found = shapes.matching(shapes.all_promises(current_pack()), words)
    shown, older = shapes.page_from(found, request.GET.get("after", ""))
    return draw(request, "promises", here="promises", groups_of_promises=shown, older=older, q=words)


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def doubts(request: Request) -> HttpResponse:
    """Figures nobody has confirmed yet."""
    words = request.GET.get("q", "")[:100]
    found = shapes.doubts_by_place(doubts_of(current_pack()), words)
    shown, older = shapes.page_from(found, request.GET.get("after", ""))
    return draw(request, "doubts", here="doubts", places=shown, older=older, q=words, services=current_pack().services)


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def knowledge(request: Request) -> HttpResponse:
    """Answers and scripts by the day on which they are looked at again."""
    pack, words, show = current_pack(), request.GET.get("q", "")[:100], request.GET.get("show", "due")
    if show not in SHOWN:
        raise Http404
    found = pieces(pack, kept(pack), words=words, show=show, today=council_date(clock.now()))
    shown, older = shapes.page_from(found, request.GET.get("after", ""), size=50)
    return draw(
        request, "knowledge", here="knowledge", pieces=shown, older=older, q=words, show=show, choices=SHOWN_WORDS
    )


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def versions(request: Request) -> HttpResponse:
    """The versions applied so far, and what the files on the server would change."""
    lines = applied_versions()
    names = staff_names([line.applied_by for line in lines if line.applied_by])
    waiting, problems = _waiting()
    return draw(request, "versions", here="versions", lines=lines, names=names, waiting=waiting, problems=problems)


@policy("staff", needs="console.view", purpose="administration")
@require_safe
def version(request: Request, number: int) -> HttpResponse:
    """What one version changed."""
    lines = {line.number: line for line in applied_versions(limit=500)}
    if number not in lines:
        raise Http404
    line, before = lines[number], lines.get(number - 1)
    said = changes(pack_at(before.id) if before else None, pack_at(line.id))
    names = staff_names([line.applied_by] if line.applied_by else [])
    return draw(request, "version", here="versions", line=line, before=before, changes=said, names=names)


@policy("staff", needs=("console.view", "pack.apply"), purpose="administration")
@require_POST
def apply(request: Request) -> HttpResponse:
    """Make the files on the server the council's pack, if they are still the ones that were shown."""
    try:
        pack = load_pack(settings.COUNCIL)
    except PackErrors:
        messages.error(request, "The files have mistakes now, so nothing was applied. They are listed below.")
        return HttpResponseRedirect(reverse("console:versions"))
    if pack.sha256 != request.POST.get("sha256"):
        messages.error(request, "The files have changed since you saw them. Look at the changes again.")
        return HttpResponseRedirect(reverse("console:versions"))
    row, new = apply_pack(pack, by=request.actor, at=clock.now())
    done = f"Version {row.number} is in force." if new else "That is in force already. Nothing changed."
    messages.success(request, done)
    return HttpResponseRedirect(reverse("console:versions"))


def _waiting() -> tuple[shapes.Waiting | None, list[str]]:
    """What applying the files now would change, or what is wrong with them."""
    try:
        pack = load_pack(settings.COUNCIL)
    except PackErrors as wrong:
        return None, [str(problem) for problem in wrong.problems]
    current = current_pack()
    if pack.sha256 == current.sha256:
        return None, []
    return shapes.Waiting(pack.sha256, changes(current, pack)), []
