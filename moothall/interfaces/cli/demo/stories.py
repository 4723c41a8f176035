"""The people a demonstration tells of, and what waits for somebody this morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from moothall.cases.actions import ImportedCase, ImportedNote, add_task, import_cases
from moothall.cases.actions.opening import NewCase
from moothall.contacts.importing import ImportedContact, ImportedMatter, import_contacts
from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.customers.actions import ImportedCustomer, add_warning, import_customers
from moothall.intake.desk_standards import call_back_standard
from moothall.intake.written import ArrivedWriting, take_written
from moothall.interfaces.cli.demo.borough import Place
from moothall.interfaces.cli.demo.keeping import Keeper
from moothall.notifications.actions import Wish, quarantine, queue_message, text_arrived
from moothall.notifications.values import about_case
from moothall.places.actions import Premises
from moothall.promises.importing import ImportedPromise, import_promises
from moothall.promises.rules import Fact, FactKind
from moothall.services.pack import does
from moothall.services.rules import work_out


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody who comes back: her numbers are hers alone in the borough."""

    key: str
    title: str
    given: str
    family: str
    born: date
    email: str
    mobile: str
    needs: tuple[str, ...] = ()
    language: str = "en"
    prefers: str = ""


PEOPLE = (
    Character("jones", "Mrs", "Gwen", "Jones", date(1947, 3, 9), "", "07700 900001", ("hard-of-hearing",),
              prefers="post"),
    Character("bloggs", "Mr", "Joe", "Bloggs", date(1979, 11, 2), "joe.bloggs@example.com", "07700 900002"),
    Character("dunn", "Mrs", "Alma", "Dunn", date(1988, 6, 21), "alma.dunn@example.org", "07700 900003", prefers="sms"),
    Character("khalil", "Miss", "Nour", "Khalil", date(1996, 1, 30), "nour.khalil@example.com", "07700 900004",
              ("interpreter",), "ar"),
    Character("osei", "Mr", "Kwabena", "Osei", date(1964, 8, 14), "k.osei@example.net", "07700 900005", ("wheelchair",)),
    Character("pike", "Mr", "Dennis", "Pike", date(1958, 4, 17), "", "07700 900006"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """One request of somebody: the service, how long ago it was asked (hours), by which channel, and how it stands.

    ``instead`` is what they ask where another body does the first; its note would not fit and is left out.
    """

    who: str
    service: str
    channel: str
    hours_ago: float
    done_after: float | None = None
    note: str = ""
    instead: str = ""


SCENES = (
    Scene("jones", "missed-bin", "phone", 24 * 40, 20),
    Scene("jones", "assisted-collection", "phone", 24 * 30, 70),
    Scene("jones", "missed-bin", "phone", 26, note="Bin at the side gate. She cannot hear the door; ring and wait."),
    Scene(
        "bloggs",
        "pothole",
        "web",
        24 * 12,
        note="Second report from this address; marked and waiting for the gang.",
        instead="fly-tipping",
    ),
    Scene("bloggs", "council-tax-move", "web", 24 * 90, 24 * 5),
    Scene("bloggs", "parking-permit", "web", 30, instead="garden-waste"),
    Scene("dunn", "pothole", "app", 24 * 3, instead="graffiti"),
    Scene("dunn", "school-admission", "web", 24 * 60, 24 * 9, instead="council-tax-direct-debit"),
    Scene("khalil", "apply-for-housing", "counter", 24 * 25, note="Interpreter (Arabic) booked through the line."),
    Scene(
        "osei",
        "street-light",
        "web",
        24 * 9,
        note="Lamp outside the ramp; he comes home after dark.",
        instead="street-cleaning",
    ),
    Scene("osei", "blue-badge", "post", 24 * 45, instead="council-tax-reduction-new"),
    Scene("pike", "complaint", "email", 24 * 8),
)


ASKS_BACK = {
    "parking-permit": "which of his two cars the permit is for", "garden-waste": "on which day his second bin is emptied",
}  # fmt: skip
"""What Mr Bloggs wants to be called back about, by what he asked for."""


def scenes_of(pack: Pack) -> list[Scene]:
    """Return what these people ask of this council: nothing that another body does."""
    played = (
        one if does(pack, one.service) else replace(one, service=one.instead, instead="", note="") for one in SCENES
    )
    return [one for one in played if does(pack, one.service)]


def people_of_stories(place: Place, at: datetime, seed: int) -> list[ImportedCustomer]:
    """Return the people of the stories, in homes of their own."""
    rng = Random(f"stories:{seed}")
    found = []
    for one in PEOPLE:
        home = rng.choice(place.premises)
        points = [("phone", one.mobile)] + ([("email", one.email)] if one.email else [])
        found.append(
            ImportedCustomer(
                id=UUID(int=rng.getrandbits(128), version=4), created_at=at, title=one.title, given_name=one.given,
                family_name=one.family, date_of_birth=one.born, points=points, needs=one.needs, uprn=home.uprn,
                address_text=f"{home.address}, {home.postcode}", area_code=home.area_code, language=one.language,
                preferred_channel=one.prefers,
            )
        )  # fmt: skip
    return found


def bring_people(people: Sequence[ImportedCustomer], *, at: datetime) -> None:
    """Bring the people of the stories in, with the one warning that is shown to be reviewed."""
    import_customers(people, by=SYSTEM, at=at)
    pike = people[-1]
    add_warning(
        customer_id=pike.id, code="do-not-visit-alone", note="Shouted at an officer on the doorstep in spring.",
        review_on=at.date() + timedelta(days=40), by=SYSTEM, at=at,
    )  # fmt: skip


def tell(pack: Pack, keeper: Keeper, people: Sequence[ImportedCustomer], place: Place, *, at: datetime) -> None:
    """Bring in what these people asked for, and what waits this morning: a call back, a text, a thing nobody can read."""
    homes = {home.uprn: home for home in place.premises}
    by_key = {one.key: person for one, person in zip(PEOPLE, people, strict=True)}
    contacts: list[ImportedContact] = []
    promises: list[ImportedPromise] = []
    cases: list[ImportedCase] = []
    for scene in scenes_of(pack):
        person = by_key[scene.who]
        _play(scene, person, homes[person.uprn or 0], pack, keeper, at, contacts, promises, cases)
    import_contacts(contacts, by=SYSTEM)
    import_promises(promises, by=SYSTEM, at=at)
    import_cases(cases, by=SYSTEM)
    _this_morning(pack, cases, by_key, at=at)


def _play(
    scene: Scene, person: ImportedCustomer, home: Premises, pack: Pack, keeper: Keeper, at: datetime,
    contacts: list[ImportedContact], promises: list[ImportedPromise], cases: list[ImportedCase],
) -> None:  # fmt: skip
    service, asked = pack.services[scene.service], at - timedelta(hours=scene.hours_ago)
    case_id, contact_id = new_id(), new_id()
    closed = asked + timedelta(hours=scene.done_after) if scene.done_after else None
    example = next((one for one in service.examples if one.expect.accept != "no" and one.expect.promise), None) or next(
        iter(service.examples), None
    )
    answers, facts, today = (example.answers, example.facts, example.today) if example else ({}, {}, at.date())
    course = work_out(service, answers, facts, today=today)
    contacts.append(
        ImportedContact(
            id=contact_id, channel=scene.channel, received_at=asked, customer_id=person.id, service=service.code,
            area=person.area_code, cause="new", matters=(ImportedMatter(service.code, case_id=case_id, cause="new"),),
        )
    )  # fmt: skip
    promise = service.promise(course.promise)
    for kind in ("acknowledge", "complete"):
        standard = keeper.standard(service, promise, kind)
        if standard is None:
            continue
        done = [Fact(FactKind.MET, asked)] if kind == "acknowledge" else [Fact(FactKind.MET, closed)] if closed else []
        due = keeper.due(standard, asked)
        if not done and due < at:
            done = [Fact(FactKind.EXPLAINED, due, reason="no_reason_recorded", new_due=at + timedelta(days=2))]
        promises.append(
            ImportedPromise(
                kind=kind, standard=standard, subject_id=case_id, started_at=asked, facts=done, customer_id=person.id,
                service=service.code, channel=scene.channel, team=course.team, area=person.area_code,
                pack_version_id=pack.version_id, live=kind == "complete" and closed is None,
            )
        )  # fmt: skip
    email = next((value for kind, value in person.points if kind == "email"), "")
    new = NewCase(
        service=service.code, channel=scene.channel, team=course.team, kind=service.kind,
        restricted=service.restricted or "", priority=course.priority, answers=dict(answers),
        decisions=[one.as_dict() for one in course.decisions], pack_version_id=pack.version_id, customer_id=person.id,
        contact_id=contact_id, uprn=person.uprn, area=person.area_code, place_text=person.address_text,
        latitude=home.latitude, longitude=home.longitude,
        track_email=email, track_postcode="".join(person.address_text.rsplit(" ", 2)[-2:]),
    )  # fmt: skip
    done_well = next((one.code for one in service.closings if one.done), "") if closed else ""
    notes = (ImportedNote(asked + timedelta(hours=1), scene.note),) if scene.note else ()
    cases.append(
        ImportedCase(
            id=case_id, new=new, opened_at=asked, closed_at=closed, outcome=done_well,
            resolved=True if closed else None, notes=notes,
        )
    )  # fmt: skip


_MAILS = (
    ("joe.bloggs@example.com", "Joe Bloggs", 5, "Two cars, one permit",
     "Which of my two cars should the permit be for? The form takes only one number plate."),
    ("r.marsh@example.net", "Rosa Marsh", 3, "Street light outside our house",
     "The street light outside our house has been out since Friday and the corner is very dark. Can you mend it?"),
    ("k.osei@example.net", "Kwabena Osei", 1, "Opening hours on Saturday",
     "Is the library open this Saturday, and is there a way in without steps?"),
)  # fmt: skip
"""What people wrote this morning: sender, name, hours ago, subject, words."""


def _this_morning(
    pack: Pack, cases: Sequence[ImportedCase], by_key: dict[str, ImportedCustomer], *, at: datetime
) -> None:
    call = next((one for one in cases if one.new.service in ASKS_BACK), None)
    if call is not None:
        asked = call.new.service
        add_task(
            call.id, title=f"Call back: Mr Bloggs asks {ASKS_BACK[asked]}", team="customer-services",
            kind="call_back", by=SYSTEM, at=at, standard=call_back_standard(pack, "phone", asked, on=at.date()),
        )  # fmt: skip
    _letters(cases, by_key, at=at)
    text_arrived(
        external_id="demo-text-1", sender="+447700900003", words="Hiya is the library open on Saturday? Alma Dunn",
        wish=Wish.OTHER, received_at=at - timedelta(minutes=14), at=at,
    )  # fmt: skip
    for number, (sender, name, hours, subject, text) in enumerate(_MAILS):
        take_written(
            ArrivedWriting(
                channel="email", external_id=f"demo-mail-{number}", received_at=at - timedelta(hours=hours), sender=sender,
                sender_name=name, sent_to=(), subject=subject, text=text, whole=f"{text}\n\n-- \n{name}", quiet=True,
            ),
            at=at,
        )  # fmt: skip
    quarantine(
        source="email", reason="The message says it is a picture, and is not one we can open.",
        raw=b"From: somebody@example.com\r\nSubject: photo of the fly tip\r\nContent-Type: image/heic\r\n\r\n\x00\x01\x02",
        details={"from": "somebody@example.com"}, at=at - timedelta(hours=2),
    )  # fmt: skip


def _letters(cases: Sequence[ImportedCase], by_key: dict[str, ImportedCustomer], *, at: datetime) -> None:
    """Mrs Jones has chosen letters: what we told her of her bins went, and goes, on paper."""
    hers = [one for one in cases if one.new.customer_id == by_key["jones"].id]
    for one in hers[-2:]:
        about = about_case(one.id, at)
        if about is not None:
            template, more = ("case-closed-done", {"outcome": "", "rate": ""}) if one.closed_at else ("case-opened", {})
            queue_message(
                key=f"demo-letter:{one.id}", template=template, to=about.to,
                values={**about.values, "acknowledge": "", **more},
                at=at, case_id=one.id,
            )  # fmt: skip
