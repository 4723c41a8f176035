"""What this room holds of people."""

from moothall.core.data_map import holds_nobody

holds_nobody(
    "Where things are: nobody lives in these tables",
    "places.Area",
    "places.Street",
    "places.Shape",
    "places.Landmark",
    "places.Asset",
    "places.Property",
)
