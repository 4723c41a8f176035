"""The events this room records."""

ASKED = "rating.asked"
GIVEN = "rating.given"
