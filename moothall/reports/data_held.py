"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

ROOM = "reports"

holds(
    "reports.Report",
    purpose="To show everyone what is reported in the street",
    kept="case",
    personal="words description",
    plain="place latitude longitude cell15 cell18 outcome with_partner photo_marks",
    room=ROOM,
    not_copied="Made from her case, which is copied; nothing else is in it.",
)
holds(
    "reports.Follower",
    purpose="To tell who asked to hear",
    basis=Basis.CONSENT,
    kept="follower",
    personal="address",
    plain="said",
    room=ROOM,
)
holds(
    "reports.Alert",
    purpose="To tell who asked to hear",
    basis=Basis.CONSENT,
    kept="follower",
    personal="address latitude longitude place",
    room=ROOM,
)
holds_nobody("Sums for the map; whether a photo is shown", "reports.Cell", "reports.Spot", "reports.Photo", kept="case")
