"""Which resident this browser belongs to: her account, how she came in, and the addresses she has shown are hers."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from moothall.core import clock
from moothall.core.actors import ANONYMOUS, Actor, customer_actor
from moothall.customers.accounts.queries import Holder, epoch_of, holder

KEY: Final = "account"
CONFIRMED: Final = "confirmed"
IDLE_MINUTES: Final = 60
SEEN_EVERY: Final = 60
MOST_CONFIRMED: Final = 5


def begin(request: HttpRequest, account_id: UUID, how: list[str], epoch: int) -> None:
    """Let this browser into an account, until a way in changes elsewhere (``epoch``, of the account). The session gets a new
    key, so that none planted before is worth anything."""
    request.session.cycle_key()
    now = int(clock.machine_now().timestamp())
    request.session[KEY] = {"id": str(account_id), "how": sorted(set(how)), "seen": now, "epoch": epoch}


def stay(request: HttpRequest) -> None:
    """Keep the session in which a way in was just changed: the change ended every other. What she has shown stays as it was:
    a way in which she has made herself, here, proves nothing more of her."""
    held = request.session.get(KEY)
    if held:
        request.session.cycle_key()
        request.session[KEY] = held | {"epoch": epoch_of(UUID(held["id"]))}


def end(request: HttpRequest) -> None:
    """Sign the resident out, and forget what this browser had shown."""
    for key in (KEY, CONFIRMED, "cases", "acting"):
        request.session.pop(key, None)
    request.session.cycle_key()


def holder_in(request: HttpRequest) -> Holder | None:
    """Return who is signed in here, or nothing. An hour without a move signs her out. Two queries where somebody is."""
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return None
    held = request.session.get(KEY)
    if not held:
        return None
    now = int(clock.machine_now().timestamp())
    if now - held["seen"] > IDLE_MINUTES * 60:
        end(request)
        return None
    if now - held["seen"] >= SEEN_EVERY:
        request.session[KEY] = held | {"seen": now}
    found = holder(UUID(held["id"]), how=held["how"], epoch=held.get("epoch", 0))
    if found is None:
        end(request)
    return found


def actor_in(request: HttpRequest) -> Actor:
    """Return who acts on a public page: the resident who is signed in, or nobody known."""
    mine = holder_in(request)
    return customer_actor(mine.customer_id) if mine else ANONYMOUS


def how_in(request: HttpRequest) -> frozenset[str]:
    """Return the ways by which she came in this time."""
    return frozenset(request.session.get(KEY, {}).get("how", ()))


def note_confirmed(request: HttpRequest, kind: str, value: str) -> None:
    """Note that whoever sits here has shown that this address is hers."""
    held = [one for one in request.session.get(CONFIRMED, []) if one != [kind, value]]
    request.session[CONFIRMED] = [*held, [kind, value]][-MOST_CONFIRMED:]


def confirmed_in(request: HttpRequest) -> frozenset[tuple[str, str]]:
    """Return the kind and value of each address that this browser has shown is hers."""
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return frozenset()
    return frozenset((kind, value) for kind, value in request.session.get(CONFIRMED, []))
