"""What a channel made of something that arrived in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file that came with it. ``part`` is ``attached`` or ``inline`` (a picture in the text)."""

    name: str
    content: bytes
    part: str = "attached"


@dataclass(frozen=True, slots=True)
class ArrivedWriting:
    """One thing that arrived in writing, parsed and not judged.

    ``external_id`` is its own: the same again is the same writing, so it must not change between two deliveries of one
    thing. ``sender`` is the address, number or account as it claims, ``sent_to`` where it was sent, most telling first.
    ``text`` is what is new in it, ``whole`` all of it. ``answers`` are the ids it says it answers, oldest first;
    ``message_id`` its own, for later ones to name. ``machine`` is why it is taken for a machine's work
    (``inbox.models.Machine``), empty for a person's. ``verdicts`` are results of checks, by short names (``dmarc``: ``pass``,
    ``fail``); ``remarks`` sentences a reader should know. ``references`` are references of ours the channel found itself,
    by barcode for instance; those in the text are found here. ``original`` is the thing as it came, kept beside.
    ``quiet`` means nobody may be answered by a machine: it came back too often, or asks for no answer. ``unproved`` means
    that not even a reference in it may put it with a case: everyone can read it, or nobody has shown who she is. ``rates`` is
    the contact whose question how we did it answers, where its channel knows that.
    """

    channel: str
    external_id: str
    received_at: datetime
    sender: str = ""
    sender_name: str = ""
    answer_to: str = ""
    sent_to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    whole: str = ""
    files: tuple[ArrivedFile, ...] = ()
    message_id: str = ""
    answers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    machine: str = ""
    quiet: bool = False
    unproved: bool = False
    verdicts: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    original: bytes | None = None
    rates: UUID | None = None
    language: str = ""
    """What it is written in (BCP 47), where its channel could tell."""
