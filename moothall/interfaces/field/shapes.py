"""What devices send, read strictly: a report that cannot be read is answered by itself and stays on the device."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from moothall.field.actions import Sent


class ReportIn(BaseModel):
    """One report. ``skew`` in milliseconds: how far the device's clock was behind ours, as far as it knew."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    id: UUID
    number: int = Field(ge=1, le=2_000_000_000)
    kind: str = Field(max_length=20)
    at: datetime
    job: UUID | None = None
    skew: float | None = Field(None, ge=-1e13, le=1e13)
    reason: str = Field("", max_length=40)
    service: str = Field("", max_length=80)
    words: str = Field("", max_length=1000)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    left: dict[Annotated[str, Field(max_length=80)], Annotated[int, Field(ge=1, le=1000)]] = Field({}, max_length=100)

    def sent(self) -> Sent:
        """Return the report as the room takes it."""
        return Sent(
            self.id, self.number, self.kind, self.at, self.job,
            timedelta(milliseconds=self.skew) if self.skew is not None else None, self.reason, self.service,
            self.words.replace("\x00", ""), self.latitude, self.longitude, self.left,
        )  # fmt: skip


class ReportsIn(BaseModel):
    """A call: when the device thinks it is, how much it still holds, and its oldest reports."""

    model_config = ConfigDict(extra="ignore")

    sent_at: datetime
    waiting: int = Field(0, ge=0)
    reports: list[dict[str, object]] = Field(max_length=200)


_REPORT = TypeAdapter(ReportIn)


def read_reports(body: bytes) -> tuple[ReportsIn, list[Sent], list[dict[str, object]]]:
    """Read a call; return it, its good reports, and an answer for each that cannot be read.

    Raises:
        ValueError: it is no call at all.
    """
    call = ReportsIn.model_validate_json(body)
    if call.sent_at.tzinfo is None:
        raise ValueError("sent_at needs its zone")
    good, bad = list[Sent](), list[dict[str, object]]()
    for raw in call.reports:
        try:
            read = _REPORT.validate_python(raw)
            if read.at.tzinfo is None:
                raise ValueError("at needs its zone")
            good.append(read.sent())
        except (ValidationError, ValueError, OverflowError):
            bad.append(
                {"id": raw.get("id"), "verdict": "unread", "told": "We could not read this report. Ring the office."}
            )
    return call, good, bad
