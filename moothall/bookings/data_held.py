"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

ROOM = "bookings"
TIME = "To keep a time for her"

holds(
    "bookings.Booking",
    purpose=TIME,
    basis=Basis.CONTRACT,
    kept="booking",
    personal="customer_id card language title",
    special="access needs",
    plain="way load for_kind ended_because",
    room=ROOM,
)
holds(
    "bookings.Wait",
    purpose=TIME,
    basis=Basis.CONTRACT,
    kept="booking",
    personal="customer_id email phone card language near_latitude near_longitude",
    special="access needs answers",
    plain="sites way load",
    room=ROOM,
)
holds(
    "bookings.HeldCard",
    purpose="To give what her card gives",
    kept="booking",
    personal="number card customer_id",
    plain="valid_from valid_to",
    room=ROOM,
)
holds_nobody("What is taken of each day", "bookings.Claim", "bookings.Tally", "bookings.MoveOffer", kept="booking")
holds_nobody("When a place had to close, and why", "bookings.Closure", kept="booking")
