"""Mrs Jones rings about her bin, and while she is at it about the lamp outside: one call, two matters, two promises, one
reason. Ravi does it all by keys; what he has open in two windows is sent once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact, Matter
from moothall.core.actors import SYSTEM
from moothall.core.references import spell_reference
from moothall.customers.actions import create_customer
from tests.browser import goes_on, keys, looks_right, tab_to

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.long
@pytest.mark.row("A2")
def test_she_asks_two_things_in_one_call(
    desk_of: Callable[..., Page], clock: Any, shot: Callable[[Page, str], object]
) -> None:
    jones = create_customer(
        given_name="Mary", family_name="Jones", address_text="14 Mill Lane, Otley, LS21 1AA",
        contact_points=[("phone", "07700 900123"), ("email", "mary.jones@example.com")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    page = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    page.goto("/desk/")
    expect(page.get_by_label("Number they ring from")).to_be_focused()
    keys(page, "07700 900123", "Enter")
    expect(page.get_by_label("Who is it?")).to_be_focused()
    want = page.get_by_label("What do they want?")
    keys(page, "Escape", "y")
    expect(want).to_be_focused()

    # The bin first. The same form stands open in a second window.
    page.keyboard.type("bin men missed us")
    expect(page.get_by_role("button", name="Report a missed bin")).to_be_visible()
    keys(page, "Enter")
    expect(page.get_by_label("General rubbish")).to_be_focused()
    for question in ("bin", "out_time", "extent"):
        tab_to(page, page.locator(f"#{question}"))
        keys(page, "Space")
    for question in ("tag", "assisted", "still_out"):
        tab_to(page, page.locator(f"#{question}"))
        keys(page, "ArrowDown")
    expect(page.get_by_text("Saved ")).to_be_visible()
    expect(page.locator("form[data-unsaved]")).to_have_count(0)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_label("General rubbish")).to_be_checked()
    keys(page, "Escape", "s")
    expect(page.get_by_text("Say “We’ll do this by")).to_be_visible()
    bin_case = Case.objects.get()
    with goes_on(second):
        second.locator("[data-send]").click()
    expect(second.get_by_text(spell_reference(bin_case.reference)).first).to_be_visible()
    assert Case.objects.count() == 1, "sent once, whichever window"
    second.close()

    # “While I have you …”: the second matter, in the same call.
    keys(page, "m")
    expect(want).to_be_focused()
    page.keyboard.type("make a comment")
    expect(page.get_by_role("button", name="Make a comment or suggestion")).to_be_visible()
    keys(page, "Enter")
    expect(page.get_by_label("What is it about?")).to_be_focused()
    page.keyboard.type("The lamp on Mill Lane")
    tab_to(page, page.get_by_label("What is your idea?"))
    page.keyboard.type("Could it come on a little earlier?")
    tab_to(page, page.locator("#reply"))
    keys(page, "ArrowDown")
    expect(page.get_by_text("Saved ")).to_be_visible()
    looks_right(page)
    shot(page, "two-matters")
    keys(page, "Escape", "s")
    expect(page.get_by_text("Handed on with a promise")).to_be_visible()
    matters = page.get_by_role("navigation", name="Matters in this contact")
    expect(matters.get_by_role("link", name="Report a missed bin")).to_be_visible()
    comment = Case.objects.exclude(id=bin_case.id).get()
    expect(page.get_by_text(spell_reference(comment.reference))).to_be_visible()
    assert comment.reference != bin_case.reference

    # One reason for the one call, and it is over.
    keys(page, "1", "Enter")
    expect(page.get_by_text("Finished. Ready for the next.")).to_be_visible()
    contact = Contact.objects.get()
    assert (contact.state, contact.cause, contact.customer_id) == ("closed", "new", jones.id)
    assert set(Matter.objects.filter(contact=contact).values_list("service", "case_id")) == {
        ("missed-bin", bin_case.id), ("comment", comment.id),
    }  # fmt: skip
    assert {case.contact_id for case in (bin_case, comment)} == {contact.id}
