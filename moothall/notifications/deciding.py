"""What the decision about one message is fed with: the pack in force, who carries what here, the person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from moothall.core.packs import Pack
from moothall.core.zone import LONDON
from moothall.customers.pack import FORMATS, LANGUAGES, PHRASES
from moothall.notifications import senders
from moothall.notifications.models import Message, MessageState
from moothall.notifications.pack import MESSAGES, MESSAGING, MessageTemplate
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Ask, Form, Here, Wants, Way, decide

_TOLD = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.HELD)


class NoSuchTemplate(LookupError):
    """The pack has no message of this code."""


def words_in(pack: Pack, code: str, language: str, form: str = "") -> MessageTemplate:
    """Return the template in a language and format where the pack has it (``case-opened-cy``), else as it is.

    What is written in a format is written in a language: easy read in English is no answer to who reads Polish.

    Raises:
        NoSuchTemplate: the pack has no message ``code``.
    """
    templates = pack.of(MESSAGES)
    hers = f"{code}-{language}"
    theirs = (f"{hers}-{form}", hers) if hers in templates else (f"{code}-{form}",)
    found = next((templates[one] for one in theirs if one in templates), templates.get(code))
    if found is None:
        raise NoSuchTemplate(f"The pack {pack.name} has no message “{code}”.")
    return found


def way_of(
    pack: Pack, code: str, to: Recipient, at: datetime, *, only: str = "", failed: Mapping[str, str] | None = None
) -> Way:
    """Decide how one message goes. No query."""
    ours, templates = pack.council.languages[0], pack.of(MESSAGES)
    words = words_in(pack, code, ours)
    written = frozenset(one for one in pack.of(LANGUAGES) if words.any_language or f"{code}-{one}" in templates) | {
        ours
    }
    said_in = f"{code}-{to.language}" if to.language in written - {ours} else code
    chosen = tuple(one for one in words.if_chosen if one == to.preference)
    ask = Ask(
        offered=(*words.channels, *chosen), must=words.must, by_law=words.by_law, only=only, any_hour=words.any_hour,
        languages=written, formats=frozenset(one for one in pack.of(FORMATS) if f"{said_in}-{one}" in templates),
        failed=dict(failed or {}),
    )  # fmt: skip
    wants = Wants(
        preference=to.preference, language=to.language, format=to.format, needs=to.needs, quiet=to.quiet,
        addresses=to.addresses,
    )  # fmt: skip
    return decide(ask, wants, _here(pack, ours), at)


def _here(pack: Pack, ours: str) -> Here:
    terms, languages = pack.one(MESSAGING), pack.of(LANGUAGES)
    return Here(
        channels=senders.channels_here(),
        pence={str(channel): pence for channel, pence in terms.pence.items()},
        dearer_by=terms.dearer_by,
        formats={code: Form(one.name, one.channels, one.own_words) for code, one in pack.of(FORMATS).items()},
        language=ours,
        language_names={code: one.name for code, one in languages.items()},
        signed=frozenset(code for code, one in languages.items() if one.signed),
        texts_from=terms.texts_from,
        texts_until=terms.texts_until,
    )


def named_in(pack: Pack, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the service called as it is in a language, where the pack says so."""
    spoken = pack.of(LANGUAGES).get(language)
    named = values.get("service")
    if spoken is None or not spoken.services or not isinstance(named, str):
        return dict(values)
    code = next((code for code in spoken.services if code in pack.services and pack.services[code].name == named), "")
    return dict(values) | ({"service": spoken.services[code]} if code else {})


def led_in(pack: Pack, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values whose links to our own pages lead to them in her language, where pages can be drawn in it."""
    if language not in pack.of(PHRASES):
        return dict(values)
    return {name: _led(value, language) for name, value in values.items()}


def _led(value: Any, language: str) -> Any:
    if not isinstance(value, str) or not value.startswith(f"{settings.PUBLIC_URL}/") or len(value.split()) > 1:
        return value
    address, mark, part = value.partition("#")
    return f"{address}{'&' if '?' in address else '?'}lang={language}{mark}{part}"


def hold_until(pack: Pack, words: MessageTemplate, way: Way, at: datetime) -> datetime | None:
    """Return until when a piece of news waits to be told with others of the day; ``None``: it is told at once.

    The first of a day (the pack says how many) go at once. One query, for such news alone.
    """
    terms = pack.one(MESSAGING)
    if terms.together_at is None or not words.together or way.address is None:
        return None
    local = at.astimezone(LONDON)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0)
    kinds = [code for code, one in pack.of(MESSAGES).items() if one.together]
    told = Message.objects.filter(
        to=way.address.value, channel=way.channel, created_at__gte=begin, created_at__lte=at, template__in=kinds,
        state__in=_TOLD,
    )  # fmt: skip
    if len(told.values_list("id", flat=True)[: terms.together_after]) < terms.together_after:
        return None
    day = local.date() if local.time() < terms.together_at else local.date() + timedelta(days=1)
    return datetime.combine(day, terms.together_at, tzinfo=LONDON).astimezone(at.tzinfo)
