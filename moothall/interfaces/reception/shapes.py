"""What reception's pages have in common: which centre, what can be chosen, and the keys of screens and kiosks."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse

from moothall.core import tokens
from moothall.core.packs import Pack, current_pack
from moothall.customers.pack import LANGUAGES, NEEDS
from moothall.interfaces.policy import Request
from moothall.interfaces.ui.fields import OptionView
from moothall.reception.actions.calling import LEFT_BECAUSE
from moothall.reception.models import HowCalled, Interpreting
from moothall.reception.pack import CENTRES, QUEUES, RECEPTION, Centre, skills_of
from moothall.reception.queries import duty_of
from moothall.services.pack import SERVICES

CHOSEN: Final = "reception_centre"
_SCREEN: Final = "reception.screen"
_POINT: Final = "reception.kiosk"
_LENGTH: Final = 24


def centre_for(request: Request) -> Centre | None:
    """Return the centre this officer looks at: the one asked for, chosen before, on duty at, else the first."""
    centres = current_pack().of(CENTRES)
    wanted = request.GET.get("centre", "")
    if wanted in centres:
        request.session[CHOSEN] = wanted
    found = wanted or request.session.get(CHOSEN, "")
    if found not in centres:
        on = duty_of(request.actor)
        found = on.centre if on else ""
    return centres.get(found) or next(iter(centres.values()), None)


def screen_key(centre: str) -> str:
    """Return the secret of a centre's screen. Made from the installation's secret key, so it is not kept."""
    return tokens.token_of(_SCREEN, centre, length=_LENGTH)


def point_key(centre: str) -> str:
    """Return the secret that makes a kiosk of a browser: another one, as everybody in the room can read the screen's."""
    return tokens.token_of(_POINT, centre, length=_LENGTH)


def opens_screen(key: str, centre: str) -> bool:
    """Say whether the key is that of this centre's screen."""
    return tokens.opens(key, _SCREEN, centre, length=_LENGTH)


def opens_point(key: str, centre: str) -> bool:
    """Say whether the key is that of this centre's kiosks."""
    return tokens.opens(key, _POINT, centre, length=_LENGTH)


def screen_link(request: HttpRequest, centre: str) -> str:
    """Return the address of the screen in a centre's waiting room."""
    return request.build_absolute_uri(reverse("reception:screen", args=[centre, screen_key(centre)]))


def kiosk_link(request: HttpRequest, centre: str) -> str:
    """Return the address that makes a browser a kiosk of this centre."""
    return request.build_absolute_uri(reverse("kiosk:point", args=[centre, point_key(centre)]))


def said(request: HttpRequest) -> list[str]:
    """Return what there is to say of the last thing tried, once."""
    return [str(one) for one in get_messages(request)]


def choices(centre: Centre) -> dict[str, Any]:
    """Return what the forms of reception offer, from the pack."""
    pack = current_pack()
    return {
        "queues": [OptionView(code, pack.of(QUEUES)[code].name) for code in centre.queues],
        "services": services(pack),
        "needs": [
            OptionView(code, need.name) for code, need in pack.of(NEEDS).items() if code in needs_that_matter(pack)
        ],
        "languages": [OptionView(code, one.name) for code, one in pack.of(LANGUAGES).items() if code != "en"],
        "call_by": [OptionView(code, words) for code, words in HowCalled.choices],
        "leave_because": [OptionView(code, words) for code, words in LEFT_BECAUSE.items()],
        "interpreting": [OptionView(code, words) for code, words in Interpreting.choices if code],
        "skills": [OptionView(code, words) for code, words in skills_of(pack).items()],
        "centres": [OptionView(code, one.name) for code, one in pack.of(CENTRES).items()],
    }


def needs_that_matter(pack: Pack) -> list[str]:
    """Return the needs a host asks about: those that change the turn or how somebody is called, and hearing."""
    rules = pack.one(RECEPTION)
    wanted = {*rules.ahead_minutes, *rules.come_to, "hard-of-hearing", "deaf-sign-language"}
    return [code for code in pack.of(NEEDS) if code in wanted]


def services(pack: Pack) -> list[OptionView]:
    """Return what people may come to the counter for, by name."""
    found = [
        OptionView(code, service.name)
        for code, service in pack.of(SERVICES).items()
        if service.channel("counter").level != "no" and service.visibility == "public"
    ]
    return sorted(found, key=lambda one: one.label.lower())


def need_words(codes: tuple[str, ...]) -> list[str]:
    """Return needs as officers read them."""
    needs = current_pack().of(NEEDS)
    return [needs[code].name if code in needs else code for code in codes]


def language_words(code: str) -> str:
    """Return a language as officers read it."""
    found = current_pack().of(LANGUAGES).get(code)
    return found.name if found else code
