"""One row of another system, as the contact, the case and the promise it becomes here. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from moothall.cases.actions import ImportedCase, ImportedNote
from moothall.cases.actions.opening import NewCase
from moothall.contacts.importing import ImportedContact, ImportedMatter
from moothall.contacts.models import Outcome
from moothall.core.ids import new_id
from moothall.intake.importing.mapping import RequestsMapping, slug
from moothall.intake.importing.reading import RawRow
from moothall.promises.importing import ImportedPromise
from moothall.promises.rules import Fact, FactKind, Standard, Unit

KIND = "complete"
CALENDAR = "always"


class Refusal(Exception):
    """A row that cannot be kept; the text says why, `id` which it was."""

    def __init__(self, id_: str, why: str) -> None:
        self.id = id_
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Built:
    """A row that can be kept. `flag` is the file's own verdict; `due` its own due time; `notes` what there is to say."""

    id: str
    type: str
    title: str
    opened: datetime
    due: datetime | None
    flag: bool | None
    contact: ImportedContact
    case: ImportedCase
    promise: ImportedPromise | None
    area: str
    area_name: str
    notes: tuple[str, ...]
    team_word: str = ""

    @property
    def judged_without_flag(self) -> bool:
        """Whether the row has both dates and no flag of the file's own."""
        return self.due is not None and self.case.closed_at is not None and self.flag is None


class Builder:
    """Reads rows by a mapping and the columns the file has (field: column)."""

    def __init__(self, mapping: RequestsMapping, columns: Mapping[str, str]) -> None:
        self.mapping, self.columns = mapping, columns
        self._format = mapping.times[0]
        self._service = lru_cache(maxsize=None)(mapping.service)
        self._team = lru_cache(maxsize=None)(mapping.team)
        self._slug = lru_cache(maxsize=None)(slug)

    def build(self, row: RawRow) -> Built:
        """Return what a row becomes. Raises `Refusal`."""
        if row.problem:
            raise Refusal("", row.problem)
        m, notes = self.mapping, []
        get = {name: row.values[column].strip() for name, column in self.columns.items()}.get
        id_ = get("id") or ""
        if not id_ or len(id_) > 200:
            raise Refusal(id_[:40], "it has no id" if not id_ else "its id is longer than 200 characters")
        kind = get("type") or ""
        if not kind:
            raise Refusal(id_, "it has no type")
        opened = self._time(id_, "opened", get("opened"))
        if opened is None:
            raise Refusal(id_, "it does not say when it was opened")
        due, closed = self._time(id_, "due", get("due")), self._time(id_, "closed", get("closed"))
        self._check_state(id_, get("state") or "", closed)
        started = opened
        if closed is not None and closed < opened:
            started = closed
            notes.append("closed before it was opened: its clock is taken to start when it was closed")
        if due is not None and due < opened:
            raise Refusal(id_, "it was due before it was opened")
        flag = self._flag(id_, get("on_time") or "")
        if due is not None and flag is None and m.on_time:
            notes.append("no on-time flag" if closed is not None else "no on-time flag, and still open")
        channel = m.channels.get(get("channel") or "", m.other_channel)
        if m.channels and get("channel") not in m.channels:
            notes.append(f"the mapping does not know the channel {get('channel')!r}: taken as {m.other_channel}")
        return self._made(row, get, id_, kind, (opened, started, due, closed), flag, channel, tuple(notes))

    def _made(
        self, row: RawRow, get: Any, id_: str, kind: str,
        times: tuple[datetime, datetime, datetime | None, datetime | None], flag: bool | None, channel: str,
        notes: tuple[str, ...],
    ) -> Built:  # fmt: skip
        opened, started, due, closed = times
        m = self.mapping
        service, team = self._service(kind), self._team(get("team") or "")
        area_name = get("area") or ""
        area = self._slug(area_name)[:20].strip("-")
        title, words = get("title") or "", get("words") or ""
        outcome, resolved = m.outcome(words) if closed is not None else ("", None)
        latitude, longitude = self._position(get)
        contact_id, case_id = new_id(), new_id()
        contact = ImportedContact(
            id=contact_id, channel=channel, received_at=started, service=service, area=area,
            matters=(ImportedMatter(service, Outcome.HANDED_ON, case_id),),
        )  # fmt: skip
        answers = {"type": kind, "title": title} | {c: v for c in m.keep if (v := row.values.get(c, "").strip())}
        new = NewCase(
            service=service, channel=channel, team=team, answers=answers, contact_id=contact_id, area=area,
            place_text=get("place") or "", latitude=latitude, longitude=longitude, source=m.source, external_id=id_,
        )  # fmt: skip
        written = (ImportedNote(closed, words, actor_kind="system"),) if closed is not None and words else ()
        case = ImportedCase(
            id=case_id, new=new, opened_at=started, closed_at=closed, outcome=outcome, resolved=resolved, notes=written
        )
        promise = None
        if due is not None:
            met = (Fact(FactKind.MET, closed),) if closed is not None else ()
            standard = Standard(f"{service}.imported", round((due - started).total_seconds()), Unit.SECONDS, CALENDAR)
            promise = ImportedPromise(
                kind=KIND, standard=standard, subject_id=case_id, started_at=started, facts=met, service=service,
                channel=channel, team=team, area=area,
            )  # fmt: skip
        return Built(
            id_, kind, title, opened, due, flag, contact, case, promise, area, area_name, notes, get("team") or ""
        )

    def _time(self, id_: str, field: str, text: str | None) -> datetime | None:
        if not text:
            return None
        for written in (self._format, *self.mapping.times):
            try:
                found = datetime.strptime(text, written)  # noqa: DTZ007 - by the wall of the mapping's zone
            except ValueError:
                continue
            self._format = written
            return found.replace(tzinfo=self.mapping.tz).astimezone(UTC)
        raise Refusal(id_, f"it has no time we can read in {self.columns[field]}: {text[:40]!r}")

    def _check_state(self, id_: str, state: str, closed: datetime | None) -> None:
        if not self.mapping.states:
            return
        meant = self.mapping.states.get(state)
        if meant is None:
            raise Refusal(id_, f"the mapping does not know the state {state[:40]!r}")
        if meant == "closed" and closed is None:
            raise Refusal(id_, "it is closed and does not say when")
        if meant == "open" and closed is not None:
            raise Refusal(id_, "it is open and says when it was closed")

    def _flag(self, id_: str, text: str) -> bool | None:
        if not text or not self.mapping.on_time:
            return None
        if text not in self.mapping.on_time:
            raise Refusal(id_, f"the mapping does not know the on-time flag {text[:40]!r}")
        return self.mapping.on_time[text]

    def _position(self, get: Any) -> tuple[float | None, float | None]:
        try:
            latitude, longitude = float(get("latitude") or ""), float(get("longitude") or "")
        except ValueError:
            return None, None
        nowhere = (latitude, longitude) in self.mapping.nowhere
        return (None, None) if nowhere or abs(latitude) > 90 or abs(longitude) > 180 else (latitude, longitude)
