"""An auditor's copy: the events of some months, their seals, who looked at whom and why, and what the check found."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import IO, Any

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.seals import verify
from moothall.core.seals.verifying import canonical_rows, months_between, seal_lines
from moothall.customers.queries import looks_between

READ_ME = """What is in this archive

events.jsonl   every event of the months, one a line, in the order it was written. A line is the text that was sealed.
seals.csv      the chain: month, number, rows, digest of the seal before, digest of this one, when it was made
sealed.csv     for each sealed event: month, number of its seal, its id, the SHA-256 of its line
looks.csv      who looked at whose record, when, for which purpose, on which screen
verdict.json   what our own check found when this was made

To check it yourself
1. The SHA-256 of each line of events.jsonl (UTF-8, without the line's end) is the one in sealed.csv for its id.
   A line that is not there is newer than the last seal; an id that has no line was taken out.
2. The digest of a seal is the SHA-256 of "before:month:number:" followed by the id (16 bytes) and digest (32 bytes)
   of each of its rows, in the order of sealed.csv. `before` of the first seal of a month is 64 zeros.

Events hold ids and codes only. Nobody is named in them.
"""


def write_audit(out: IO[bytes], first: date, last: date, *, by: Actor, at: datetime) -> None:
    """Write the archive for the months from `first` to `last`, as a zip.

    Raises:
        Refused: the actor is no auditor.
    """
    require(by, "audit.view")
    months = months_between(first, last)
    begin = datetime(int(months[0][:4]), int(months[0][5:]), 1, tzinfo=UTC)
    year, month = int(months[-1][:4]), int(months[-1][5:])
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    verdict = verify(first, last)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME)
        archive.writestr(
            "verdict.json", json.dumps(asdict(verdict) | {"holds": verdict.holds, "made_at": at}, default=str, indent=1)
        )
        with archive.open("events.jsonl", "w") as part:
            for line in canonical_rows(first, last):
                part.write(line.encode() + b"\n")
        seals, sealed = _csv(), _csv()
        seals[1].writerow(["month", "number", "rows", "before", "digest", "sealed_at"])
        sealed[1].writerow(["month", "number", "event", "sha256"])
        for one in seal_lines(months):
            seals[1].writerow([one.month, one.number, one.rows, one.before, one.digest, one.sealed_at.isoformat()])
            for event_id, digest in one.entries:
                sealed[1].writerow([one.month, one.number, event_id, digest])
        archive.writestr("seals.csv", seals[0].getvalue())
        archive.writestr("sealed.csv", sealed[0].getvalue())
        looks = _csv()
        looks[1].writerow(["at", "actor_kind", "actor", "customer", "purpose", "screen", "case"])
        for look in looks_between(begin, end, by):
            looks[1].writerow(
                [look.at.isoformat(), look.actor_kind, look.actor_id or "", look.customer_id, look.purpose, look.screen,
                 look.case_id or ""]
            )  # fmt: skip
        archive.writestr("looks.csv", looks[0].getvalue())


def _csv() -> tuple[io.StringIO, Any]:
    out = io.StringIO()
    return out, csv.writer(out)
