"""One person's time at a kiosk: what they began, when they last touched it, and forgetting all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest, HttpResponse

from moothall.core import clock
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.interfaces.site.keys import NAME as REQUEST_COOKIE
from moothall.interfaces.site.mounted import PREFIX
from moothall.reception.pack import CENTRES, RECEPTION, Centre

KEY: Final = "kiosk"
POINT: Final = "moothall_point"
_SIGNED: Final = "kiosk.point"
GRACE: Final = 15
"""Seconds the server waits beyond the page's own count, so that the two never quarrel."""
AWAY: Final = 600
"""Seconds somebody may be on the payment provider's page."""
UNHURRIED: Final = 3
"""How many times as long two people together may take: on the page, without a script and for the server alike."""


@dataclass(slots=True)
class Sitting:
    """What the kiosk knows of whoever stands at it. ``seen`` is by the machine's clock, ``idle`` in seconds.
    ``kiosk`` tells this one from others; it and ``centre`` are empty in a browser that was not made one."""

    idle: int
    warn: int
    seen: int = 0
    away: bool = False
    dialogues: list[str] = field(default_factory=list)
    helped: str = ""
    centre: str = ""
    kiosk: str = ""
    language: str = ""

    @property
    def point(self) -> Centre | None:
        """The centre this kiosk stands at, where it was told."""
        return current_pack().of(CENTRES).get(self.centre)

    def ran_out(self, now: int) -> bool:
        """Whether nobody has touched it for so long that whoever comes now is somebody else."""
        return bool(self.seen) and now - self.seen > (AWAY if self.away else self.idle + GRACE)


def now() -> int:
    """Return the machine's clock in whole seconds: how long nobody stands here has nothing to do with a movable one."""
    return int(clock.machine_now().timestamp())


def sitting_of(request: HttpRequest) -> Sitting:
    """Return the sitting this browser is in."""
    rules = current_pack().one(RECEPTION)
    held = request.session.get(KEY, {})
    centre, kiosk = _point(request)
    return Sitting(
        idle=rules.kiosk_idle * (UNHURRIED if held.get("helped") else 1),
        warn=rules.kiosk_warn, seen=held.get("seen", 0), away=held.get("away", False),
        dialogues=list(held.get("dialogues", [])), helped=held.get("helped", ""), centre=centre, kiosk=kiosk,
        language=held.get("language", ""),
    )  # fmt: skip


def keep(request: HttpRequest, one: Sitting) -> None:
    """Keep a sitting in the session, touched now."""
    request.session[KEY] = {
        "seen": now(), "away": one.away, "dialogues": one.dialogues, "helped": one.helped, "language": one.language,
    }  # fmt: skip


def forget(request: HttpRequest, one: Sitting, response: HttpResponse) -> None:
    """Forget everything of whoever was here: the session, and the keys to requests under way.

    An officer who tries the kiosk in her own browser stays signed in; all else is gone for her too.
    """
    if SESSION_KEY in request.session:
        for name in [name for name in request.session.keys() if not name.startswith("_auth")]:  # noqa: SIM118 - no mapping
            del request.session[name]
    else:
        request.session.flush()
    for dialogue in one.dialogues:
        response.delete_cookie(REQUEST_COOKIE, path=f"{PREFIX}/requests/{dialogue}/")


def set_point(response: HttpResponse, centre: str) -> None:
    """Tell a browser that it is a kiosk of this centre; it knows for a year, whoever stands at it."""
    point = signing.dumps([centre, str(new_id())], salt=_SIGNED)
    response.set_cookie(POINT, point, max_age=365 * 86_400, path=f"{PREFIX}/", httponly=True, samesite="Lax")


def _point(request: HttpRequest) -> tuple[str, str]:
    try:
        centre, kiosk = signing.loads(request.COOKIES.get(POINT, ""), salt=_SIGNED)
    except signing.BadSignature:
        return "", ""
    return str(centre), str(kiosk)
