"""Why an officer must see a person's record, asked where her work does not say it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from moothall.cases.queries import cases_by_id
from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.packs import current_pack
from moothall.customers.privacy.actions import NeedsReason, say_why
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.privacy.queries import purposes_open_to
from moothall.customers.queries import names_of
from moothall.inbox.queries import contact_of_writing
from moothall.intake.looking import Shown, why_about_case, why_in_contact, why_looking
from moothall.interfaces.desk.screen import back_to, draw, found, wrong
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.fields import FieldView
from moothall.notifications.queries import whom_to


def ask(request: Request, customer_id: UUID, errors: Sequence[FieldView] = (), *, back: str = "") -> HttpResponse:
    """Ask why, before anything but the name is shown. ``back``: where she was going, else the person's page."""
    name = found(names_of([customer_id], request.actor).get(customer_id))
    open_to = purposes_open_to(request.actor)
    plain = [one for one in open_to if not one.explain]
    return draw(
        request, "desk/why.html", status=422 if errors else 200, name=name, customer_id=customer_id, errors=errors,
        plain=plain, explained=[one for one in open_to if one.explain], chosen=request.POST.get("purpose", ""),
        note=request.POST.get("note", ""), back=back, minutes=current_pack().one(PRIVACY).purpose_minutes,
        shortcuts=tuple((str(n), str(one.asks)) for n, one in enumerate(plain, start=1)),
    )  # fmt: skip


def with_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a change of a person's record through only where it is known why; else it is asked, and nothing is changed."""

    @functools.wraps(view)
    def asked(request: Request, customer_id: UUID, *more: Any, **named: Any) -> HttpResponse:
        if why_looking(customer_id, visible_to=request.actor, at=clock.now()) is None:
            return ask(request, customer_id)
        return view(request, customer_id, *more, **named)

    asked.asks_why = True  # type: ignore[attr-defined]
    return asked


def shows_contact(*, piece: bool = False) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let in to a contact whoever's work it is, or who said why she must see the person in it; ask everybody else.

    Whoever comes in acts for that reason. A ``piece`` of a page (for a script) and an autosave are refused instead: the page
    around them asks.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def asked(request: Request, contact_id: UUID, *more: Any, **named: Any) -> HttpResponse:
            shown = found(why_in_contact(contact_id, visible_to=request.actor, at=clock.now()))
            back = reverse("desk:contact", args=[contact_id])
            no = let_in(request, shown, back=back, piece=piece or "X-Autosave" in request.headers)
            return no or view(request, contact_id, *more, **named)

        asked.asks_why = True  # type: ignore[attr-defined]
        return asked

    return decorate


def shows_writing(*, piece: bool = False) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let in to what somebody wrote, its files and its pages, as `shows_contact` lets in to the contact it belongs to."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def asked(request: Request, writing_id: UUID, *more: Any, **named: Any) -> HttpResponse:
            contact_id = contact_of_writing(writing_id, visible_to=request.actor)
            if contact_id is not None:
                shown = found(why_in_contact(contact_id, visible_to=request.actor, at=clock.now()))
                back = reverse("desk:contact", args=[contact_id])
                if no := let_in(request, shown, back=back, piece=piece or "X-Autosave" in request.headers):
                    return no
            return view(request, writing_id, *more, **named)

        asked.asks_why = True  # type: ignore[attr-defined]
        return asked

    return decorate


def shows_message(*, piece: bool = False) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let in to a message whoever's case it is about, or who may see the record of whom it went to; ask everybody else."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def asked(request: Request, message_id: UUID, *more: Any, **named: Any) -> HttpResponse:
            went = found(whom_to(message_id, visible_to=request.actor))
            shown = why_about_case(*went, visible_to=request.actor, at=clock.now())
            back = reverse("desk:message", args=[message_id])
            return let_in(request, shown, back=back, piece=piece) or view(request, message_id, *more, **named)

        asked.asks_why = True  # type: ignore[attr-defined]
        return asked

    return decorate


def shows_asker(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in to what shows the address of who asked for a case whoever's case it is, or who said why; ask everybody else."""

    @functools.wraps(view)
    def asked(request: Request, case_id: UUID, *more: Any, **named: Any) -> HttpResponse:
        held = found(cases_by_id([case_id], visible_to=request.actor).get(case_id))
        shown = why_about_case(held.customer_id, case_id, visible_to=request.actor, at=clock.now())
        back = reverse("desk:case", args=[case_id])
        return let_in(request, shown, back=back) or view(request, case_id, *more, **named)

    asked.asks_why = True  # type: ignore[attr-defined]
    return asked


def let_in(request: Request, shown: Shown, *, back: str, piece: bool = False) -> HttpResponse | None:
    """Let the request act for the reason that is known (``None``), or return the page that asks, leading ``back``."""
    if shown.why is not None:
        request.actor = request.actor.because(shown.why.purpose)
        request.for_case = shown.why.case_id
        return None
    if piece or shown.customer_id is None:
        raise Refused("Say why you need to see this person’s record first: open the page again.")
    return ask(request, shown.customer_id, back=back)


@require_POST
@policy("staff", needs="customer.view", purpose="contact")
def said(request: Request, customer_id: UUID) -> HttpResponse:
    """Keep what she said, and show the record."""
    purpose = request.POST.get("purpose", "")
    try:
        found(names_of([customer_id], request.actor).get(customer_id))
        say_why(customer_id=customer_id, purpose=purpose, note=request.POST.get("note", ""), by=request.actor,
                at=clock.now())  # fmt: skip
    except NeedsReason as no:
        known = {one.code for one in purposes_open_to(request.actor) if one.explain}
        errors = [wrong(f"note-{purpose}" if purpose in known else "why", str(no))]
        return ask(request, customer_id, errors, back=request.POST.get("back", "")[:300])
    return back_to(request, "desk:person", customer_id)
