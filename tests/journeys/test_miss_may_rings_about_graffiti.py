"""Miss May rings at half past seven about graffiti. Nobody is there yet; the menu takes it by keypad, on each of the three
lines a telephone system may have, says by when and the reference, and the crew's device has the job when its day begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import show_reference, spell_reference
from moothall.core.staff import actor_of_staff, create_staff
from moothall.field.actions import add_device, plan_day, publish_day
from moothall.field.queries import feed
from moothall.intake.models import Dialogue
from moothall.intake.talking.keypad import keys_of
from moothall.places.actions import Premises, import_premises
from moothall.promises.models import Promise
from moothall.promises.rules import say_moment
from tests.browser import looks_right
from tests.field.devices import join
from tests.telephones import HERS, LINES, SITE, Answers, key_for, pressing

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PRESSED = ["1", "1", f"{keys_of('LS12 1AA')}#", "14#", "1", "2", "1", "#", "#", "1", "1", "5"]
"""The street, graffiti, her postcode, the house, yes it is that one; not offensive, on a wall; not asked further; her own
number; send it; and it was average."""


@pytest.fixture
def warden(council: Pack, clock: Any) -> Any:
    """A device of the cleansing crew."""
    staff = create_staff(username="sam", name="Sam Dyer", roles=["field-worker"], teams=["street-cleansing"], pack=council,
                         by=SYSTEM, at=clock.now())  # fmt: skip
    return add_device(name="Van 4", crew="cleansing-1", by=actor_of_staff(staff, council), at=clock.now())[0]


@pytest.fixture(autouse=True)
def lines(settings: Any, council: Pack) -> None:
    """The keys of the lines, and the street she passes."""
    settings.TWILIO_TOKEN, settings.VOICE_KEY, settings.PUBLIC_URL = "twilio-key", "vxml-key", SITE
    home = Premises(
        uprn=72000014, address="14 Mill Lane, Armley, LS12 1AA", number="14", street="Mill Lane", postcode="LS12 1AA",
        latitude=53.7990, longitude=-1.5700,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


@pytest.mark.row("A3")
@pytest.mark.parametrize("line", LINES)
def test_at_half_past_seven_by_keypad_and_the_warden_has_it(line: Any, warden: Any, clock: Any) -> None:
    clock.set("2026-11-23T07:30:00+00:00")
    *_, told, _bye = line().ring(pressing(PRESSED))
    case = Case.objects.get()
    assert (case.service, case.channel, case.uprn) == ("graffiti", "voice", 72000014)
    due = Promise.objects.get(subject_id=case.id, kind="complete").due_at
    assert due is not None
    assert _plain(say_moment(due, time.now().date())) in _plain(told)
    assert _plain(spell_reference(case.reference)) in _plain(told)
    contact = Contact.objects.get()
    assert (contact.channel, contact.caller, contact.state) == ("voice", HERS, "closed")
    assert contact.staff_id is None  # no agent took part
    jobs.drain(at=time.now())
    clock.set("2026-11-23T07:45:00+00:00")
    today = time.now().date()
    plan_day(today, by=SYSTEM, at=time.now())
    publish_day(today, by=SYSTEM, at=time.now())
    shown = feed(warden.id, at=time.now())
    assert case.reference[:4] in str(shown["jobs"])
    assert "14 Mill Lane" in str(shown["jobs"])


@pytest.mark.row("A3")
@pytest.mark.long
def test_the_warden_reads_it_on_her_device(page: Page, council: Pack, clock: Any, shot: Callable[..., Any]) -> None:
    join(page, council, crew="Street cleansing 1", team="street-cleansing", name="cleansing.one")
    expect(page.get_by_text("14 Mill Lane")).to_have_count(0)
    clock.set("2026-11-23T07:30:00+00:00")
    LINES[0]().ring(pressing(PRESSED))
    jobs.drain(at=time.now())
    clock.set("2026-11-23T07:45:00+00:00")
    plan_day(time.now().date(), by=SYSTEM, at=time.now())
    publish_day(time.now().date(), by=SYSTEM, at=time.now())
    page.reload()
    page.get_by_role("link", name=re.compile("14 Mill Lane")).click()
    expect(page.get_by_role("heading", name=re.compile("14 Mill Lane"), level=1)).to_be_visible()
    expect(page.get_by_text("Graffiti or fly-posting")).to_be_visible()
    expect(page.get_by_text(show_reference(Case.objects.get().reference))).to_be_visible()
    assert HERS[-6:] not in page.locator("main").inner_text().replace(" ", ""), "a crew needs no caller's number"
    looks_right(page)
    shot(page, "warden")


@pytest.mark.row("A3")
@pytest.mark.parametrize("line", LINES)
def test_what_has_no_key_of_its_own_is_spelt_on_every_line(line: Any, clock: Any) -> None:
    clock.set("2026-11-23T07:30:00+00:00")
    heard = line().ring(spells("BADGE", "Apply for or renew a Blue Badge"))
    assert "For anything else, press 7" in _said(heard[0])
    assert Dialogue.objects.get().service == "blue-badge"
    assert "Apply for or renew a Blue Badge." in _said(heard[-1])


def spells(letters: str, name: str) -> Answers:
    """Anything else, its letters, its key; then hang up."""
    steps = iter([lambda _: "7", lambda _: f"{keys_of(letters)}#", lambda heard: key_for(name, heard)])

    def answers(heard: str) -> str | None:
        step = next(steps, None)
        return step(_said(heard)) if step is not None else None

    return answers


def _said(heard: str) -> str:
    return " ".join(heard.replace(" -", ",").split())


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^A-Za-z0-9 ]", " ", words).split())
