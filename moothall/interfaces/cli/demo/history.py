"""A month of invented history: contacts, the cases they open or chase, promises kept and broken, ratings. Pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final
from uuid import UUID

from moothall.cases.actions import ImportedCase
from moothall.cases.actions.opening import NewCase
from moothall.contacts.importing import ImportedContact, ImportedMatter
from moothall.contacts.models import Outcome
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.feedback.actions import About
from moothall.feedback.importing import ImportedRating
from moothall.insight.pack import Demand, LineOfBusiness, Spread
from moothall.intake.actions.raising import AT_ONCE
from moothall.interfaces.cli.demo.answering import Answers
from moothall.interfaces.cli.demo.arrivals import Arrival, Calendar
from moothall.interfaces.cli.demo.borough import Person, Place
from moothall.interfaces.cli.demo.keeping import Keeper
from moothall.promises.actions.owning_up import UNEXPLAINED
from moothall.promises.importing import ImportedPromise
from moothall.promises.rules import Fact, FactKind
from moothall.services.pack import Promise, Service
from moothall.services.questions import on_channel
from moothall.services.rules import work_out

WITH_ANSWERS: Final = timedelta(days=21)
OPENS: Final = {"web": 0.95, "email": 0.75, "post": 0.75, "phone": 0.62, "counter": 0.6, "webchat": 0.35, "social": 0.5}
AVOIDS: Final = {"web": 0.25, "counter": 0.8, "email": 0.9, "post": 0.9}
WRONG_DOOR: Final = 0.3
"""How many of those who want what another body does come to the council all the same: by judgement."""
CHASES: Final = frozenset({"progress_chasing", "premature_closure", "repeat_information"})
WHY: Final = {
    "good": ("Quick and easy.", "Polite and knew what they were doing.", "Done when you said.", "", "", ""),
    "average": ("Got there in the end.", "Form was a bit long.", "", ""),
    "poor": ("Had to ask twice.", "Nobody told me what was happening.", "Took too long.", ""),
}
MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Month:
    """What one month brings in, in order."""

    contacts: list[ImportedContact] = field(default_factory=list)
    cases: list[ImportedCase] = field(default_factory=list)
    promises: list[ImportedPromise] = field(default_factory=list)
    ratings: list[ImportedRating] = field(default_factory=list)


class Historian:
    """Tells the history of a borough. `now` is the present: what would have been done later is still open."""

    def __init__(
        self, pack: Pack, demand: Demand, place: Place, people: Sequence[Person], calendar: Calendar, keeper: Keeper,
        staff: Mapping[str, Sequence[UUID]], *, seed: int, now: datetime,
    ) -> None:  # fmt: skip
        self.pack, self.demand, self.place, self.calendar, self.keeper = pack, demand, place, calendar, keeper
        self.staff, self.seed, self.now = staff, seed, now
        self.answers = Answers(pack, keeper, seed=seed, now=now)
        self.helped_by: dict[str, float] = {str(code): share for code, share in demand.helped.shares.items()}
        self.people = [one for one in people if one.weight > 0]
        self.by_channel = {
            code: list(accumulate(one.weight * _leans(one, code) for one in self.people)) for code in OPENS
        }
        self.services = {
            line.code: [
                (pack.services[code], weight) for code, weight in line.services.items() if code in pack.services
            ]
            for line in demand.lines
        }

    def month(self, first: date, days: Sequence[date]) -> Month:
        """Return the month that begins with `first`, up to now. The same seed and now give the same month."""
        rng = Random(f"history:{self.seed}:{first}")
        made, recent = Month(), dict[str, list[tuple[ImportedCase, Person]]]()
        arrivals = [one for day in days for one in self.calendar.on(day, rng) if one.at < self.now]
        for arrival in sorted(arrivals, key=lambda one: one.at):
            self._contact(arrival, made, recent.setdefault(arrival.line.code, []), rng)
        return made

    # -- one contact --------------------------------------------------------------------------------------------------

    def _contact(self, a: Arrival, made: Month, recent: list[tuple[ImportedCase, Person]], rng: Random) -> None:
        cause, chased = self._cause(a, recent, rng), None
        if cause in CHASES:
            chased = next((pair for pair in reversed(recent[-60:]) if _chases(pair[0], cause, a.at)), None)
            cause = cause if chased else "clarification"
        sums = self.by_channel.get(a.channel) or self.by_channel["phone"]
        person = chased[1] if chased else self.people[bisect(sums, rng.random() * sums[-1])]
        contact_id, service = new_id(), self._service(a.line, rng)
        not_ours = chased is None and service is not None and service.elsewhere is not None
        if not_ours and rng.random() >= WRONG_DOOR:
            return
        code = chased[0].new.service if chased else service.code if service else ""
        case_id = chased[0].id if chased else None
        if chased is not None:
            role = "chased" if cause == "progress_chasing" else "added"
            chased[0].joined.append((contact_id, role, a.at))  # type: ignore[attr-defined]
        elif cause == "new" and service is not None and not not_ours and rng.random() < OPENS.get(a.channel, 0.5):
            opened = self._case(a, service, person, contact_id, made, rng)
            if opened is not None:
                recent.append((opened, person))
                case_id = opened.id
        outcome = Outcome.HANDED_ON if case_id and chased is None else Outcome.INFORMED
        if service is None or not_ours:
            outcome = Outcome.SIGNPOSTED
        made.contacts.append(self._spoken(a, contact_id, person, code, case_id, cause, outcome, rng))
        made.promises += self.answers.of(made.contacts[-1])

    def _cause(self, a: Arrival, recent: Sequence[Any], rng: Random) -> str:
        if rng.random() >= a.line.avoidable * AVOIDS.get(a.channel, 1):
            return "new"
        weights = self.demand.causes.weights
        return rng.choices(list(weights), weights=list(weights.values()))[0]

    def _service(self, line: LineOfBusiness, rng: Random) -> Service | None:
        services = self.services[line.code]
        return rng.choices([one for one, _ in services], [weight for _, weight in services])[0] if services else None

    def _spoken(
        self, a: Arrival, contact_id: UUID, person: Person, service: str, case_id: UUID | None, cause: str,
        outcome: Outcome, rng: Random,
    ) -> ImportedContact:  # fmt: skip
        answered = ended = done = None
        staff: Sequence[UUID] = ()
        if a.channel in ("phone", "counter"):
            waiting = self.demand.waiting
            wait = (
                _drawn(waiting.answered_seconds, rng)
                if a.channel == "phone"
                else 60 * _drawn(waiting.seen_minutes, rng)
            )
            answered = a.at + timedelta(seconds=round(min(wait, 3600)))
            talk = rng.lognormvariate(0, 0.7) * a.line.call.talk / 1.28 + a.line.call.wrap
            ended = answered + timedelta(seconds=round(talk))
            done = outcome is not Outcome.HANDED_ON and rng.random() < (0.5 + a.line.first_contact / 2)
            staff = self.staff.get("customer-services", ())
        shares = self.staff.get("customer-services", ()) if a.channel == "web" else ()
        because, outreach = self._helped(a, opens=case_id is not None and outcome is Outcome.HANDED_ON)
        return ImportedContact(
            id=contact_id, helped_because=because, outreach=outreach,
            helped_by=shares[a.at.second % len(shares)] if because and shares else None,
            channel=a.channel, received_at=a.at, answered_at=answered, ended_at=ended,
            customer_id=person.id, staff_id=rng.choice(staff) if staff else None, service=service,
            area=person.home.area_code, cause=cause, done_in_one=done,
            matters=(ImportedMatter(service, outcome, case_id, cause),) if service else (),
        )  # fmt: skip

    def _helped(self, a: Arrival, *, opens: bool) -> tuple[str, str]:
        """Why she was helped with her request, and where she was met; both drawn apart from all else, by the moment."""
        rng, helped = Random(f"helped:{self.seed}:{a.at.isoformat()}:{a.channel}"), self.demand.helped
        because = opens and rng.random() < self.helped_by.get(a.channel, 0.0)
        away = a.channel == "counter" and rng.random() < helped.away
        return (
            rng.choices(list(helped.because), weights=list(helped.because.values()))[0].value if because else "",
            rng.choices(list(helped.where), weights=list(helped.where.values()))[0].value if away else "",
        )

    # -- one case -----------------------------------------------------------------------------------------------------

    def _case(
        self, a: Arrival, service: Service, person: Person, contact_id: UUID, made: Month, rng: Random
    ) -> ImportedCase | None:
        answers: dict[str, Any] = {}
        decisions: list[dict[str, Any]] = []
        promise, team, priority = _ordinary(service, rng), service.team, "normal"
        if service.examples and self.now - a.at < WITH_ANSWERS:
            example = rng.choice(service.examples)
            course = work_out(service, example.answers, example.facts, today=example.today)
            if course.accept == "no":
                return None
            promise, team, priority = service.promise(course.promise), course.team, course.priority
            answers, decisions = dict(example.answers), [one.as_dict() for one in course.decisions]
        case_id, kept, done = new_id(), True, a.at + timedelta(days=rng.expovariate(1 / 4))
        complete = self.keeper.standard(service, promise, "complete")
        due = None
        if complete is not None:
            due = self.keeper.due(complete, a.at)
            kept = rng.random() < self.keeper.share(a.line, service.code, due)
            done = self.keeper.done(a.at, due, kept, rng)
        closed = done if done < self.now else None
        uprn, text, area, latitude, longitude = self._where(service, person, rng)
        assignee = self.staff.get(team, ()) if closed is None and rng.random() < 0.4 else ()
        new = NewCase(
            service=service.code, channel=a.channel, team=team, kind=service.kind, restricted=service.restricted or "",
            priority=priority, answers=answers, decisions=decisions, pack_version_id=self.pack.version_id,
            customer_id=person.id, contact_id=contact_id, assignee_id=rng.choice(assignee) if assignee else None,
            uprn=uprn, area=area, place_text=text, latitude=latitude, longitude=longitude, track_email=person.email,
            track_postcode=person.home.postcode.replace(" ", ""),
        )  # fmt: skip
        waiting = ""
        if closed is None and kept and promise.pauses and rng.random() < 0.07 and self.now - a.at > 90 * MINUTE:
            waiting = rng.choice(promise.pauses)
        outcome, resolved = _ending(service, rng) if closed is not None else ("", None)
        case = ImportedCase(
            id=case_id, new=new, opened_at=a.at, closed_at=closed, outcome=outcome, resolved=resolved,
            waiting_for=waiting, joined=[],
        )  # fmt: skip
        made.cases.append(case)
        made.promises += self._promises(a, service, promise, case, due, done, waiting, rng)
        if closed is not None:
            made.ratings += self._rated(case, promise, kept and bool(resolved), closed, rng)
        return case

    def _where(
        self, service: Service, person: Person, rng: Random
    ) -> tuple[int | None, str, str, float | None, float | None]:
        if any(question.type == "place" for question in service.questions):
            near = rng.choice(self.place.premises)
            return None, f"Outside {near.address}", near.area_code, near.latitude, near.longitude
        home = person.home
        return home.uprn, f"{home.address}, {home.postcode}", home.area_code, home.latitude, home.longitude

    def _promises(
        self, a: Arrival, service: Service, promise: Promise, case: ImportedCase, due: datetime | None, done: datetime,
        waiting: str, rng: Random,
    ) -> Iterator[ImportedPromise]:  # fmt: skip
        new = case.new
        for kind in ("acknowledge", "complete"):
            standard = self.keeper.standard(service, promise, kind)
            if standard is None:
                continue
            facts: list[Fact] = []
            if kind == "acknowledge":
                at = a.at
                if a.channel not in AT_ONCE:
                    last = self.keeper.due(standard, a.at)
                    at = min(self.keeper.done(a.at, last, rng.random() < 0.95, rng), done)
                facts = [Fact(FactKind.MET, at)] if at < self.now else []
            else:
                facts = self._facts(a.at, promise, due, case.closed_at, done, waiting, rng)
            ended = any(fact.kind is FactKind.MET for fact in facts)
            yield ImportedPromise(
                kind=kind, standard=standard, subject_id=case.id, started_at=a.at, facts=facts,
                customer_id=new.customer_id, service=service.code, channel=a.channel, team=new.team, area=new.area,
                pack_version_id=self.pack.version_id, live=not ended,
            )  # fmt: skip

    def _facts(
        self, start: datetime, promise: Promise, due: datetime | None, closed: datetime | None, done: datetime,
        waiting: str, rng: Random,
    ) -> list[Fact]:  # fmt: skip
        facts: list[Fact] = []
        if waiting:
            return [Fact(FactKind.PAUSED, start + (self.now - start) * rng.uniform(0.3, 0.9), reason=waiting)]
        if due is not None and done > due and due + 10 * MINUTE < self.now and (closed is None or rng.random() < 0.88):
            told = due + timedelta(minutes=rng.uniform(1, 9))
            reason = rng.choice(promise.pauses) if promise.pauses and rng.random() < 0.7 else UNEXPLAINED
            facts.append(Fact(FactKind.EXPLAINED, told, reason=reason, new_due=max(done, told + 60 * MINUTE)))
        if closed is not None:
            if promise.pauses and done - start > timedelta(days=3) and rng.random() < 0.05:
                begin = start + (done - start) * 0.3
                reason = rng.choice(promise.pauses)
                facts += [
                    Fact(FactKind.PAUSED, begin, reason=reason),
                    Fact(FactKind.RESUMED, begin + (done - start) * 0.2, reason=reason),
                ]
            facts.append(Fact(FactKind.MET, closed))
        return facts

    def _rated(
        self, case: ImportedCase, promise: Promise, well: bool, closed: datetime, rng: Random
    ) -> Iterator[ImportedRating]:
        given, channel = self.demand.ratings, case.new.channel
        share = on_channel(given.answered, channel) or 0
        at = closed + timedelta(hours=rng.expovariate(1 / 9))
        faces = on_channel(given.faces, channel)
        if not faces or at >= self.now or rng.random() >= share:
            return
        tilt = {"good": 1, "average": 1, "poor": 1} if well else {"good": 0.35, "average": 1, "poor": 4}
        scores = list(faces)
        score = rng.choices(scores, [faces[one] * tilt.get(one, 1) for one in scores])[0]
        about = About(
            case_id=case.id, customer_id=case.new.customer_id, service=case.new.service,
            standard=f"{case.new.service}.{promise.code}.complete", team=case.new.team, area=case.new.area,
        )  # fmt: skip
        yield ImportedRating(about, score, channel, at, why=rng.choice(WHY.get(score, ("",))))


def _leans(person: Person, channel: str) -> float:
    """How much more one is in touch this way than another, by age and by what one has."""
    if channel in ("web", "email", "webchat", "social"):
        return 0.02 if not person.email else 1.5 if person.age < 55 else 0.8 if person.age < 70 else 0.35
    return 0.5 if person.age < 35 else 0.9 if person.age < 55 else 1.5 if person.age < 70 else 2.0


def _chases(case: ImportedCase, cause: str, at: datetime) -> bool:
    if at - case.opened_at < timedelta(hours=20):
        return False
    return case.closed_at is None or (case.closed_at < at if cause == "premature_closure" else case.closed_at > at)


def _ordinary(service: Service, rng: Random) -> Promise:
    """The first promise is the usual one."""
    if len(service.promises) == 1 or rng.random() < 0.8:
        return service.promises[0]
    return rng.choice(service.promises[1:])


def _ending(service: Service, rng: Random) -> tuple[str, bool]:
    done = [one for one in service.closings if one.done] or list(service.closings)
    other = [one for one in service.closings if not one.done]
    if other and rng.random() < 0.1:
        return rng.choice(other).code, False
    return rng.choice(done).code, True


def _drawn(law: Spread, rng: Random) -> float:
    return law.median * rng.lognormvariate(0, law.spread)
