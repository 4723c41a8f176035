"""Time lines in words: what happened to a case or around a person, by day, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from moothall.cases.queries import CasePage
from moothall.core.events import Recorded
from moothall.core.people import PersonEntry
from moothall.interfaces.desk import labels
from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import DayView, LineEntry

Said = tuple[str, str]
"""What happened, and more about it."""

LATE: Final = frozenset({"promise.broken"})
KEY: Final = frozenset(
    {"case.opened", "case.closed", "case.reopened", "case.merged", "promise.explained", "promise.met"}
)
SHOWN: Final = frozenset({"message.queued", "message.suppressed", "message.together"})
HIDDEN: Final = frozenset({"customer.changed", "message.sent"})


def by_day(entries: Iterable[tuple[datetime, LineEntry]], now: datetime) -> tuple[DayView, ...]:
    """Put entries, newest first, under the days they happened on."""
    days: list[tuple[str, list[LineEntry]]] = []
    for at, entry in entries:
        heading = day_heading(at, now)
        if not days or days[-1][0] != heading:
            days.append((heading, []))
        days[-1][1].append(entry)
    return tuple(DayView(heading, tuple(found)) for heading, found in days)


def day_heading(at: datetime, now: datetime) -> str:
    """Return “Today”, “Yesterday”, “Thursday 12 November”, with the year when it is another."""
    there, here = words.local(at), words.local(now)
    gap = (here.date() - there.date()).days
    if gap in (0, 1):
        return ("Today", "Yesterday")[gap]
    return words.day(at) if there.year == here.year else words.day_year(at)


def of_person(entries: Iterable[PersonEntry], now: datetime) -> tuple[DayView, ...]:
    """A person's time line. Where an entry leads depends on what it is: a case or a contact has a page."""
    pages = {"case": "desk:case", "contact": "desk:contact", "announcement": "desk:announcement",
             "message": "desk:message"}  # fmt: skip

    def line(entry: PersonEntry) -> LineEntry:
        page = pages.get(entry.link_kind)
        return LineEntry(
            time=words.clock_24(entry.at),
            what=entry.title,
            text=entry.detail,
            how=labels.channel(entry.channel) if entry.channel else "",
            link=reverse(page, args=[entry.link_id]) if page and entry.link_id else "",
            key=entry.kind == "case",
            late=entry.state == "late",
        )

    return by_day(((entry.at, line(entry)) for entry in entries), now)


def of_case(page: CasePage, messages: Mapping[str, str], now: datetime) -> tuple[DayView, ...]:
    """A case's time line, from its events; ``messages`` are the texts of messages by event subject id."""
    notes = {str(note.id): note.text for note in page.notes}
    tasks = {str(task.id): task.title for task in page.tasks}
    said = Teller(page, notes, tasks, messages)
    entries = []
    for event in reversed(page.events):
        if event.name in HIDDEN:
            continue
        what, more = said.tell(event)
        entry = LineEntry(
            time=words.clock_24(event.occurred_at),
            what=what,
            text=more,
            who=who(event, page.staff),
            link=reverse("desk:message", args=[event.subject_id]) if event.name in SHOWN and event.subject_id else "",
            key=event.name in KEY,
            late=event.name in LATE,
        )
        entries.append((event.occurred_at, entry))
    return by_day(entries, now)


def since(page: CasePage, moment: datetime | None) -> list[str]:
    """Say what was done to a case after a moment, one line each: what a colleague did while one was writing."""
    said = Teller(page, {str(n.id): n.text for n in page.notes}, {str(t.id): t.title for t in page.tasks}, {})
    told = []
    for event in page.events:
        if moment is None or event.occurred_at > moment:
            what, more = said.tell(event)
            name = who(event, page.staff)
            told.append(
                f"{words.clock_time(event.occurred_at)} {name + ': ' if name else ''}{what}{', ' + more if more else ''}"
            )
    return told


def who(event: Recorded, staff: Mapping[UUID, str]) -> str:
    """Name who did it, where a person did."""
    if event.actor_kind == "staff" and event.actor_id:
        return staff.get(event.actor_id, "A colleague")
    if event.actor_kind == "partner" and event.name.startswith("help."):
        return "They, by their link"
    return {"customer": "The customer", "anonymous": "The customer", "partner": "Another system"}.get(
        event.actor_kind, ""
    )


