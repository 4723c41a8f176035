"""Somebody at a browser without scripts: reads the form that was drawn, fills in what is in it, presses the button."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.test import Client

from moothall.cases.models import Case
from moothall.core.models import Attempt
from moothall.intake.models import Dialogue
from moothall.services.pack import Question, Service
from tests.interfaces.account.conftest import last_code

from .answers import Wanted, case_of

SHOWN_PHONE = "07700 900123"


@dataclass
class Control:
    """One control of a form."""

    kind: str
    value: str
    chosen: bool = False


@dataclass
class Form:
    """A form as it was drawn: where it goes, and its controls by name."""

    action: str
    id: str = ""
    controls: dict[str, list[Control]] = field(default_factory=dict)

    def left_as_it_is(self) -> dict[str, list[str]]:
        """What a browser sends where nobody touches anything."""
        sent: dict[str, list[str]] = {}
        for name, controls in self.controls.items():
            values = [one.value for one in controls if one.kind != "button" and one.chosen]
            if values:
                sent[name] = values
        return sent

    def offers(self, name: str, value: str) -> str:
        """Return a value that a radio, box or button offers; anything else is no answer this page takes."""
        found = [one.value for one in self.controls.get(name, [])]
        assert value in found, f"{name} offers {found}, not {value}"
        return value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(held.get("action", ""), held.get("id", ""))
            self.forms.append(self.open)
        name = held.get("name", "")
        if self.open is None or not name or "disabled" in held:
            return
        kind = held.get("type", "text") if tag == "input" else tag
        if tag == "textarea":
            self.area = name
        elif tag not in {"input", "button"}:
            return
        chosen = "checked" in held if kind in {"radio", "checkbox"} else kind not in {"button", "submit", "file"}
        self.open.controls.setdefault(name, []).append(Control(kind, held.get("value", ""), chosen))

    def handle_data(self, data: str) -> None:
        if self.area and self.open is not None:
            self.open.controls[self.area][-1].value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            self.area = ""


def form_on(page: str, id_: str) -> Form:
    """Return the form of a page by its id."""
    reader = _Reader()
    reader.feed(page)
    found = [one for one in reader.forms if one.id == id_]
    assert found, f"no form {id_} among {[one.id for one in reader.forms]}"
    return found[0]


def filled_in(form: Form, question: Question, wanted: Any) -> dict[str, Any]:
    """What a person puts into the controls of one question; every name and choice must stand on the page."""
    put = _put(form, question, wanted)
    for name in put:
        assert name in form.controls, f"{name} is not on the page: {sorted(form.controls)}"
    return put


def _put(form: Form, question: Question, wanted: Any) -> dict[str, Any]:  # noqa: PLR0912 - one line for each type
    name = question.id
    if wanted is None:
        return {}
    match question.type:
        case "choice" | "picture" | "yes_no" | "declaration":
            return {name: form.offers(name, wanted)}
        case "photo" | "file" if "later" not in [one.value for one in form.controls[name]]:
            return {}  # it may be left out here
        case "multi_choice" | "photo" | "file":
            return {name: [form.offers(name, one) for one in wanted]}
        case "date":
            year, month, day = wanted.split("-")
            return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}
        case "time":
            return {name: "2.30pm"}
        case "money":
            return {name: f"£{wanted / 100:.2f}"}
        case "person":
            return {f"{name}-name": wanted["name"]}
        case "contact":
            by = f"{name}-by"
            return {by: form.offers(by, wanted["by"])} if "by" in wanted else {f"{name}-phone": SHOWN_PHONE}
        case "vehicle":
            return {f"{name}-registration": wanted["registration"]}
        case "items" if question.options:
            return {f"{name}-{item}": many for item, many in wanted.items()}
        case "items":
            return {name: "\n".join(wanted)}
        case "payment" if name not in form.controls:
            return {}  # nothing is to be paid here, and the page says so
        case "payment":
            return {name: form.offers(name, wanted["how"])}
        case _:
            return {name: str(wanted)}


@dataclass
class Browser:
    """One person's browser, at the site or (``under`` its prefix) at a kiosk."""

    under: str = ""
    client: Client = field(default_factory=Client)
    at: str = ""
    asked: list[str] = field(default_factory=list)

    def begin(self, service: Service) -> None:
        """Press the button on a service's page."""
        answer = self.client.post(f"{self.under}/services/{service.code}/start")
        assert answer.status_code == 302, (service.code, answer.status_code, answer.content.decode()[:2000])
        self.at = answer["Location"]

    def open_link(self, link: str) -> None:
        """Open an address that was sent."""
        self.at = "/" + link.split("/", 3)[3]

    def page(self) -> str:
        """The page this browser comes to, wherever it is led on the way."""
        for _ in range(9):
            answer = self.client.get(self.at)
            if answer.status_code != 302:
                assert answer.status_code == 200, (self.at, answer.status_code, answer.content.decode()[-3000:])
                return str(answer.content.decode())
            self.at = answer["Location"]
        raise AssertionError(f"led in circles at {self.at}")

    @property
    def last(self) -> str:
        """The last piece of the address: which question, or which page."""
        return self.at.split("?")[0].rsplit("/", 1)[-1]

    @property
    def dialogue(self) -> Dialogue:
        """The request under way here."""
        return Dialogue.objects.get(id=UUID(self.at.removeprefix(self.under).split("/")[2]))

    def answer(self, service: Service, wanted: Wanted, *, until: str = "") -> str:
        """Answer question after question to the check, or to the question named; return the page."""
        for _ in range(160):
            page = self.page()
            if self.last in {"check", until}:
                return page
            question = service.by_question[self.last]
            self.asked.append(question.id)
            form = form_on(page, "question")
            sent = form.left_as_it_is() | self._given(form, question, wanted.get(question.id))
            answer = self.client.post(form.action, sent)
            assert answer.status_code == 302, (service.code, self.at, sent, _errors(answer.content.decode()))
            self.at = answer["Location"]
        raise AssertionError(f"{service.code} never ends")

    def _given(self, form: Form, question: Question, wanted: Any) -> dict[str, Any]:
        name = question.id
        if question.type == "address" and wanted is not None:
            if f"{name}-postcode" in form.controls:
                return {f"{name}-postcode": "LS21 1AA", f"{name}-number": "14", "find": form.offers("find", "yes")}
            return {name: form.offers(name, wanted["uprn"])}
        if question.type == "place" and wanted is not None:
            if f"{name}-search" in form.controls:
                return {f"{name}-search": "14 Mill Lane, Otley", "find": form.offers("find", "yes")}
            return {name: form.offers(name, wanted["pick"])}
        if question.type == "slot":
            return {name: form.controls[name][0].value}
        return filled_in(form, question, wanted)

    def send(self) -> Case | None:
        """Press send on the check page, show who one is where that is asked, and return what it became."""
        form = form_on(self.page(), "send")
        row = self.dialogue
        answer = self.client.post(form.action, form.left_as_it_is())
        assert answer.status_code == 302, (self.at, _errors(answer.content.decode()))
        self.at = answer["Location"]
        if self.last == "prove":
            self._prove()
        assert self.last == "sent", self.at
        assert "reference" in self.page().lower() or self.dialogue.case_id is None
        row.refresh_from_db()
        assert row.state == "sent", (row.service, row.state)
        return case_of(row.case_id)

    def _prove(self) -> None:
        page = self.page()
        if "Send me a code" not in page:
            answer = self.client.post(f"{self.at}/later")
        else:
            Attempt.objects.all().delete()  # one browser here asks for more codes than any person would
            asked = self.client.post(self.at, {"to": "0"})
            assert asked.status_code == 302, (self.at, _errors(asked.content.decode()))
            answer = self.client.post(asked["Location"], {"code": last_code()})
        assert answer.status_code == 302, (self.at, answer.status_code, _errors(answer.content.decode()))
        self.at = answer["Location"]


def by_pages(under: str = "") -> Any:
    """Page after page of the site, or of a kiosk."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        browser = Browser(under)
        browser.begin(service)
        browser.answer(service, wanted)
        return browser.send()

    return drive


def _errors(page: str) -> str:
    start = page.find("ui-errors")
    return page[start : start + 800] if start > 0 else page[-3000:]
