"""What officers do with a post: answer it in public (checked by a colleague) or privately, and deal with abuse.

Every way out of here is guarded: a public answer tells nothing of anybody, a private one nothing of a request before its
author has shown who she is, and nothing done about abuse is silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, ContactState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.zone import LONDON, council_date
from moothall.customers.models import Customer
from moothall.inbox import actions as inbox
from moothall.inbox import post_actions, post_queries
from moothall.inbox.actions import DealtWith
from moothall.inbox.models import Ending, Measure, MeasureKind, Post, Reply, Writing, WritingState
from moothall.inbox.pack import SOCIAL
from moothall.intake.social.guard import check_private, check_public
from moothall.intake.social.sending import message_of
from moothall.intake.written import working
from moothall.intake.written.ways import Outbound
from moothall.notifications.adapters.social import LENGTHS
from moothall.promises.rules import say_moment

CHANNEL = "social"


class NotThere(ValueError):
    """This is no post, or the pack has no such reason."""


def answer(writing_id: UUID, *, text: str, cause: str, by: Actor, at: datetime, ask: bool = True) -> str:
    """Answer a post where it was written. Returns ``sent``, or ``waiting`` where a colleague has to check it first.

    Whoever wrote to us alone may be asked how we did, unless ``ask`` says no.

    Raises:
        PersonalData, NotProved: what `guard` refuses. ValueError: empty, too long for the network. ChooseCause.
        AlreadyWaiting: an answer waits to be checked already.
    """
    post, text = _post(writing_id), text.strip()
    _check_words(post, text)
    if post.private or not current_pack().one(SOCIAL).two_people:
        _answered(post, text, cause, by=by, at=at, ask=ask)
        return "sent"
    working.check_cause(cause)
    with transaction.atomic(), together():
        writing = _open(writing_id, by=by)
        post_actions.write_reply(writing, text=text, cause=cause, by=by, at=at)
    return "waiting"


def agree(writing_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Send the public answer that a colleague wrote; ``False`` where none waits.

    Raises:
        NotYours: one's own is checked by somebody else. PersonalData: the guard sees something in it.
    """
    with transaction.atomic(), together():
        writing = _open(writing_id, by=by)
        reply = post_actions.agree_reply(writing, by=by, at=at)
        if reply is None:
            return False
        post = _post(writing_id)
        _check_words(post, reply.text)
        _answered(post, reply.text, reply.cause, by=by, at=at)
    return True


def send_back(writing_id: UUID, *, why: str, by: Actor, at: datetime) -> Reply | None:
    """Send the waiting answer back to whoever wrote it, with why. Raises ValueError without a reason."""
    with transaction.atomic(), together():
        return post_actions.send_back(_open(writing_id, by=by), why=why, by=by, at=at)


def take_private(writing_id: UUID, *, text: str, by: Actor, at: datetime) -> bool:
    """Write to the author alone and say so in public, in the pack's words; ``False`` when that was done before.

    The post stays open with its promise, until what comes of it privately is answered.

    Raises:
        ValueError: it is private already, or too long. NotProved: it names a request.
    """
    post, text = _post(writing_id), text.strip()
    if post.private:
        raise ValueError("This is private already: answer it.")
    check_private(text, proved=post_queries.is_proved(post))
    _check_length(post, text, private=True, besides=280)
    with transaction.atomic(), together():
        writing = _open(writing_id, by=by)
        post = Post.objects.select_for_update().get(writing_id=writing_id)
        if not post_actions.hand_over(post, writing, by=by, at=at):
            return False
        out = _outbound(writing, text)
        message_of(post, out, template="social-direct", private=True, by=by, at=at)
        message_of(post, out, template="social-invite", private=False, by=by, at=at)
    return True


def hide(writing_id: UUID, *, reason: str, by: Actor, at: datetime) -> Measure:
    """Fold a post's words away on our screens for a reason of the pack, and tell its author; it still waits for its answer.

    Raises:
        NotThere: there is no such reason.
    """
    pack = current_pack()
    says = _reason(pack, reason)
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        post = _post(writing_id)
        made = post_actions.measure(post, writing, kind=MeasureKind.HIDDEN, reason=reason, by=by, at=at)
        values = {"reason": says}
        message_of(post, _outbound(writing, ""), template="social-hidden", private=True, values=values, by=by, at=at)
    return made


