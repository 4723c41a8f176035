"""What a FastAGI session asks of the house: the same three actions as every other line of the telephone menu."""

from __future__ import annotations

from django.db import close_old_connections, connection

from moothall.channels.voice.agi import Menu
from moothall.core import clock
from moothall.intake.actions.talking.calls import begin_call, end_call, hear_call
from moothall.intake.talking.turns import Turn


def menu() -> Menu:
    """Return the menu for a FastAGI server."""

    def begin(call_id: str, caller: str) -> Turn:
        close_old_connections()
        return begin_call(call_id, line="agi", caller=caller, at=clock.now())

    def hear(call_id: str, number: int, words: str) -> Turn:
        return hear_call(call_id, number=number, words=words, at=clock.now())

    def end(call_id: str, how: str) -> None:
        end_call(call_id, how=how, at=clock.now())

    return Menu(begin, hear, end)


def tidy() -> None:
    """Give a call's database connection back when its thread ends."""
    connection.close()
