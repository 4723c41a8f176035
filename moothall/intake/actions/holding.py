"""Who holds a request under way (adr/0054): the key it was last gone on with, and the newest link. All older ones are shut.

A link that is only opened changes nothing: whoever scans mail opens it too. With the first thing done by it, it is the key.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.core.actors import SYSTEM
from moothall.core.zone import council_date
from moothall.customers.linking.queries import used_points
from moothall.customers.queries import customer_card, survivor_of
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.tokens import code_of, number_of

ON_A_PAGE = frozenset({"web", "kiosk"})
"""Where it is begun in a browser, which then holds its key."""
FIELDS = ("held_number", "link_number", "link_to", "customer_id", "code")


def held_by(row: Dialogue, token: str) -> int | None:
    """Return the number of a token that still opens a request; None: it is another's, or an older one."""
    return number_of(token, row.id, {row.held_number, row.link_number})


def take_over(row: Dialogue, number: int, *, at: datetime) -> None:
    """Go on with a request by the newest link: whoever held it before reads nothing that is answered from now on.

    What was begun with an account goes to that account only where the link went to an address of its record.
    """
    if number == row.held_number:
        return
    _holds(row, number)
    begun_with_account = row.customer_id is not None and row.helped_in is None and row.representation_id is None
    if begun_with_account and row.staff_id is None and not _reaches(row, at):
        row.customer_id = None
    row.save(update_fields=FIELDS)


def link_goes_to(row: Dialogue, where: str, *, shared: bool = False) -> None:
    """Note where the newest link goes. To another address it is another link, and the one before opens nothing.

    A browser that holds the request keeps it, except where an officer moves the link she had sent (``shared``). Not saved.
    """
    if row.link_to != where and (row.link_to or row.channel in ON_A_PAGE):
        moved = shared and row.link_to != ""
        row.link_number = max(row.link_number, row.held_number) + 1
        if moved:
            _holds(row, row.link_number)
    row.link_to = where


def shut(row: Dialogue) -> None:
    """Let nothing that was given out so far open the request any more."""
    row.link_number = max(row.link_number, row.held_number) + 1
    _holds(row, row.link_number)
    row.link_to = ""
    row.save(update_fields=FIELDS)


def _holds(row: Dialogue, number: int) -> None:
    """From now on this number's link holds it. Whoever saw the code before may say it on the telephone: it is another too."""
    row.held_number = number
    if row.code:
        row.code = code_of(row.id, number)


def same_person(one: UUID | None, other: UUID | None) -> bool:
    """Say whether two records are somebody's same one, also where they were joined; nobody is the same as nobody."""
    if one is None or other is None or one == other:
        return one == other
    return (survivor_of(one) or one) == (survivor_of(other) or other)


def named(dialogue_id: UUID, customer_id: UUID | None, *, contact_id: UUID) -> bool:
    """Say that a contact is somebody else's than it was, so that what was shared in it opens to nobody who has it now.

    Returns whether the matter may go on with this request; not where it was another person's.
    """
    rows = Dialogue.objects.select_for_update().filter(state=DialogueState.OPEN, helped_in=contact_id)
    row = rows.filter(id=dialogue_id).first()
    if row is None or same_person(row.customer_id, customer_id):
        return True
    another = row.customer_id is not None
    row.customer_id = row.customer_id or customer_id
    shut(row)
    return not another


def _reaches(row: Dialogue, at: datetime) -> bool:
    card = customer_card(row.customer_id, SYSTEM, on=council_date(at)) if row.customer_id else None
    return card is not None and row.link_to in {point.value.lower() for point in used_points(card)}