def mute(writing_id: UUID, *, reason: str, by: Actor, at: datetime) -> Measure:
    """Mute a post's author for the pack's days, for a reason of the pack, and tell her. Permission ``social.mute``.

    Muted already: once more, from now.

    Raises:
        NotThere: there is no such reason. Refused
    """
    require(by, post_actions.MUTE)
    pack = current_pack()
    says, lasts = _reason(pack, reason), timedelta(days=pack.one(SOCIAL).muted_days)
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        post = _post(writing_id)
        made = post_actions.measure(post, writing, kind=MeasureKind.MUTED, reason=reason, by=by, at=at, lasts=lasts)
        until = say_moment((at + lasts).astimezone(LONDON), council_date(at))
        message_of(
            post, _outbound(writing, ""), template="social-muted", private=True, by=by, at=at, key=str(made.id),
            values={"reason": says, "until": until},
        )  # fmt: skip
    return made


def unmute(measure_id: UUID, *, by: Actor, at: datetime) -> Measure:
    """Hear a muted account again. Permission ``social.mute``. Raises NotThere, Refused."""
    held = post_queries.measure(measure_id, visible_to=by)
    if held is None:
        raise NotThere("We could not find that.")
    post = Post(network=held.network, author_id=held.author_id, author=held.author)
    return post_actions.measure(post, held.writing, kind=MeasureKind.UNMUTED, reason=held.reason, by=by, at=at)


def _answered(post: Post, text: str, cause: str, *, by: Actor, at: datetime, ask: bool = True) -> None:
    """Write back; a private answer is also the answer to what was taken private."""
    with transaction.atomic(), together():
        writing = working.answer(post.writing_id, text=text, cause=cause, by=by, at=at, ask=ask)
        if not post.private:
            return
        for handed in post_queries.handed_and_open(writing.thread_id, post.author_id):
            row = inbox.take(handed.id, by=by)
            if row.contact_id is None:
                continue
            contact = Contact.objects.select_for_update().get(id=row.contact_id)
            contacts.answer_contact(contact.id, by=by, at=at)
            if contact.state == ContactState.OPEN:
                contacts.close_contact(contact.id, cause=cause, done_in_one=None, by=by, at=at)
            inbox.end(row, ended=Ending.ANSWERED, by=by, at=at)


def _check_words(post: Post, text: str) -> None:
    if not text:
        raise ValueError("Enter your answer.")
    _check_length(post, text, private=post.private, besides=0)
    if post.private:
        check_private(text, proved=post_queries.is_proved(post))
        return
    pack = current_pack()
    names, address = _hers(post.writing)
    check_public(text, names=names, address=address, ours=[one.value for one in pack.council.contact])


def _check_length(post: Post, text: str, *, private: bool, besides: int) -> None:
    lengths = LENGTHS.get(post.network)
    if lengths is None:
        return
    most = lengths[1 if private else 0] - len(post.author) - 1 - besides
    if len(text) > most:
        raise ValueError(f"An answer here may have {most} characters; this one has {len(text)}.")


def _hers(writing: Writing) -> tuple[list[str], str]:
    """The names and the address of whoever an officer said it is."""
    held = Contact.objects.filter(id=writing.contact_id).only("customer_id") if writing.contact_id else None
    contact = held.first() if held is not None else None
    person = Customer.objects.filter(id=contact.customer_id).first() if contact and contact.customer_id else None
    if person is None:
        return [], ""
    return [person.given_name, person.family_name, person.organisation_name], person.address_text


def _post(writing_id: UUID) -> Post:
    post = Post.objects.select_related("writing").filter(writing_id=writing_id).first()
    if post is None:
        raise NotThere("This did not come by social media.")
    return post


def _open(writing_id: UUID, *, by: Actor) -> Writing:
    writing = inbox.take(writing_id, by=by)
    if writing.state == WritingState.DONE:
        raise DealtWith("This one has been dealt with.")
    return writing


def _reason(pack: Pack, code: str) -> str:
    found = next((one.says for one in pack.one(SOCIAL).abuse if one.code == code), "")
    if not found:
        raise NotThere("Choose a reason from the list.")
    return found


def _outbound(writing: Writing, text: str) -> Outbound:
    contact = Contact.objects.filter(id=writing.contact_id).first() if writing.contact_id else None
    return Outbound(
        writing=writing, contact_id=writing.contact_id, customer_id=contact.customer_id if contact else None,
        case_id=writing.case_id, reference=show_reference(contact.reference) if contact else "", text=text,
    )  # fmt: skip
