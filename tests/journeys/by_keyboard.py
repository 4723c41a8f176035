"""Filling in and going on by the keyboard alone, as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser import goes_on, keys, tab_to


def write(page: Page, label: str, words: str, *, exact: bool = False) -> None:
    """Tab to a box and type."""
    tab_to(page, page.get_by_label(label, exact=exact))
    page.keyboard.type(words)


def pick(page: Page, label: str, *, within: Locator | None = None) -> None:
    """Tab to a choice and take one of it: with the arrows among round ones, with Space a square one."""
    option = (within or page).get_by_label(label, exact=True)
    if option.get_attribute("type") == "radio":
        name = option.get_attribute("name")
        group = page.locator(f'input[type="radio"][name="{name}"]')
        place = option.evaluate("e => [...document.querySelectorAll(`input[type=radio][name='${e.name}']`)].indexOf(e)")
        tab_to(page, group.first)
        keys(page, *(["ArrowDown"] * place if place else ["Space"]))
    else:
        tab_to(page, option)
        keys(page, "Space")
    expect(option).to_be_checked()


def press(page: Page, button: str) -> None:
    """Tab to a button or link by its words and press it; afterwards the next page is there."""
    control = page.get_by_role("button", name=button, exact=True).or_(page.get_by_role("link", name=button, exact=True))
    tab_to(page, control.first)
    with goes_on(page):
        keys(page, "Enter")


def answer(page: Page, label: str) -> None:
    """Take one choice and go on."""
    pick(page, label)
    press(page, "Carry on")
