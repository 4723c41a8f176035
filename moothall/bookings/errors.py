"""What a person can be told when a booking cannot be made or changed. Each message is the sentence to show."""

from __future__ import annotations

from moothall.core.money import pounds


class NotBookable(ValueError):
    """Not a time we offer, or not (any more) one that can be booked in this way."""


class SlotTaken(NotBookable):
    """Somebody was quicker, or the day is full. Nothing was held; `bookable` and `slot` say what was wanted."""

    def __init__(self, bookable: str, slot: str, says: str = "") -> None:
        self.bookable, self.slot = bookable, slot
        super().__init__(says or "Somebody has just taken that time. Choose another: we show what is free now.")


class TooFewPlaces(SlotTaken):
    """A session has places left, but not for a party of this size. Nothing was held."""

    def __init__(self, bookable: str, slot: str, *, left: int, wanted: int) -> None:
        few = "Only 1 place is" if left == 1 else f"Only {left} places are"
        says = f"{few} left then, and you want {wanted}. Choose another time, or ask for fewer places."
        super().__init__(bookable, slot, says)
        self.left = left


class HoldGone(NotBookable):
    """The time was kept for a while, and is not kept any more."""

    def __init__(self) -> None:
        super().__init__("We could not keep that time for you any longer, and it has gone. Choose another.")


class TooManyHeld(NotBookable):
    """One person keeps as many unpaid times as the pack lets her; ``until`` is when the first is let go, by our clocks."""

    def __init__(self, held: int, until: str) -> None:
        many = f"{held} times" if held > 1 else "a time"
        super().__init__(
            f"You keep {many} already that {'are' if held > 1 else 'is'} not paid for, and that is the most one person may"
            f" keep. Pay first, or wait: {'the first' if held > 1 else 'it'} is let go at {until}. Then choose again."
        )


class DearerTime(NotBookable):
    """The customer moves it to an hour that costs ``more`` pence more than the one she paid for; nothing was moved."""

    def __init__(self, more: int) -> None:
        self.more = more
        super().__init__(
            f"That time costs {pounds(more)} more than the one you have. Your booking is moved once that is paid: choose the"
            " time on the booking’s own page, or ask us."
        )


class TooLate(NotBookable):
    """The customer may not change it herself so shortly before."""


class NoSuchBooking(LookupError):
    """There is no such booking."""