class Teller:
    """Says each event of one case in words. An event it does not know is said by its name: nothing is left out."""

    def __init__(
        self, page: CasePage, notes: Mapping[str, str], tasks: Mapping[str, str], messages: Mapping[str, str]
    ) -> None:
        self.page, self.notes, self.tasks, self.messages = page, notes, tasks, messages

    def tell(self, event: Recorded) -> Said:
        """Return what happened and more about it."""
        teller: Callable[[Recorded], Said] | None = getattr(self, f"_{event.name.replace('.', '_')}", None)
        return teller(event) if teller else (labels.plain(event.name.replace(".", " ")), "")

    def _case_opened(self, event: Recorded) -> Said:
        return (
            f"Opened: {labels.service(event.service)}",
            f"by {labels.channel(event.channel).lower()}, for {labels.team(event.team)}",
        )

    def _case_joined(self, event: Recorded) -> Said:
        words_ = {"chased": "The customer asked how it is getting on", "added": "The customer told us more"}
        return words_.get(str(event.data.get("role")), "A further contact about this"), ""

    def _case_assigned(self, event: Recorded) -> Said:
        person = _uuid(event.data.get("assignee_id"))
        name = self.page.staff.get(person, "a colleague") if person else ""
        team = labels.team(str(event.data.get("team", "")))
        reason = str(event.data.get("reason") or "")
        return f"Given to {name}, {team}" if name else f"Given to {team}", labels.plain(reason) if reason else ""

    def _case_status_changed(self, event: Recorded) -> Said:
        return f"Status: {labels.status(str(event.data.get('status', '')), event.service)}", ""

    def _case_waiting(self, event: Recorded) -> Said:
        return "Waiting", labels.pause(str(event.data.get("reason", "")))

    def _case_resumed(self, event: Recorded) -> Said:
        return "Going on again", ""

    def _help_referred(self, event: Recorded) -> Said:
        return "Referred to help from others", {
            "email": "asked by a private link", "phone": "an adviser rings them", "herself": "told how to reach them",
        }.get(str(event.data.get("way")), "")  # fmt: skip

    def _help_accepted(self, event: Recorded) -> Said:
        return "Taken on by who was asked to help", ""

    def _help_declined(self, event: Recorded) -> Said:
        return "Who was asked to help cannot", labels.plain(str(event.data.get("reason") or ""))

    def _help_missed(self, event: Recorded) -> Said:
        return "Not reached or not met by who was to help", ""

    def _help_done(self, event: Recorded) -> Said:
        return "Who was asked to help says it is done", ""

    def _help_chased(self, event: Recorded) -> Said:
        return "No answer from who was asked to help: asked again", ""

    def _help_silent(self, event: Recorded) -> Said:
        return "No answer from who was asked to help, twice", ""

    def _help_taken_back(self, event: Recorded) -> Said:
        return "They took back that they are referred", ""

    def _help_over(self, event: Recorded) -> Said:
        return "Nothing is shared with who was asked to help any more", ""

    def _case_noted(self, event: Recorded) -> Said:
        text = self.notes.get(str(event.data.get("note_id")), "")
        return ("Note the customer can read" if event.data.get("visible_to_customer") else "Note", text)

    def _case_answered(self, event: Recorded) -> Said:
        return "The customer wrote", self.notes.get(str(event.data.get("note_id")), "")

    def _case_task_added(self, event: Recorded) -> Said:
        return f"To do: {self.tasks.get(str(event.data.get('task_id')), 'a task')}", ""

    def _case_task_done(self, event: Recorded) -> Said:
        return f"Done: {self.tasks.get(str(event.data.get('task_id')), 'a task')}", ""

    def _case_closed(self, event: Recorded) -> Said:
        fixed = {
            "True": "The customer got what they asked for.",
            "False": "The customer did not get what they asked for.",
        }
        outcome = labels.outcome(str(event.data.get("outcome", "")), event.service)
        return f"Closed: {outcome}", fixed.get(str(event.data.get("resolved")), "")

    def _case_priority_changed(self, event: Recorded) -> Said:
        level = str(event.data.get("priority", ""))
        return f"Priority: {labels.PRIORITIES.get(level, labels.plain(level))}", _because(event.data.get("reason"))

    def _glass_broken(self, event: Recorded) -> Said:
        return "Opened in need, without the role for it", ""

    def _glass_closed(self, event: Recorded) -> Said:
        return "Sealed again", ""

    def _glass_reviewed(self, event: Recorded) -> Said:
        return "Opening judged: " + ("justified" if event.data.get("justified") else "not justified"), ""

    def _case_merged(self, event: Recorded) -> Said:
        return "Joined to another case of the same thing", ""

    def _case_reopened(self, event: Recorded) -> Said:
        return "Opened again", labels.plain(str(event.data.get("reason") or ""))

    def _promise_made(self, event: Recorded) -> Said:
        return f"Promised: {self._kind(event)}", f"by {_when(event.data.get('due_at'))}" if event.data.get(
            "due_at"
        ) else ""

    def _promise_paused(self, event: Recorded) -> Said:
        return f"Clock stopped: {self._kind(event)}", labels.pause(str(event.data.get("reason") or ""))

    def _promise_resumed(self, event: Recorded) -> Said:
        return f"Clock running: {self._kind(event)}", f"now by {_when(event.data.get('due_at'))}"

    def _promise_extended(self, event: Recorded) -> Said:
        return f"More time: {self._kind(event)}", f"now by {_when(event.data.get('due_at'))}"

    def _promise_at_risk(self, event: Recorded) -> Said:
        return f"At risk: {self._kind(event)}", f"due by {_when(event.data.get('due_at'))}"

    def _promise_broken(self, event: Recorded) -> Said:
        return f"Promise broken: {self._kind(event)}", f"was due by {_when(event.data.get('due_at'))}"

    def _promise_explained(self, event: Recorded) -> Said:
        reason = str(event.data.get("reason") or "")
        because = "" if reason == "no_reason_recorded" else f" {labels.pause(reason)}."
        return f"New date given: {self._kind(event)}", f"by {_when(event.data.get('new_date'))}.{because}"

    def _promise_changed(self, event: Recorded) -> Said:
        return f"Another date: {self._kind(event)}", f"now by {_when(event.data.get('due_at'))}"

    def _promise_agreed(self, event: Recorded) -> Said:
        return f"Promised for the day booked: {self._kind(event)}", f"now by {_when(event.data.get('due_at'))}"

    def _redress_owed(self, event: Recorded) -> Said:
        return "We owe for the broken promise", self._redress(event)

    def _redress_settled(self, event: Recorded) -> Said:
        return "Given for the broken promise", self._redress(event)

    def _redress(self, event: Recorded) -> str:
        owed = next((p.owed for p in self.page.promises if p.id == event.subject_id), None)
        return owed.words if owed is not None else labels.plain(str(event.data.get("redress", "")))

    def _promise_met(self, event: Recorded) -> Said:
        kept = event.data.get("on_time", True)
        return f"{'Kept' if kept else 'Done late'}: {self._kind(event)}", ""

    def _promise_withdrawn(self, event: Recorded) -> Said:
        return f"No longer promised: {self._kind(event)}", ""

    def _promise_reopened(self, event: Recorded) -> Said:
        return f"Clock running again: {self._kind(event)}", ""

    def _message_queued(self, event: Recorded) -> Said:
        return f"{self._message(event)} to the customer", self.messages.get(str(event.subject_id), "")

    def _message_together(self, event: Recorded) -> Said:
        return f"{self._message(event)} told together with others of the day", ""

    def _message_suppressed(self, event: Recorded) -> Said:
        return f"{self._message(event)} not sent", self.messages.get(str(event.subject_id), "")

    def _message_delivered(self, event: Recorded) -> Said:
        return f"{self._message(event)} delivered", ""

    def _message_failed(self, event: Recorded) -> Said:
        return f"{self._message(event)} not delivered", ""

    def _message_doubt(self, event: Recorded) -> Said:
        return f"{self._message(event)}: not sure that it went", ""

    def _rating_given(self, event: Recorded) -> Said:
        return f"Rated: {labels.plain(str(event.data.get('score', '')))}", ""

    def _announcement_joined(self, event: Recorded) -> Said:
        return "Joined to what is announced", "The customer hears the news and when it is over."

    def _matter_ended(self, event: Recorded) -> Said:
        return f"In a contact: {labels.OUTCOMES.get(str(event.data.get('outcome')), 'ended').lower()}", ""

    def _message(self, event: Recorded) -> str:
        return {"email": "Email", "sms": "Text message", "post": "Letter"}.get(
            str(event.data.get("channel") or event.channel), "Message"
        )

    def _kind(self, event: Recorded) -> str:
        kind = str(event.data.get("kind", ""))
        return labels.KINDS.get(kind, labels.plain(kind)).lower()


def _because(reason: Any) -> str:
    return labels.URGENT_BECAUSE.get(str(reason), labels.plain(str(reason)) if reason else "")


def _uuid(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None


def _when(value: Any) -> str:
    return words.by_when(datetime.fromisoformat(str(value))) if value else ""
