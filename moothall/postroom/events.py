"""The events this room records. Ids and numbers only."""

SCAN_READ = "scan.read"
SCAN_FAILED = "scan.failed"
FILED = "letter.filed"
SET_ASIDE = "letter.set_aside"
ORIGINAL_HELD = "original.held"
ORIGINAL_SETTLED = "original.settled"
