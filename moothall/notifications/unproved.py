"""Messages to an address that somebody typed and nobody has proved to be hers.

Whoever asks for one could name anybody's, or a number that costs: so they are counted by where they go and by who asks,
and a text goes to a British mobile only.
"""

from datetime import datetime
from typing import Final

from moothall.core.limits import count
from moothall.customers.rules.writing import is_british_mobile

FROM_ONE_SENDER: Final = 30
"""Messages an hour that one network address, or kiosk, can have us send, of all kinds together: a library's visitors share
one."""


class CannotWrite(ValueError):
    """We do not write there; the message says what to give instead."""


def count_unproved(where: str, *, kind: str, most: int, sender: str, at: datetime) -> None:
    """Count one message of a ``kind`` to ``where``, which has ``most`` of them an hour.

    ``sender`` is the network address that asks for it, or the kiosk; empty where it is not known.

    Raises:
        CannotWrite: a text to anything but a British mobile. TooManyAttempts: none is left for now; nothing was counted.
    """
    if "@" not in where and not is_british_mobile(where):
        raise CannotWrite("We send texts to UK mobile numbers only. Give an email address, or a number that starts 07.")
    allowed = {f"{kind} to {where}": most}
    if sender:
        allowed[f"from {sender}"] = FROM_ONE_SENDER
    count("unproved", allowed, at=at, minutes=60)
