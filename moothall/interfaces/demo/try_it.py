"""A telephone and a text message to try, on the same actions as the real lines: nothing is rung, nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moothall.channels.sms.text import is_chasing, understand
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.customers.pack import words_always
from moothall.customers.rules.writing import CannotRead, plain_phone, show_phone
from moothall.intake.actions.talking.calls import begin_call, end_call, hear_call
from moothall.intake.actions.talking.texts import text_came
from moothall.intake.queries.conversations import last_turn
from moothall.intake.talking.turns import Then, Turn
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words
from moothall.notifications.actions import Wish
from moothall.notifications.adapters import local

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
LETTERS = {"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ"}
USUAL = "07700 900123"


@dataclass(frozen=True, slots=True)
class Said:
    """A text that came back."""

    words: tuple[str, ...]
    when: str


@policy("demo")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def telephone(request: Request) -> HttpResponse:
    """Ring, press keys, hear what is said as words on the page."""
    at, call = clock.now(), request.POST.get("call", "")
    turn: Turn | None = None
    if request.method == "POST" and request.POST.get("do") == "ring":
        call = f"try-{uuid4()}"
        turn = begin_call(call, line="try", caller=_number(request.POST.get("number", "")), at=at)
    elif request.method == "POST" and call.startswith("try-"):
        if request.POST.get("do") == "hang_up":
            end_call(call, how="hung_up", at=at)
            return redirect("demo:telephone")
        turn = _next(call, request.POST.get("turn", ""), request.POST.get("do", ""), request.POST.get("keys", ""))
    over = turn is not None and turn.then is not Then.LISTEN
    return render(
        request, "demo/telephone.html",
        {"turn": turn, "call": call, "over": over, "keys": [(key, LETTERS.get(key, "")) for key in KEYS], "usual": USUAL,
         "through": over and turn is not None and turn.then is Then.TRANSFER,
         "desk": f"{reverse('desk:home')}?number={_number(USUAL)}&call={call}"},
    )  # fmt: skip


def _next(call: str, number: str, pressed: str, typed: str) -> Turn | None:
    turn = last_turn(call)
    if turn is None or not number.isdigit():
        return turn
    keyed = typed.strip() or pressed
    if keyed == "silence":
        keyed = ""
    elif typed.strip() and not turn.digits:
        keyed = f"{typed.strip()}#"
    return hear_call(call, number=int(number), words=keyed, at=clock.now())


@policy("demo")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: Request) -> HttpResponse:
    """Send a text as if from a telephone, and read what came back."""
    number = _number(request.POST.get("number") or request.GET.get("number", USUAL)) or _number(USUAL)
    if request.method == "POST":
        read = understand(request.POST.get("words", "")[:2000], words_always(current_pack()))
        if read.words:
            text_came(
                external_id=f"try-{uuid4()}", sender=number, words=read.words, wish=Wish(read.wish.value),
                reference=read.reference, chasing=is_chasing(read), received_at=clock.now(), at=clock.now(),
            )  # fmt: skip
        return redirect(f"{reverse('demo:text')}?number={number.replace('+', '%2B')}")
    said = [
        Said(tuple(one.text.split("\n")), words.day_time(one.at))
        for one in local.outbox()
        if one.channel == "sms" and one.to == number
    ]  # fmt: skip
    return render(request, "demo/text.html", {"said": said[:8], "number": show_phone(number)})


def _number(given: str) -> str:
    try:
        return plain_phone(given)
    except CannotRead:
        return ""
