"""Mr Bloggs has no card: he pays his bill in notes at a machine. The power fails with his money in it; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_client
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, JournalLine, Sale
from tests.browser import goes_on, looks_right
from tests.payments.conftest import books
from tests.payments.test_site import raised

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("D16"), pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("council", "card_payments"),
]  # fmt: skip


@dataclass
class Machine:
    """A machine as it stands in a hall: it keeps its own journal, and sends over the wire what we lack."""

    address: str
    token: str
    clock: Any
    journal: list[dict[str, Any]] = field(default_factory=list)

    def does(self, kind: str, **more: Any) -> None:
        """Write one thing down, before the next is done."""
        self.journal.append(
            {"seq": len(self.journal) + 1, "kind": kind, "at": self.clock.now().isoformat(), "sale": "", **more}
        )

    def asks(self, path: str) -> Any:
        answer = requests.get(f"{self.address}/{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=20)
        return answer.json() if answer.ok else None

    def sends(self) -> Any:
        """Ask how far we have it and send the rest; return the answer."""
        rest = self.journal[self.asks("journal")["have"] :]
        answer = requests.post(
            f"{self.address}/journal",
            json={"lines": rest},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_his_notes_are_in_the_machine_when_the_power_fails(
    clock: Any, phone: Page, desk_of: Callable[..., Page], live_server: Any, shot: Callable[[Page, str], object]
) -> None:
    _, token = create_client(name="Merrion House", scopes=["api.machine"], by=SYSTEM, at=clock.now())
    machine = Machine(f"{live_server.url}/api/v1/machines", token, clock)
    machine.does("open", pence=5_000)
    machine.sends()
    his = raised(clock, pay="place")
    clock.advance(minutes=1)
    hers = raised(clock, pay="place")
    phone.goto(pay_path(his.id))
    expect(phone.get_by_role("heading", name="Pay £98")).to_be_visible()
    expect(phone.get_by_text("You can also pay at any of our offices")).to_be_visible()
    looks_right(phone)
    shown = phone.get_by_text(re.compile("^Payment reference")).inner_text().removeprefix("Payment reference").strip()

    assert machine.asks(f"bills/{shown}")["pence"] == 9_800  # what he typed at it
    assert machine.asks("bills/0000-0000") is None
    machine.does("begin", sale="a", reference=shown)
    machine.does("cash", pence=5_000, sale="a")
    machine.sends()
    machine.does("cash", pence=5_000, sale="a")  # written down, and then it is dark: never sent
    phone.reload()
    expect(phone.get_by_role("heading", name="Pay £98")).to_be_visible()
    finance = desk_of("Priya Shah", "finance-officer")
    finance.goto("/console/machines")
    expect(finance.get_by_text("Going on")).to_be_visible()

    clock.advance(minutes=6)
    assert machine.asks("journal")["have"] == 3
    machine.does("power")
    (paid,) = machine.sends()["sales"]
    assert (paid["state"], paid["cash_pence"]) == ("paid", 10_000)  # the machine prints his receipt now
    for _ in range(2):  # it did not hear us, and sends everything again
        again = requests.post(
            f"{machine.address}/journal", json={"lines": machine.journal}, headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )  # fmt: skip
        assert again.json()["have"] == 5
    jobs.drain(at=clock.now())
    phone.reload()
    expect(phone.get_by_role("heading", name="Paid")).to_be_visible()
    expect(phone.get_by_text("£2 is going back to you. Somebody will pay it back to you.")).to_be_visible()
    looks_right(phone)
    shot(phone, "paid")
    assert (Attempt.objects.count(), JournalLine.objects.count()) == (1, 5)

    machine.does("begin", sale="b", reference=hers.reference)
    machine.does("cash", pence=2_000, sale="b")
    machine.sends()
    machine.does("power")  # again, and this time the money does not cover it
    (held,) = [one for one in machine.sends()["sales"] if one["sale"] == "b"] or [machine.asks("sales/b")]
    assert held["state"] == "held"
    finance.goto("/console/machines")
    expect(finance.get_by_role("heading", name="£20.00 for")).to_be_visible()
    expect(finance.get_by_text("The power failed in the middle of it")).to_be_visible()
    looks_right(finance)
    shot(finance, "1-held")
    finance.set_viewport_size({"width": 320, "height": 640})
    shot(finance, "1-held-320")
    finance.set_viewport_size({"width": 1280, "height": 900})
    with goes_on(finance):
        finance.get_by_role("button", name="Given back").click()
    expect(finance.get_by_text("Say how it was given back").first).to_be_visible()
    finance.get_by_label("How it was given back").fill("In cash at the counter, receipt 114")
    with goes_on(finance):
        finance.get_by_role("button", name="Given back").click()
    expect(finance.get_by_text("Nothing is held")).to_be_visible()
    assert Sale.objects.get(code="b").state == "settled"

    phone.goto(pay_path(hers.id))  # nothing was taken for hers: it can still be paid
    expect(phone.get_by_role("heading", name="Pay £98")).to_be_visible()
    in_it = 5_000 + 10_000 + 2_000
    machine.does("count", pence=in_it)
    machine.sends()
    finance.goto("/console/machines")
    expect(finance.get_by_text("not banked yet")).to_be_visible()
    expect(finance.get_by_role("cell", name="£170.00").first).to_be_visible()
    looks_right(finance)
    shot(finance, "2-counted")
    stands = books()
    assert (sum(stands.values()), stands["income:waste-collections"]) == (0, -9_800)
