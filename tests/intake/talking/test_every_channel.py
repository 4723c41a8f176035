"""One definition on every channel: random valid answers give the same case by page, kiosk, desk, call and text; what one
can only begin is finished on the web without being asked twice; what it does not take is signposted.

A channel joins by a line in ``DRIVERS``: what carries a service from its first question to the case, as it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client

from moothall.cases.models import Case
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.packs import Pack, load_pack
from moothall.intake import actions
from moothall.intake.actions import NotOnThisChannel
from moothall.intake.actions.raising import WAYS
from moothall.intake.actions.talking import asking
from moothall.intake.models import Dialogue
from moothall.intake.talking.reach import most
from moothall.intake.tokens import link_of
from moothall.interfaces.cli.main import root
from moothall.notifications.models import Message
from moothall.notifications.recipients import posted_to
from moothall.places.actions import Premises, import_premises
from moothall.services.pack import SERVICES, Service
from moothall.services.stops import stop_in
from tests.channels.paper import by_paper

from ..every_channel.answers import HOUSE, Wanted, on_all, wanted_for, what_it_is
from ..every_channel.desk import an_adviser, by_desk
from ..every_channel.lines import by_line, converse
from ..every_channel.machines import by_api
from ..every_channel.pages import SHOWN_PHONE, Browser, by_pages
from ..every_channel.talk import by_talking, talk
from ..every_channel.written import by_writing

ALL_OF_THEM = ("web", "phone", "counter", "voice", "sms", "kiosk", "post")
DEMO = load_pack("leeds").services
QUICK = ("graffiti", "missed-bin", "dead-animal")
Driver = Callable[[Service, Wanted, Any], Case | None]
DRIVERS: dict[str, Driver] = {
    "web": by_pages(),
    "kiosk": by_pages("/kiosk"),
    "phone": by_desk("phone"),
    "counter": by_desk("counter"),
    "voice": by_talking("voice"),
    "sms": by_talking("sms"),
    "post": by_paper,
}
WIRES: dict[str, Driver] = {
    "voice": by_line("voice"),
    "sms": by_line("sms"),
    "email": by_writing("email"),
    "fax": by_writing("fax"),
    "webchat": by_api("webchat"),
    "app": by_api("app"),
    "partner": by_api("partner"),
    "api": by_api("api"),
}
"""Whole calls and texts as the network brings them, what is written and worked with at the desk, and other systems."""


@pytest.fixture
def house(council: Pack) -> None:
    """The house that every answer of where is about."""
    home = Premises(
        uprn=HOUSE, address="14 Mill Lane, Otley, LS21 1AA", number="14", street="Mill Lane", postcode="LS21 1AA",
        area_code="E05011401", latitude=53.905, longitude=-1.694,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


def compare(
    service: Service, number: int, clock: Any, *, one_desk: bool = False, drivers: Mapping[str, Driver] = DRIVERS
) -> int:
    """Complete a service on every channel that takes all of it; return on how many. ``one_desk``: not the counter too."""
    full = [channel for channel in drivers if service.channel(channel).level == "full"]
    if one_desk and "phone" in full and "counter" in full:
        full.remove("counter")
    wanted = on_all(service, wanted_for(service, number, clock), full)
    if stop_in(service, wanted):
        return 0
    made = {}
    for channel in full:
        with transaction.atomic():  # each as if it were the only one: a second request at one address may cost more
            made[channel] = what_it_is(drivers[channel](service, wanted, clock), service)
            transaction.set_rollback(True)
    for channel, one in made.items():
        assert one == made[full[0]], f"{service.code} by {channel} is not what it is by {full[0]}"
    return len(full)


# -- full: the same case ---------------------------------------------------------------------------------------------------


@pytest.mark.row("A14")
@pytest.mark.django_db
@pytest.mark.parametrize("code", QUICK)
def test_the_same_answers_are_the_same_case(code: str, council: Pack, house: None, clock: Any) -> None:
    assert compare(council.of(SERVICES)[code], 0, clock) == len(DRIVERS)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize(
    "code", [code for code, one in DEMO.items() if one.visibility == "public" and code not in QUICK]
)
def test_every_service_is_the_same_case_on_every_channel_that_takes_all_of_it(
    code: str, council: Pack, house: None, clock: Any
) -> None:
    compare(council.of(SERVICES)[code], 0, clock, one_desk=True)


@pytest.mark.row("A14")
@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "least"), [("graffiti", 7), ("missed-bin", 8), ("dead-animal", 7), ("street-light", 7)]
)
def test_whole_calls_texts_letters_and_other_systems_make_the_same_case(
    code: str, least: int, council: Pack, house: None, clock: Any
) -> None:
    drivers = {"web": DRIVERS["web"], **WIRES}
    assert compare(council.of(SERVICES)[code], 0, clock, drivers=drivers) >= least


@pytest.mark.long
@pytest.mark.django_db
def test_every_service_that_texts_take_is_named_in_a_text_and_goes_to_its_end(
    council: Pack, house: None, clock: Any
) -> None:
    """Text after text as the network brings them: to the check before sending, or to the link for the rest."""
    ends = {"check": 0, "link": 0}
    for service in council.of(SERVICES).values():
        if service.visibility != "public" or service.elsewhere is not None or service.channel("sms").level == "no":
            continue
        wanted = wanted_for(service, 0, clock)
        if stop_in(service, wanted):
            continue
        with transaction.atomic():  # each as if it were the only one
            row = converse("sms", service, wanted, clock)
            end = row.ended or row.step
            assert end in {"check", "link", "sent"}, (service.code, end)
            if service.channel("sms").level == "full":
                assert end != "link", f"{service.code} is to be had whole by text"
            ends[end if end == "link" else "check"] += 1
            transaction.set_rollback(True)
    assert ends["check"] >= 40, ends
    assert ends["link"] >= 15, ends


@pytest.mark.long
@pytest.mark.django_db
def test_who_chooses_post_is_asked_where_to_write_on_every_channel(council: Pack, house: None, clock: Any) -> None:
    service = council.of(SERVICES)["library-join"]
    wanted = wanted_for(service, 0, clock) | {"contact": {"by": "post"}}
    drivers = {**DRIVERS, "api": WIRES["api"], "partner": WIRES["partner"]}
    full = [channel for channel in drivers if service.channel(channel).level == "full"]
    assert set(full) == {"web", "kiosk", "phone", "counter", "sms", "post", "api", "partner"}
    made = {}
    for channel in full:
        with transaction.atomic():
            case = drivers[channel](service, wanted, clock)
            assert case is not None
            assert posted_to(case) == "Amina Dunn, 14 Mill Lane, Otley, LS21 1AA", channel
            made[channel] = what_it_is(case, service)
            transaction.set_rollback(True)
    for channel, one in made.items():
        assert one == made["web"], f"by {channel} it is not what it is on the web"
    row = talk("voice", service, wanted, clock)
    kept = asking.row_of(row).answers
    assert (kept["contact"], kept["write_to"]["uprn"]) == ({"by": "post"}, HOUSE)


# -- begin: finished elsewhere ---------------------------------------------------------------------------------------------


def begun_by_talking(channel: str, service: Service, wanted: Wanted, clock: Any) -> str:
    """Say what can be said on this line; return the link to the rest, or nothing where nothing has to follow."""
    row = talk(channel, service, wanted, clock)
    return link_of(asking.row_of(row).id) if asking.rest_of(row, at=clock.now()) else ""


def begun_at_kiosk(service: Service, wanted: Wanted, clock: Any) -> str:
    """Answer up to the papers nobody carries about, or to the end; have the link texted."""
    papers = next((q.id for q in service.questions if q.type == "file" and q.required), "")
    here = Browser("/kiosk")
    here.begin(service)
    page = here.answer(service, wanted, until=papers)
    (keep,) = set(re.findall(r'href="(/kiosk/requests/[^"]+/keep)"', page))
    assert "saved your answers" in here.client.post(keep, {"to": SHOWN_PHONE}).content.decode()
    return str(Message.objects.filter(template="dialogue-saved").latest("created_at").values["link"])


@pytest.mark.row("A14")
@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "least"), [("voice", 40), ("sms", 20), ("kiosk", 6)])
def test_what_is_begun_is_finished_on_the_web_without_asking_twice(
    channel: str, least: int, council: Pack, house: None, clock: Any
) -> None:
    finished = 0
    for service in council.of(SERVICES).values():
        if service.channel(channel).level != "begin":
            continue
        wanted = wanted_for(service, 0, clock)
        if stop_in(service, wanted):
            continue
        with transaction.atomic():  # each as if it were the only one: a second request at one address may cost more
            whole = what_it_is(by_pages()(service, wanted, clock), service)
            transaction.set_rollback(True)
        with transaction.atomic():
            talked = channel != "kiosk"
            link = (
                begun_by_talking(channel, service, wanted, clock) if talked else begun_at_kiosk(service, wanted, clock)
            )
            if link:
                assert what_it_is(finished_on_the_web(service, wanted, link), service) == whole, service.code
                finished += 1
            transaction.set_rollback(True)
    assert finished >= least, finished


def finished_on_the_web(service: Service, wanted: Wanted, link: str) -> Case | None:
    """Open the link, answer what is left and send it: nothing that was answered may be asked."""
    begun = Dialogue.objects.get(id=link.split("/")[-2])
    kept = {name for name, value in begun.answers.items() if value is not None}
    there = Browser()
    there.open_link(link)
    there.answer(service, wanted)
    assert not kept & set(there.asked), f"{service.code} asks {kept & set(there.asked)} twice"
    return there.send()


# -- no: shown the way -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["voice", "sms", "kiosk", "post"])
def test_what_a_channel_does_not_take_is_signposted(channel: str, council: Pack, clock: Any) -> None:
    for code, service in council.of(SERVICES).items():
        use = service.channel(channel)
        if use.level != "no" or service.visibility != "public":
            continue
        with pytest.raises(NotOnThisChannel) as told:
            actions.start_dialogue(code, channel=channel, by=ANONYMOUS, at=clock.now())
        assert use.because
        assert use.because in str(told.value)
        assert use.instead in WAYS
        assert WAYS[str(use.instead)] in str(told.value)


@pytest.mark.django_db
def test_a_kiosk_and_the_desk_show_the_way_before_anything_is_asked(council: Pack, clock: Any) -> None:
    adviser, seen = an_adviser(clock), 0
    here = adviser.post("/desk/contacts/begin", {"channel": "phone"})["Location"]
    for code, service in council.of(SERVICES).items():
        if service.visibility != "public" or service.elsewhere is not None:
            continue
        for channel in ("kiosk", "phone"):
            use = service.channel(channel)
            if use.level != "no":
                continue
            answer = (
                Client().post(f"/kiosk/services/{code}/start")
                if channel == "kiosk"
                else adviser.post(f"{here}matters", {"service": code})
            )
            assert answer.status_code == (409 if channel == "kiosk" else 422), (code, channel)
            assert str(use.because) in answer.content.decode().replace("&#39;", "’"), (code, channel)
            seen += 1
    assert seen >= 8
    assert not Dialogue.objects.exists()


# -- what the catalogue says -----------------------------------------------------------------------------------------------


def test_every_service_says_how_far_each_channel_goes() -> None:
    for code, service in DEMO.items():
        for channel in ALL_OF_THEM:
            assert channel in service.channels, f"{code} says nothing of {channel}"
            use = service.channel(channel)
            assert use.level == "full" or use.because, f"{code} by {channel}: no reason"
            if channel in {"voice", "sms"} and use.level == "full":
                assert most(service, channel) == "full", f"{code} promises too much of {channel}"


def test_forty_services_can_be_asked_for_everywhere() -> None:
    everywhere = [
        code
        for code, service in DEMO.items()
        if all(service.channel(channel).level in {"full", "begin"} for channel in ALL_OF_THEM)
    ]
    assert len(everywhere) >= 40, f"only {len(everywhere)}"


@pytest.mark.long
def test_the_command_says_what_the_catalogue_says() -> None:
    told = CliRunner().invoke(root, ["pack", "channels", "leeds"]).output
    lines = {
        line.split()[0]: line.split()[1:] for line in told.splitlines() if line.split()[:1] and line.split()[0] in DEMO
    }
    names = told.split("\n", 1)[0].split()
    assert set(lines) == set(DEMO)
    for code, levels in lines.items():
        assert dict(zip(names, levels, strict=True)) == {name: DEMO[code].channel(name).level for name in names}
    assert int(re.findall(r"voice, text, kiosk and paper: (\d+) services", told)[0]) >= 40
