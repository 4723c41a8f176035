"""What a channel can only begin is kept, and its rest is asked at a link: by e-mail, fax, social network, web chat, another
system. Finished there it is the same case as by the web alone, nothing is asked twice, and it is known where it began.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import transaction

from moothall.cases.models import CaseContact, Task
from moothall.contacts.models import Contact, Matter
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.intake.dialogue.flow import FOLLOWS_LATER, asked_questions
from moothall.intake.models import Dialogue
from moothall.intake.tokens import link_of
from moothall.services.pack import SERVICES, Service
from moothall.services.stops import stop_in
from tests.channels.paper import by_paper

from ..every_channel.answers import HERS, Wanted, wanted_for, what_it_is
from ..every_channel.desk import an_adviser, fill
from ..every_channel.machines import ask_by_api, by_api
from ..every_channel.pages import by_pages
from ..every_channel.written import arrives
from .test_every_channel import finished_on_the_web, house

__all__ = ["house"]
BY_MACHINE = ("api", "webchat")
BY_WRITING = ("email", "fax", "social")


def told_here(service: Service, wanted: Wanted) -> dict[str, Any]:
    """What can be said on a channel that only begins it."""
    return {name: value for name, value in wanted.items() if service.by_question[name].type not in FOLLOWS_LATER}


def begun_by_machine(channel: str, service: Service, wanted: Wanted) -> str:
    """Another system asks with what it knows; return the link to the rest, or nothing where nothing has to follow."""
    answer = ask_by_api(channel, service, told_here(service, wanted))
    assert answer.status_code == 201, (service.code, answer.content.decode()[:2000])
    begun: Mapping[str, Any] | None = answer.json()["go_on"]
    return str(begun["link"]) if begun else ""


def begun_by_writing(channel: str, service: Service, wanted: Wanted, clock: Any) -> str:
    """An officer fills in what somebody wrote and sends her the link to the rest."""
    writing = arrives(channel, service, clock)
    client = an_adviser(clock)
    here = f"/desk/contacts/{writing.contact_id}/"
    assert client.post(f"/desk/inbox/{writing.id}/take").status_code == 303
    taken = client.post(f"{here}matters", {"service": service.code})
    assert taken.status_code == 303, (service.code, channel, taken.status_code)
    form, sent, _ = fill(client, taken["Location"], service, wanted, without=FOLLOWS_LATER)
    share = form.action.removesuffix("send") + "share"
    asked = client.post(share, sent | {"share-do": "send", "share-to": "other", "share-other": HERS})
    assert asked.status_code == 303, (service.code, asked.status_code)
    assert client.post(share, sent | {"share-do": "leave"}).status_code == 303
    row = Dialogue.objects.get(link_to=HERS)
    return link_of(row.id, row.link_number)


def begin(channel: str, service: Service, wanted: Wanted, clock: Any) -> str:
    if channel in BY_MACHINE:
        return begun_by_machine(channel, service, wanted)
    return begun_by_writing(channel, service, wanted, clock)


@pytest.mark.row("A14")
@pytest.mark.long
@pytest.mark.parametrize(
    ("channel", "least", "number"),
    [("api", 20, 0), ("webchat", 3, 1), ("email", 40, 2), ("fax", 8, 3), ("social", 8, 4)],
)
@pytest.mark.django_db
def test_what_is_begun_there_is_finished_by_the_link_and_is_the_same_case(
    channel: str, least: int, number: int, council: Pack, house: None, clock: Any
) -> None:
    finished = 0
    for service in council.of(SERVICES).values():
        if service.channel(channel).level != "begin" or service.restricted or service.visibility != "public":
            continue
        wanted = wanted_for(service, number, clock)
        if stop_in(service, wanted):
            continue
        with transaction.atomic():  # each as if it were the only one: a second request at one address may cost more
            whole = what_it_is(by_pages()(service, wanted, clock), service)
            transaction.set_rollback(True)
        with transaction.atomic():
            link = begin(channel, service, wanted, clock)
            if link:
                case = finished_on_the_web(service, wanted, link)
                assert what_it_is(case, service) == whole, service.code
                begun = Matter.objects.exclude(contact__channel="web").get()
                assert begun.outcome == "handed_on"
                assert begun.case_id == (case.id if case else None), f"{service.code}: nobody sees what became of it"
                finished += 1
            transaction.set_rollback(True)
    assert finished >= least, finished


@pytest.mark.long
@pytest.mark.django_db
def test_what_is_sent_on_paper_without_its_rest_is_asked_for(council: Pack, house: None, clock: Any) -> None:
    asked = 0
    for service in council.of(SERVICES).values():
        follows = any(one.required and one.type in FOLLOWS_LATER - {"payment"} for one in service.questions)
        if service.channel("post").level != "begin" or service.visibility != "public" or not follows:
            continue
        wanted = wanted_for(service, 0, clock)
        if stop_in(service, wanted):
            continue
        with transaction.atomic():
            case = by_paper(service, told_here(service, wanted), clock)
            if case is not None and case.status != "passed_on":
                asked_for = asked_questions(service, case.answers, council_date(clock.now()), "post")
                follow = [one for one in asked_for if one.required and one.type in FOLLOWS_LATER - {"payment"}]
                left = [one.id for one in follow if not case.answers.get(one.id)]
                titles = list(Task.objects.filter(case=case).values_list("title", flat=True))
                assert bool(left) <= any(title.startswith("Ask them for ") for title in titles), (
                    service.code,
                    left,
                    titles,
                )
                asked += bool(left)
            transaction.set_rollback(True)
    assert asked >= 3, asked


@pytest.mark.django_db
def test_a_list_that_is_missing_is_asked_of_her_and_no_work_is_begun(council: Pack, house: None, clock: Any) -> None:
    service = council.of(SERVICES)["bulky-waste"]
    wanted = wanted_for(service, 0, clock)
    case = finished_on_the_web(service, wanted, begun_by_machine("api", service, wanted))
    assert case is not None
    contacts = Contact.objects.filter(id__in=CaseContact.objects.filter(case=case).values("contact_id"))
    assert set(contacts.values_list("channel", flat=True)) == {"web", "api"}, "officers see that it was begun elsewhere"


@pytest.mark.django_db
def test_with_everything_told_it_is_sent_at_once(council: Pack, house: None, clock: Any) -> None:
    service = council.of(SERVICES)["council-tax-move"]
    wanted = wanted_for(service, 0, clock)
    case = by_api("api")(service, wanted, clock)
    assert case is not None
    assert not Dialogue.objects.exists()
