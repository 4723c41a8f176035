"""The only writers of bookings, by topic: holding, changing, the day itself, waiting, what officers book."""

from moothall.bookings.actions.arranging import arrange_needs, warn_unarranged
from moothall.bookings.actions.attending import arrive, attended, missed, queue_reminders
from moothall.bookings.actions.changing import cancel, move, move_to_offered, offer_times, visit_failed
from moothall.bookings.actions.closing import Closed, close, close_what_the_pack_closes, finish_closures, open_again
from moothall.bookings.actions.dearer import hold_dearer
from moothall.bookings.actions.fewer import keep_places
from moothall.bookings.actions.holding import (
    attach,
    confirm,
    expire_holds,
    hand_over,
    hold,
    hold_again_or_none,
    kept_until_words,
    rebook_or_none,
    release,
    release_for,
    tell_needs,
)
from moothall.bookings.actions.series import Weekly, cancel_following, hold_weekly
from moothall.bookings.actions.staff import Series, book_series, cancel_from, issue_card
from moothall.bookings.actions.waiting import (
    Asked,
    Taken,
    end_waits,
    join_list,
    leave_list,
    let_offer_go,
    offer_freed,
    offer_lapsed,
    take_offer,
)
from moothall.bookings.errors import (
    HoldGone,
    NoSuchBooking,
    NotBookable,
    SlotTaken,
    TooFewPlaces,
    TooLate,
    TooManyHeld,
)

__all__ = [
    "Asked",
    "Closed",
    "HoldGone",
    "NoSuchBooking",
    "NotBookable",
    "Series",
    "SlotTaken",
    "Taken",
    "TooFewPlaces",
    "TooLate",
    "TooManyHeld",
    "Weekly",
    "arrange_needs",
    "arrive",
    "attach",
    "attended",
    "book_series",
    "cancel",
    "cancel_following",
    "cancel_from",
    "close",
    "close_what_the_pack_closes",
    "confirm",
    "end_waits",
    "expire_holds",
    "finish_closures",
    "hand_over",
    "hold",
    "hold_again_or_none",
    "hold_dearer",
    "hold_weekly",
    "issue_card",
    "join_list",
    "keep_places",
    "kept_until_words",
    "leave_list",
    "let_offer_go",
    "missed",
    "move",
    "move_to_offered",
    "offer_freed",
    "offer_lapsed",
    "offer_times",
    "open_again",
    "queue_reminders",
    "rebook_or_none",
    "release",
    "release_for",
    "take_offer",
    "tell_needs",
    "visit_failed",
    "warn_unarranged",
]
