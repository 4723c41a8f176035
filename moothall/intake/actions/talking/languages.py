"""In which language a conversation is held: the one its number chose, else that of whoever has the number."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from moothall.core.packs import Pack, current_pack
from moothall.customers.pack import LANGUAGES, PHRASES, phrasebook
from moothall.customers.queries import language_of
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK
from moothall.intake.talking.tongue import Hers, bare_of, pieces_of, written_in
from moothall.intake.talking.turns import Say


def hers(language: str) -> Hers | None:
    """Return what is needed to talk in a language; ``None`` for ours, and for one the pack has no phrases in."""
    pack = current_pack()
    book = phrasebook(pack, language) if language and language != ours(pack) else None
    return Hers(book, pack.of(PHRASES)[language].words) if book is not None else None


def ours(pack: Pack) -> str:
    """Return the council's own language."""
    return pack.council.languages[0]


def language_for(caller: str, customer_id: UUID | None) -> str:
    """Return the language to talk in with a number: chosen before on it, else of the one person who has it; "": ours.

    Two queries at the most.
    """
    pack = current_pack()
    before = Conversation.objects.filter(caller=caller).exclude(language="") if caller else Conversation.objects.none()
    last = before.order_by("-started_at", "-id").values_list("language", flat=True).first()
    wanted = last or (language_of(customer_id) if customer_id else "")
    return wanted if last or wanted in pack.of(PHRASES) else ""


def named(words: str) -> str:
    """Return the language whose name is all that a text says (POLSKI, Polish); nothing where it says anything else."""
    pack, bare = current_pack(), bare_of(words)
    for code, one in pack.of(LANGUAGES).items():
        if code not in pack.of(PHRASES) and code != ours(pack):
            continue
        if bare and bare in {bare_of(one.name), bare_of(one.own_name or "")}:
            return code
    return ""


def text_in(language: str, words: str) -> tuple[str, str]:
    """Return a text as it is written in a language, and the language it is in: hers only where all of it is."""
    book = hers(language)
    if book is None:
        return words, ours(current_pack())
    own, whole = written_in(book, words)
    return own, language if whole else ours(current_pack())


def voice_of(pack: Pack, language: str) -> str:
    """Return the voice that reads a language aloud on the telephone; empty for ours and where the pack names none."""
    return pack.one(TALK).voices.get(language, "") if language != ours(pack) else ""


def says_in(language: str, said: Sequence[str | Say]) -> tuple[Say, ...]:
    """Return sentences of a call as they are heard in a language, each with the voice that reads it; ours have none named.

    A recording stands in place of the sentence it was made of, in our language alone.
    """
    pack = current_pack()
    talk, book, voice = pack.one(TALK), hers(language), voice_of(pack, language)
    recorded = {talk.says[code]: where for code, where in talk.recordings.items() if code in talk.says}
    heard: list[Say] = []
    for one in said:
        if isinstance(one, Say):
            heard.append(one)
        elif one and book is not None and voice:
            parts = pieces_of(book, one)
            heard += [Say(part.words, language=voice if part.hers else "") for part in parts]
        elif one:
            heard.append(Say(one, recorded.get(one, "")))
    return tuple(heard)
