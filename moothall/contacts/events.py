"""The events this room records."""

RECEIVED = "contact.received"
ANSWERED = "contact.answered"
CLOSED = "contact.closed"
MATTER_ENDED = "matter.ended"
IDENTIFIED = "contact.identified"
GIVEN = "contact.given"
