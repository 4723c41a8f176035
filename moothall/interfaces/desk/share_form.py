"""What the form of a matter offers for sharing it with whoever is on the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moothall.intake.actions.sharing import NO_LINK, SPOKEN
from moothall.intake.desk import SEEN, DeskContact, DeskMatter
from moothall.intake.queries.sharing import ShareChoices, SharedView, share_choices, shared
from moothall.interfaces.policy import Request
from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the form says of sharing it: where a link may go, how far a shared request is, what the officer saw of it.

    ``spoken``: they are on the line or here, so the link helps them; else it asks them for the rest of what they wrote about.
    """

    choices: ShareChoices
    state: SharedView | None
    seen: str
    typed: str
    because: str
    spoken: bool

    @property
    def chosen(self) -> str:
        """The address that is marked: what was typed before, else hers where there is one."""
        known = {value for value, _ in self.choices.addresses}
        return self.typed if self.typed in known | {NO_LINK, "other"} else next(iter(sorted(known)), "other")


def sharing(request: Request, held: DeskContact, matter: DeskMatter, service: Service, at: datetime) -> Sharing:
    """What the form offers. One query where it goes on with a request."""
    seen = matter.draft.first(SEEN)
    return Sharing(
        choices=share_choices(service, held.contact, held.customer),
        state=shared(matter.dialogue_id, seen=seen, visible_to=request.actor, at=at),
        seen=seen, typed=matter.draft.first("share-to"),
        because=held.contact.helped_because or matter.draft.first("share-because"),
        spoken=held.contact.channel in SPOKEN,
    )  # fmt: skip
