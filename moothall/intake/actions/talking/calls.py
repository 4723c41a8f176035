"""The telephone menu as a conversation: begun when a call comes in, one turn for whatever is pressed or said, ended once.

A turn is numbered: what answers an earlier one (a provider that sends again) is told the same once more and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from moothall.announcements.queries import live, queue_words
from moothall.contacts import actions as contacts
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.customers.queries import IN_THE_OPEN, customers_at
from moothall.customers.rules.writing import can_take_texts
from moothall.intake.actions.raising import NotOnThisChannel
from moothall.intake.actions.talking import asking
from moothall.intake.actions.talking.after import after_sent, elsewhere, hear_number, hear_why, send
from moothall.intake.actions.talking.finding import (
    MORE,
    OTHER_LETTERS,
    ask_which,
    found_by,
    hear_which,
    read_out,
    turn_over,
)
from moothall.intake.actions.talking.languages import hers, language_for, says_in, voice_of
from moothall.intake.actions.talking.queue import adviser_hours, choose_queue, hold_on, queue_turn
from moothall.intake.actions.talking.saying import hang_up, listen
from moothall.intake.actions.talking.standing import begin_status, hear_status
from moothall.intake.dialogue import AnswerError
from moothall.intake.models import Conversation
from moothall.intake.pack import MenuEntry, entries, sentence
from moothall.intake.talking.hearing import choose
from moothall.intake.talking.shapes import Choice, Prompt, Takes
from moothall.intake.talking.turns import Say, Then, Turn, kept, spoken, turn_of

MOST_MISSES = 3
ADVISER, AGAIN, FIRST_MENU = "0", "*", "9"


def begin_call(call_id: str, *, line: str, caller: str, speech: bool = False, at: datetime) -> Turn:
    """Answer a call; return what the caller hears first. The same call again hears what it heard last.

    ``caller`` is the number in international form, or empty where it is withheld: it says who it may be, never who it is.
    """
    with transaction.atomic():
        known = Conversation.objects.select_for_update().filter(channel="voice", call_id=call_id).first()
        if known is not None:
            return turn_of(known.turn)
        contact = contacts.record_contact(
            channel="voice", received_at=at, answered_at=at, caller=caller, external_id=call_id, open_=True, by=SYSTEM, at=at
        )  # fmt: skip
        pack = current_pack()
        people = customers_at(caller, IN_THE_OPEN) if caller else []
        known_in = language_for(caller, people[0].id if len(people) == 1 else None)
        language = known_in if voice_of(pack, known_in) else ""
        row = Conversation(
            channel="voice", line=line, call_id=call_id, caller=caller, contact_id=contact.id, step="menu",
            speech=speech and not language, language=language, started_at=at, heard_at=at, changed_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        opening = [sentence(pack, "greeting", council=pack.council.name)]
        hours, is_open = adviser_hours(pack, at)
        if is_open is False:
            opening.append(sentence(pack, "closed", hours=hours))
        opening.append(queue_words(live(at=at)))
        return _told(row, _menu(row, opening), at)


def hear_call(call_id: str, *, number: int, words: str, at: datetime) -> Turn:
    """Take what was pressed or said after turn ``number`` and return the next. A call that is over is hung up.

    Raises:
        Conversation.DoesNotExist: there was no such call.
    """
    with transaction.atomic():
        row = Conversation.objects.select_for_update().get(channel="voice", call_id=call_id)
        if row.ended_at is not None or number != row.turns:
            return turn_of(row.turn)
        row.heard_at, words = at, words.strip()
        if words.rstrip("#") == AGAIN:
            return _told(row, replace(turn_of(row.turn), number=row.turns + 1), at)
        asking.moves_here(row, at=at)
        return _told(row, _STEPS[row.step](row, words, at), at)


def end_call(call_id: str, *, how: str, at: datetime) -> None:
    """End a call: hung up, put through, lost. What was answered stays; who was cut off in the middle gets the way back.

    Twice is once; a call nobody knows is no error.
    """
    with transaction.atomic():
        row = Conversation.objects.select_for_update().filter(channel="voice", call_id=call_id).first()
        if row is not None and row.ended_at is None:
            _over(row, how, at)


def _told(row: Conversation, turn: Turn, at: datetime) -> Turn:
    row.turn, row.turns, row.changed_at = kept(turn), turn.number, at
    if turn.then is not Then.LISTEN:
        _over(row, row.ended or "done", at)
    row.save()
    return turn


def _over(row: Conversation, how: str, at: datetime) -> None:
    begun = row.step in {"asking", "check"} and how == "hung_up" and can_take_texts(row.caller)
    if begun and asking.row_of(row).answers:
        with suppress(AnswerError):  # so many links went there in this hour that one more would be a nuisance
            asking.send_link(row, row.caller, at=at)
    if row.contact_id is not None:
        contacts.close_contact(row.contact_id, cause="", done_in_one=None, by=SYSTEM, at=at)
    row.ended_at, row.ended, row.changed_at = at, how, at
    if how != "transferred":
        row.held = {}
    row.save()


# -- one step after another ------------------------------------------------------------------------------------------


def _choices(here: list[MenuEntry]) -> tuple[Choice, ...]:
    return tuple(Choice(entry.key, entry.code, entry.says) for entry in here)


def _menu(row: Conversation, opening: list[str]) -> Turn:
    """The menu the caller stands in: each key with its words."""
    pack, under = current_pack(), str(row.held.get("menu", ""))
    here = entries(pack, under)
    more = [sentence(pack, "first_menu")] if under else [sentence(pack, "menu_adviser"), sentence(pack, "again")]
    row.step, row.dialogue_id = "menu", None
    said = [*opening, *(one for entry in here for one in _says_entry(row, entry)), *more]
    return listen(row, said, digits=1, choices=_choices(here), speech=row.speech)


def _says_entry(row: Conversation, entry: MenuEntry) -> list[str | Say]:
    """A choice of the menu with its key: a language in itself, and the way to the languages in ours as well."""
    pack, line = current_pack(), f"{entry.says}, press {entry.key}."
    if entry.does == "language":
        return [*says_in(entry.language or "", [line])]
    away = hers(row.language) is not None and any(one.does == "language" for one in entries(pack, entry.code))
    return [line, Say(line)] if away else [line]


def _goes_on_in(row: Conversation, language: str) -> Turn:
    """The first menu in the language she chose. Keys alone are listened to in another than ours."""
    chosen = voice_of(current_pack(), language)
    row.language, row.held, row.speech = language, {}, row.speech and not chosen
    return _menu(row, [])


def _in_menu(row: Conversation, words: str, at: datetime) -> Turn:
    pack, under = current_pack(), str(row.held.get("menu", ""))
    if words == ADVISER:
        return queue_turn(row, at)
    if words == FIRST_MENU and under:
        row.held = {}
        return _menu(row, [])
    here = entries(pack, under)
    try:
        code = choose(Prompt("", Takes.CHOICE, _choices(here)), words, spoken=True).value
    except AnswerError:
        found = found_by(pack, words) if row.speech and not words.isdigit() else []
        return read_out(row, found) if found else _missed(row, words, at, lambda said: _menu(row, said))
    row.misses = 0
    entry = next(one for one in here if one.code == code)
    if entry.does == "menu":
        row.held = {"menu": entry.code}
        return _menu(row, [])
    if entry.does == "find":
        return ask_which(row)
    if entry.does == "language":
        return _goes_on_in(row, entry.language or "")
    if entry.does == "status":
        return begin_status(row, at)
    if entry.does == "adviser":
        return queue_turn(row, at)
    return _begin_service(row, entry.service or "", at)


def _in_find(row: Conversation, words: str, at: datetime) -> Turn:
    def missed(why: str) -> Turn:
        return _missed(row, words, at, lambda said: ask_which(row, said), why)

    return hear_which(row, words, at, menu=lambda said: _menu(row, said), missed=missed)


def _in_found(row: Conversation, words: str, at: datetime) -> Turn:
    """One of those that were read out, more of them (7), other letters (8), the first menu (9), an adviser (0)."""
    turn = turn_of(row.turn)
    try:
        code = choose(Prompt("", Takes.CHOICE, turn.choices), words, spoken=True).value
    except AnswerError:
        code = ""
    if code or words in {MORE, OTHER_LETTERS, FIRST_MENU, ADVISER}:
        row.misses = 0
    if code:
        return _begin_service(row, code, at)
    match words:
        case "0":
            return queue_turn(row, at)
        case "7":
            return turn_over(row)
        case "8":
            return ask_which(row)
        case "9":
            row.held = {}
            return _menu(row, [])
        case _:
            found, page = list(row.held["found"]), int(row.held["page"])
            return _missed(row, words, at, lambda said: read_out(row, found, page, said))


def _begin_service(row: Conversation, code: str, at: datetime) -> Turn:
    """Begin a request; a service that cannot be asked for here says why, and where it can."""
    pack = current_pack()
    try:
        asking.begin(row, code, at=at)
    except NotOnThisChannel as no:
        row.held = {}
        return _menu(row, [str(no)])
    return _next(row, [sentence(pack, "begin", service=pack.services[code].name)], at)


def _next(row: Conversation, opening: list[str], at: datetime) -> Turn:
    """The next question; or, when there is none, the check before sending, or the way elsewhere."""
    pack = current_pack()
    coming = asking.next_asked(row, at=at)
    said = [*opening, *coming.found]
    if coming.stop:
        row.ended = "stopped"
        return hang_up(row, [*said, coming.stop, sentence(pack, "goodbye")])
    if coming.prompt is not None:
        row.step = "asking"
        speech = row.speech and coming.prompt.takes in {Takes.WORDS, Takes.CHOICE, Takes.POSTCODE}
        said += spoken(coming.prompt, sentence(pack, "leave_out"))
        return listen(row, said, digits=coming.prompt.digits, choices=coming.prompt.choices, speech=speech)
    rest = asking.rest_of(row, at=at)
    if rest:
        return elsewhere(row, said, rest, at)
    if coming.settled:
        again, menu = (lambda why: _next(row, why, at)), (lambda more: _menu(row, [*said, *more]))
        return send(row, at, ask=again, menu=menu, settled=True)
    row.step = "check"
    return listen(row, [*said, sentence(pack, "check")], digits=1)


def _asking(row: Conversation, words: str, at: datetime) -> Turn:
    if words == ADVISER and turn_of(row.turn).digits == 1:
        return queue_turn(row, at)
    said = words.rstrip("#")
    if not words:
        return _missed(row, "", at, lambda why: _next(row, why, at))
    try:
        asking.take(row, said, at=at)
    except AnswerError as wrong:
        return _missed(row, words, at, lambda why: _next(row, why, at), str(wrong))
    row.misses = 0
    return _next(row, [], at)


def _check(row: Conversation, words: str, at: datetime) -> Turn:
    again = sentence(current_pack(), "check")
    match words:
        case "1":
            return send(row, at, ask=lambda why: _next(row, why, at), menu=lambda said: _menu(row, said))
        case "2":
            return listen(row, [*asking.answers_said(row, at=at), again], digits=1)
        case "3":
            return _begin_service(row, asking.row_of(row).service, at)
        case "0":
            return queue_turn(row, at)
        case _:
            return _missed(row, words, at, lambda why: listen(row, [*why, again], digits=1))


def _link_number(row: Conversation, words: str, at: datetime) -> Turn:
    if words.rstrip("#") == ADVISER:
        return queue_turn(row, at)
    rest = str(row.held["rest"])
    try:
        return hear_number(row, words.rstrip("#"), at)
    except ValueError as wrong:
        return _missed(row, words, at, lambda why: elsewhere(row, why, rest, at), str(wrong))


def _missed(row: Conversation, words: str, at: datetime, again: Callable[[list[str]], Turn], why: str = "") -> Turn:
    """Nothing fitted: say why and ask again; after three times in a row somebody is offered."""
    row.misses += 1
    if row.misses >= MOST_MISSES:
        return queue_turn(row, at)
    return again([why or sentence(current_pack(), "not_understood" if words else "not_heard")])


_STEPS: dict[str, Callable[[Conversation, str, datetime], Turn]] = {
    "menu": _in_menu,
    "find": _in_find,
    "found": _in_found,
    "asking": _asking,
    "check": _check,
    "after": lambda row, words, at: after_sent(row, words, at, menu=lambda said: _menu(row, said)),
    "why": hear_why,
    "link_number": _link_number,
    "status": lambda row, words, at: hear_status(row, words, at, menu=lambda said: _menu(row, said)),
    "queue": lambda row, words, at: choose_queue(row, words, at, menu=lambda said: _menu(row, said)),
    "hold": hold_on,
}
