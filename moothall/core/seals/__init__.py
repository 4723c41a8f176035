"""Seals: a chain of digests over the events, so that a changed, missing or inserted row is found.

Writers know nothing of it. A job follows the feed behind the last open transaction, takes the next rows in their order, and
keeps for each month's partition a seal: the digest of every row in it, chained to the seal before. Reading is all it asks of
the event table, so nobody who writes ever waits.
"""

from moothall.core.seals.sealing import seal_next
from moothall.core.seals.verifying import Finding, Verdict, verify

__all__ = ["Finding", "Verdict", "seal_next", "verify"]
