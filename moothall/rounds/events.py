"""The events this room records."""

FLAGGED = "round.flagged"
STOPPED = "round.stopped"
RESUMED = "round.resumed"
MOVED = "round.moved"
LISTED = "round.help_listed"
SCHEDULED = "round.scheduled"
