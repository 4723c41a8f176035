"""What an invitation in an e-mail says, in a sentence. Pure; the calendar itself is kept beside as a file."""

from __future__ import annotations

import re

from moothall.channels.email.bodies import decoded

_FIELD = re.compile(r"^(METHOD|SUMMARY|DTSTART|LOCATION)(?:;[^:\n]{0,200})?:([^\n]{0,300})$", re.MULTILINE)
_WHEN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2}))?")
_KINDS = {"REQUEST": "An invitation", "CANCEL": "A cancelled meeting", "REPLY": "An answer to an invitation"}


def invitation(content: bytes) -> list[str]:
    """Return a sentence on what is asked and when, or nothing where it is no calendar that can be read."""
    text = re.sub(r"\n[ \t]", "", decoded(content[:100_000]))
    said: dict[str, str] = {}
    for name, value in _FIELD.findall(text):
        said.setdefault(name, value.replace("\\,", ",").replace("\\n", " ").strip())
    if "SUMMARY" not in said and "METHOD" not in said:
        return []
    when = _WHEN.search(said.get("DTSTART", ""))
    parts = [_KINDS.get(said.get("METHOD", "").upper(), "A date"), "came with it"]
    sentence = " ".join(parts) + (f": {said['SUMMARY'][:120]}" if said.get("SUMMARY") else "")
    if when:
        sentence += f", {when[3]}/{when[2]}/{when[1]}" + (f" {when[4]}:{when[5]}" if when[4] else "")
    return [sentence + (f", {said['LOCATION'][:100]}" if said.get("LOCATION") else "") + "."]
