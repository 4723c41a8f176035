"""The events this room records."""

GIVEN = "rating.given"
