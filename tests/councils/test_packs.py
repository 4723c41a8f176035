"""Each council's pack is whole, its own, and different from the others only as data."""

from __future__ import annotations

import re
from datetime import date

import pytest

from moothall.core.packs.diff import changes
from moothall.core.packs.doubts import doubts
from moothall.core.packs.registry import examples
from moothall.core.packs.sections import CHANNELS_SECTION
from moothall.interfaces.ui import theme
from moothall.interfaces.ui.pictures import FOLDER
from moothall.places.pack import PLACES
from moothall.promises.pack import STANDARDS, calendar_of, standard_of
from moothall.services.pack import KNOWLEDGE, SERVICES

from .conftest import FIVE, pack_of

DRAMA = re.compile(r"0113 496 0\d{3}|0151 496 0\d{3}|01632 960\d{3}|020 7946 0\d{3}|03069 990\d{3}|07700 900\d{3}")
ANY_NUMBER = re.compile(r"\b0\d[\d ]{7,}\d\b")
PUBLISHED_NUMBERS = {"0800 111 999"}  # the national gas emergency line
ADDRESS = re.compile(r"[\w.]+@([\w.-]+)|https?://([\w.-]+)")
TODAY = date(2026, 11, 22)


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", FIVE)
def test_it_is_right_and_its_examples_come_out(name: str) -> None:
    pack = pack_of(name)
    assert [str(problem) for run in examples().values() for problem in run(pack)] == []
    assert sum(len(service.examples) for service in pack.services.values()) >= 300


@pytest.mark.parametrize("name", FIVE)
def test_one_can_ring_write_and_come_in_and_see_when(name: str) -> None:
    pack = pack_of(name)
    assert {"phone", "email", "post"} <= {way.channel for way in pack.council.contact}
    places = pack.of(PLACES)
    assert places
    for place in places.values():
        assert place.there_on(TODAY)
        assert any(calendar_of(pack, place.calendar).week), place.code
    counter = pack.of(CHANNELS_SECTION)["counter"]
    assert counter.calendar in {place.calendar for place in places.values()}
    assert counter.says


def test_halton_has_four_one_stop_shops_and_barking_and_dagenham_two() -> None:
    assert [place.where.split(", ")[-1] for place in pack_of("halton").of(PLACES).values()] == [
        "Widnes", "Widnes", "Runcorn", "Runcorn",
    ]  # fmt: skip
    assert set(pack_of("barking-dagenham").of(PLACES)) == {"barking", "dagenham"}
    assert {"mandela-house", "guildhall"} <= set(pack_of("cambridge").of(PLACES))


@pytest.mark.parametrize("name", FIVE)
def test_nothing_in_it_reaches_a_real_telephone_mailbox_or_site(name: str) -> None:
    for text in texts({section: pack_of(name).content[section] for section in pack_of(name).content}):
        for number in ANY_NUMBER.findall(text):
            if text in {"0113 496 0", "0151 496 0", "020 7946 0"}:
                continue  # the beginning of the numbers the demonstration invents
            assert DRAMA.fullmatch(number) or number in PUBLISHED_NUMBERS, text
        for mailbox, site in ADDRESS.findall(text):
            assert (mailbox or site).rstrip(".").endswith(("example.org", "example.com", "example.net", ".gov.uk")), (
                text
            )


@pytest.mark.parametrize("name", FIVE)
def test_its_colour_can_be_read_as_it_is_and_its_emblem_is_drawn(name: str) -> None:
    brand = theme.brand_of(pack_of(name))
    assert theme.contrast(brand.colour, theme.PAPER) >= theme.TEXT_CONTRAST
    assert theme.palette(brand.colour).brand == brand.colour  # kept, not darkened
    assert brand.emblem == name
    assert (FOLDER / "emblems" / f"{name}.svg").is_file()


def test_no_two_councils_look_alike() -> None:
    brands = [theme.brand_of(pack_of(name)) for name in FIVE]
    assert len({brand.colour for brand in brands}) == len({brand.emblem for brand in brands}) == len(FIVE)


@pytest.mark.parametrize("name", FIVE)
def test_every_figure_of_its_own_says_where_it_was_read(name: str) -> None:
    pack = pack_of(name)
    for code, spec in pack.of(STANDARDS).items():
        assert spec.source, code
        assert spec.doubt or not spec.estimate, code
        assert standard_of(pack, code, TODAY).amount > 0
    for setting in pack.section("settings").values():
        assert setting.source
        assert setting.valid_from
    for cost in pack.section("costs").values():
        assert cost.source
        assert cost.doubt
        assert cost.valid_from
    common = {(d.where, d.doubt) for d in doubts(pack_of("common"))}
    assert [d for d in doubts(pack) if (d.where, d.doubt) not in common], (
        "a council of 2006 to 2015 has doubts of its own"
    )


@pytest.mark.parametrize("name", FIVE)
def test_its_promises_to_customers_stand_in_an_article(name: str) -> None:
    articles = pack_of(name).of(KNOWLEDGE)
    assert any(article.audience == "public" and len(article.body) > 300 for article in articles.values())


@pytest.mark.parametrize("name", FIVE)
def test_the_common_services_under_the_same_codes(name: str) -> None:
    """A council may have a service of its own on top; it has every common one, even where another body does it there."""
    assert set(pack_of(name).of(SERVICES)) >= set(pack_of("common").of(SERVICES))


def test_what_another_council_does_is_found_and_taken_on_no_channel() -> None:
    pack = pack_of("cambridge")
    others = {code for code, service in pack.of(SERVICES).items() if service.elsewhere}
    assert {"pothole", "school-admission", "adult-needs-assessment", "library-join", "register-birth"} <= others
    assert not {"missed-bin", "housing-repair", "planning-comment", "council-tax-move", "safeguarding-child"} & others
    for code in others:
        service = pack.of(SERVICES)[code]
        assert {service.channel(channel).level for channel in ("web", "phone", "counter", "post")} == {"no"}
        assert service.elsewhere is not None
        assert service.elsewhere.doubt
        assert service.channel("web").because == service.elsewhere.says
    assert not any(service.elsewhere for service in pack_of("leeds").of(SERVICES).values())


def test_what_cambridge_changes_reads_well() -> None:
    said = changes(pack_of("common"), pack_of("cambridge"))
    assert {
        "New place: mandela-house (Customer Service Centre, Mandela House)",
        "New team: independent-complaints-investigator (Independent complaints investigator)",
        "Service comment: promises `standard` complete from 10 working days to 7 working days",
        "Service complaint: promises `stage-1` complete from 10 working days to 7 working days",
        "Service missed-bin: promises `standard` complete from 2 working days to 3 working days",
        "Service pothole: no longer ours: Cambridgeshire County Council does it",
        "Standard call-answered: within from “20 seconds” to “12 seconds”",
        "Standard removed: complaint-adult-care-reply (Reply to a complaint about adult social care)",
    } <= set(said)
    assert all(len(line) < 400 for line in said)
