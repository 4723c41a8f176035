"""A text that came in: an answer in a conversation under way, the beginning of one, or what it always was.

STOP, START and HELP come first; then an answer to what we asked last; then one of our references, a booking, a case that
waits; then a service that the words name. Whatever nobody's dialogue understands waits for a person.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.bookings.errors import HoldGone
from moothall.cases.queries import cases_of
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact
from moothall.core import limits
from moothall.core.actors import SYSTEM
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.customers.pack import words_always
from moothall.customers.queries import IN_THE_OPEN, customers_at
from moothall.intake.actions.raising import NotOnThisChannel
from moothall.intake.actions.submitting import NotFinished
from moothall.intake.actions.talking import asking, languages, offers
from moothall.intake.actions.talking.offers import about_waiting
from moothall.intake.asking_how import ask_how, hear_how
from moothall.intake.dialogue import AnswerError
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK, sentence
from moothall.intake.queries.spoken import spoken_services
from moothall.intake.talking.hearing import choose
from moothall.intake.talking.shapes import Choice, Prompt, Takes, choices_of
from moothall.intake.talking.short import short
from moothall.intake.talking.tongue import bare_of, meant, word_meant
from moothall.intake.talking.turns import written
from moothall.notifications.actions import Wish, last_asked_about_booking, queue_message, text_arrived, told_to_stop
from moothall.notifications.deciding import led_in
from moothall.notifications.recipients import answering
from moothall.notifications.values import track_link
from moothall.services.search import GOOD, search

REPLIES_AN_HOUR = 60
LONGEST_NAMING = 8
NEAR = 0.8
MOST_NAMED = 4
_A_WORD = re.compile(r"[^\W\d_]{3}")
_STARTS = frozenset({"start", "unstop", "subscribe"})
_STOPS = frozenset({"stop", "stopall", "stop all", "unsubscribe", "end", "quit", "opt out", "optout"})


def text_came(
    *, external_id: str, sender: str, words: str, wish: Wish, reference: str = "", chasing: bool = False,
    received_at: datetime, at: datetime,
) -> UUID:  # fmt: skip
    """Take a text and answer it; return the contact it belongs to. The same ``external_id`` again: the same, once.

    ``sender`` is normalised (E.164), ``words`` what was written; ``wish``, ``reference`` and ``chasing`` are what its
    channel read in it. A text that was sent before one we have heard already answers nothing any more: a person reads it.
    """

    def do() -> dict[str, Any]:
        contact_id = _take(external_id, sender, words, wish, reference, chasing, received_at, at)
        return {"contact_id": str(contact_id)}

    answer, _ = once("text-talk", external_id, at=at, do=do)
    return UUID(answer["contact_id"])


def _take(
    external_id: str, sender: str, words: str, wish: Wish, reference: str, chasing: bool, received_at: datetime, at: datetime
) -> UUID:  # fmt: skip
    arrived = partial(
        text_arrived, external_id=external_id, sender=sender, words=words, reference=reference, chasing=chasing,
        received_at=received_at, at=at,
    )  # fmt: skip
    row = Conversation.objects.select_for_update().filter(channel="sms", caller=sender, ended_at=None).first()
    if row is not None and at - row.changed_at > timedelta(minutes=current_pack().one(TALK).text_minutes):
        _over(row, "silent", at)
        row = None
    if wish in {Wish.STOP, Wish.START} and _changed_since(sender, wish, received_at):
        return contacts.record_contact(
            channel="sms", received_at=received_at, by=SYSTEM, at=at, external_id=external_id, caller=sender, note=words
        ).id  # fmt: skip
    if wish is Wish.STOP and row is not None:
        _over(row, "stopped", at)
        row = None
    if wish in {Wish.STOP, Wish.START} or told_to_stop(sender):
        return arrived(wish=wish)
    late = row is not None and received_at < row.heard_at
    if wish is Wish.OTHER and not late and (chosen := _chooses(row, external_id, sender, words, received_at, at)):
        return chosen
    waits = (
        about_waiting(sender, words, since=row.changed_at if row else None) if wish is Wish.OTHER and not late else None
    )
    if waits is not None:
        if row is not None:
            _over(row, "silent", at, link=True)
        return _about_waiting(_conversation(external_id, sender, words, received_at, at), waits, at)
    if row is not None and not late and not (wish is Wish.ABOUT_CASE and chasing):
        if wish is Wish.HELP:
            return _say_again(row, at)
        if not _answers_booking(row, sender, words):
            return _hear(row, words, received_at, at)
    if row is None and wish is Wish.OTHER and (rated := hear_how(sender, words, at=at)) is not None:
        _thank(external_id, sender, rated, at)
        return rated
    names = row is None and wish is Wish.OTHER and not last_asked_about_booking(sender, words) and not _waits(sender)
    if names and (named := _named(words))[0]:
        return _begin(external_id, sender, words, named, received_at, at)
    return arrived(wish=wish)


def _thank(external_id: str, sender: str, contact_id: UUID, at: datetime) -> None:
    """Say that we heard how it was."""
    to = answering(None, "sms", sender)
    queue_message(
        key=f"rated:{external_id}", template="text-asked", to=to, values={"words": sentence(current_pack(), "rate_thanks")},
        at=at, channel="sms", contact_id=contact_id,
    )  # fmt: skip


def rest_silent(*, at: datetime, limit: int = 200) -> int:
    """End conversations by text in which nothing was said for the pack's minutes; who had begun gets the way back.

    Calls whose end nobody told us are over after two hours. Returns how many.
    """
    since = at - timedelta(minutes=current_pack().one(TALK).text_minutes)
    texts = Conversation.objects.filter(channel="sms", ended_at=None, changed_at__lt=since).values_list("id", flat=True)
    count = 0
    for conversation_id in list(texts[:limit]):
        with transaction.atomic():
            row = Conversation.objects.select_for_update().filter(id=conversation_id, ended_at=None).first()
            if row is not None:
                _over(row, "silent", at, link=True)
                count += 1
    return count


def _changed_since(sender: str, wish: Wish, received_at: datetime) -> bool:
    """Whether the same number said the opposite after this was sent: texts overtake each other."""
    also = {
        said
        for said, ours in words_always(current_pack()).items()
        if ours == ("start" if wish is Wish.STOP else "stop")
    }
    other = (_STARTS if wish is Wish.STOP else _STOPS) | also
    later = Contact.objects.filter(channel="sms", caller=sender, received_at__gt=received_at).values_list(
        "note", flat=True
    )
    return any(bare_of(note) in other for note in later[:20])


def _answers_booking(row: Conversation, sender: str, words: str) -> bool:
    """A single letter or number that answers what we wrote about a booking after our last question here."""
    asked = last_asked_about_booking(sender, words)
    return asked is not None and asked > row.changed_at


def _waits(sender: str) -> bool:
    """Whether one of her cases waits for her: then a text is her answer to it."""
    hers = [line.id for line in customers_at(sender, IN_THE_OPEN)]
    return any(case.state == "waiting" for case in cases_of(hers, visible_to=SYSTEM, limit=30)) if hers else False


def _named(words: str) -> tuple[list[str], str]:
    """The services that a short text names, likeliest first, and the other language it names them in, if it does; none for a
    question or a letter, which a person reads, nor for figures: they answer something."""
    if "?" in words or len(words.split()) > LONGEST_NAMING or not _A_WORD.search(words):
        return [], ""
    pack = current_pack()
    found = search(pack, words.removeprefix("report ").removeprefix("REPORT "), limit=MOST_NAMED)
    if not found.good:
        spoken = [one for one in spoken_services(pack, words) if one.drawn]
        return [one.service for one in spoken], spoken[0].language if spoken else ""
    best = found.hits[0].score
    return [hit.code for hit in found.hits if hit.score >= max(GOOD, best * NEAR)], ""


def _about_waiting(row: Conversation, about: offers.AboutWait, at: datetime) -> UUID:
    """YES takes what was offered and asks the rest; NO and LEAVE are done and said."""
    contact_id = row.contact_id or row.id
    said = sentence(current_pack(), "offer_gone")
    match about.said:
        case "take":
            try:
                opening = offers.take(row, about, at=at)
            except HoldGone:
                pass
            except NotOnThisChannel:
                said = offers.online(about)
            else:
                _ask(row, opening, at)
                return contact_id
        case "let_go":
            said = offers.let_go(about, at=at)
        case "leave":
            said = offers.leave(about, at=at)
    _reply(row, said, at)
    _over(row, "waits", at)
    return contact_id


def _begin(
    external_id: str, sender: str, words: str, found: tuple[list[str], str], received_at: datetime, at: datetime
) -> UUID:
    named, language = found
    row = _conversation(external_id, sender, words, received_at, at, language)
    contact_id = row.contact_id or row.id
    if len(named) > 1 or language:  # words of another language are less sure: none of these is an answer
        row.held = {"named": named}
        _reply(row, written(_choosing(row), ""), at)
        return contact_id
    _begin_service(row, named[0], at)
    return contact_id


def _chooses(
    row: Conversation | None, external_id: str, sender: str, words: str, received_at: datetime, at: datetime
) -> UUID | None:
    """Go on in the language whose name is all she wrote; None where she wrote no such name, or answers with it."""
    language = languages.named(words)
    if not language or (row is None and _waits(sender)):  # a case that waits for her word may have asked for just that
        return None
    if row is None:
        return _greet(_conversation(external_id, sender, words, received_at, at, language), at)
    answers = row.step == "asking" and asking.asks_words(row, words)
    return None if answers else _goes_on_in(row, language, received_at, at)


def _greet(row: Conversation, at: datetime) -> UUID:
    """Say in the language she named that we go on in it. What she wants comes with her next text."""
    _reply(row, sentence(current_pack(), "language"), at)
    _over(row, "language", at)
    return row.contact_id or row.id


def _goes_on_in(row: Conversation, language: str, received_at: datetime, at: datetime) -> UUID:
    """Say what was said last in the language she named."""
    row.language, row.heard_at = language, received_at
    if row.step == "choose":
        _reply(row, written(_choosing(row), ""), at)
    else:
        _ask(row, "", at)
    return row.contact_id or row.id


def _conversation(
    external_id: str, sender: str, words: str, received_at: datetime, at: datetime, language: str = ""
) -> Conversation:
    """A conversation begun by a text, with the contact it is, in the language she names or is known to read."""
    people = customers_at(sender, IN_THE_OPEN)
    customer_id = people[0].id if len(people) == 1 else None
    contact = contacts.record_contact(
        channel="sms", received_at=received_at, answered_at=received_at, by=SYSTEM, at=at, customer_id=customer_id,
        external_id=external_id, caller=sender, note=words, open_=True,
    )  # fmt: skip
    row = Conversation(
        channel="sms", line="text", caller=sender, customer_id=customer_id, contact_id=contact.id, step="choose",
        language=language or languages.language_for(sender, customer_id), started_at=at, heard_at=received_at,
        changed_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def _begin_service(row: Conversation, code: str, at: datetime) -> None:
    pack = current_pack()
    try:
        asking.begin(row, code, at=at)
    except NotOnThisChannel as no:
        _reply(row, str(no), at)
        _over(row, "no", at)
        return
    _ask(row, sentence(pack, "begin", service=pack.services[code].name), at)


def _choosing(row: Conversation) -> Prompt:
    pack = current_pack()
    pairs = [(code, pack.services[code].name) for code in row.held.get("named", ()) if code in pack.services]
    choices = (*choices_of(pairs), Choice("0", "", "None of these"))
    return Prompt(sentence(pack, "choose_service"), Takes.CHOICE, choices)


# -- in a conversation -------------------------------------------------------------------------------------------------


def _hear(row: Conversation, words: str, received_at: datetime, at: datetime) -> UUID:
    row.heard_at = received_at
    contact = contacts.open_contact(row.contact_id) if row.contact_id else None
    if contact is None:
        raise ValueError("A conversation by text has a contact.")
    contacts.note_contact(contact.id, note=f"{contact.note}\n{words}"[-4000:], by=SYSTEM, at=at)
    hers = languages.hers(row.language)
    said = (word_meant(hers, words) if hers else "") or words.strip().lower().strip(" .!")
    if row.step == "choose":
        _chosen(row, words, at)
    elif said == "link":
        _link(row, asking.rest_of(row, at=at) or "sending it", at)
    elif said == "back":
        asking.moves_here(row, at=at)
        asking.back(row, at=at)
        _ask(row, "", at)
    elif row.step == "check":
        _check(row, said, at)
    else:
        _answer(row, words, at)
    return contact.id


def _chosen(row: Conversation, words: str, at: datetime) -> None:
    hers = languages.hers(row.language)
    try:
        code = choose(_choosing(row), meant(hers, _choosing(row), words) if hers else words, spoken=False).value
    except AnswerError as wrong:
        _reply(row, f"{wrong} {written(_choosing(row), '')}", at)
        return
    if code:
        _begin_service(row, code, at)
        return
    if row.contact_id:
        reference = show_reference(contacts.open_contact(row.contact_id).reference)
        _reply(row, sentence(current_pack(), "back_to_person", reference=reference), at)
    _over(row, "person", at, close=False)


def _answer(row: Conversation, words: str, at: datetime) -> None:
    asking.moves_here(row, at=at)
    try:
        asking.take(row, words, at=at)
    except AnswerError as wrong:
        row.misses += 1
        _ask(row, str(wrong), at)
        return
    row.misses = 0
    _ask(row, "", at)


def _ask(row: Conversation, before: str, at: datetime) -> None:
    """The next question in a text; or the check before sending, or the link for the rest."""
    pack = current_pack()
    coming = asking.next_asked(row, at=at)
    opening = [part for part in (before, *coming.found) if part]
    if coming.stop:
        _reply(row, " ".join([*opening, coming.stop]), at)
        _over(row, "stopped", at)
        return
    if coming.prompt is not None:
        row.step = "asking"
        _reply(row, "\n".join([*opening, written(coming.prompt, sentence(pack, "leave_out_text"))]), at)
        return
    rest = asking.rest_of(row, at=at)
    if rest:
        _link(row, rest, at, opening)
        return
    if coming.settled:
        _send(row, at, opening)
        return
    row.step = "check"
    _reply(row, "\n".join([*opening, *asking.answers_said(row, at=at), sentence(pack, "check_text")]), at)


def _check(row: Conversation, said: str, at: datetime) -> None:
    pack = current_pack()
    if said not in {"send", "yes", "y", "1", "ok"}:
        _reply(row, sentence(pack, "check_text"), at)
        return
    _send(row, at)


def _send(row: Conversation, at: datetime, found: list[str] | None = None) -> None:
    """Send it, and say what became of it; ``found`` is what was found that answers it, where that is so."""
    pack = current_pack()
    try:
        raised = asking.send(row, at=at)
    except NotFinished as left:
        _ask(row, short(str(left)), at)
        return
    if raised is None or raised.case_id is None:
        because = asking.refusal_said(raised)
        told = sentence(pack, "refused", because=because) if found is None else "\n".join([*found, because])
        _reply(row, told, at)
    else:
        code = asking.row_of(row).service
        told = sentence(
            pack, "sent_text", service=pack.services[code].name, promise=asking.promise_said(raised, at=at),
            reference=show_reference(raised.reference), link=_leads(row, track_link(raised.reference)),
        )  # fmt: skip
        asked = ask_how(
            raised.contact_id, channel="sms", people={row.caller, str(row.customer_id or "")}, service=code,
            case_id=raised.case_id, at=at,
        )  # fmt: skip
        _reply(row, "\n".join([told, sentence(pack, "rate_text")] if asked else [told]), at)
    _over(row, "sent", at)


def _link(row: Conversation, rest: str, at: datetime, opening: list[str] | None = None) -> None:
    """The way on by link: in the answer itself, for it goes to the number that asks."""
    pack, dialogue = current_pack(), asking.row_of(row)
    link = asking.keep_for(row, row.caller, at=at)
    words = sentence(pack, "link_text", service=pack.services[dialogue.service].name, what=rest, link=link)
    _reply(row, "\n".join([*(opening or []), words]), at, template="text-link")
    _over(row, "link", at)


def _say_again(row: Conversation, at: datetime) -> UUID:
    """HELP in the middle: what can be said, and the question once more."""
    if row.step == "choose":
        _reply(row, written(_choosing(row), ""), at)
    else:
        _ask(row, "Reply BACK for the question before, LINK to go on online, STOP to end all texts.", at)
    return row.contact_id or row.id


def _leads(row: Conversation, link: str) -> str:
    """A link to a page of ours, that opens in her language."""
    return str(led_in(current_pack(), row.language, {"link": link})["link"])


def _over(row: Conversation, how: str, at: datetime, *, close: bool = True, link: bool = False) -> None:
    if link and row.dialogue_id and asking.row_of(row).answers:
        pack, dialogue = current_pack(), asking.row_of(row)
        way = asking.keep_for(row, row.caller, at=at)
        words = sentence(
            pack, "link_text", service=pack.services[dialogue.service].name,
            what=asking.rest_of(row, at=at) or "the last questions", link=way,
        )  # fmt: skip
        _reply(row, words, at, template="text-link")
    row.ended_at, row.ended, row.changed_at, row.held = at, how, at, {}
    row.save()
    if close and row.contact_id:
        contacts.close_contact(row.contact_id, cause="", done_in_one=None, by=SYSTEM, at=at)


def _reply(row: Conversation, words: str, at: datetime, *, template: str = "text-asked") -> None:
    """Answer by text, but never so often that two machines could keep each other talking."""
    row.turns, row.changed_at = row.turns + 1, at
    row.save()
    try:
        limits.count("text-talk", {row.caller: REPLIES_AN_HOUR}, at=at, minutes=60)
    except limits.TooManyAttempts:
        return
    words, language = languages.text_in(row.language, words)
    to = replace(answering(row.customer_id, "sms", row.caller), language=language)
    queue_message(
        key=f"talk:{row.id}:{row.turns}", template=template, to=to, values={"words": words}, at=at, channel="sms",
        contact_id=row.contact_id,
    )  # fmt: skip
