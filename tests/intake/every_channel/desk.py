"""An adviser at her desk: takes a call or a visitor, finds the service, fills in the one form, sends it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.test import Client

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.staff import create_staff
from moothall.places.finding import find_spots
from moothall.places.queries import find_addresses
from moothall.services.pack import Question, Service

from .answers import HERS, Wanted, case_of
from .pages import Form, filled_in, form_on

TYPED = "14 Mill Lane"


def an_adviser(clock: Any) -> Client:
    """A browser in which an adviser is signed in."""
    staff = create_staff(username="ravi.patel", name="Ravi Patel", roles=["adviser"], teams=["customer-services"],
                         pack=current_pack(), by=SYSTEM, at=clock.now())  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


def by_desk(channel: str) -> Any:
    """The whole form at once, by an adviser: on the telephone or at the counter."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        client = an_adviser(clock)
        begun = client.post("/desk/contacts/begin", {"channel": channel, "number": HERS})
        assert begun.status_code == 303
        here = begun["Location"]
        taken = client.post(f"{here}matters", {"service": service.code})
        assert taken.status_code == 303, (service.code, taken.status_code)
        return fill_and_send(client, taken["Location"], service, wanted)

    return drive


def fill_and_send(client: Client, here: str, service: Service, wanted: Wanted) -> Case | None:
    """Fill in what is asked as it comes up, look at free times where there are any, send; return what it became."""
    form, sent, done = fill(client, here, service, wanted)
    slots = [name for name in done if service.by_question[name].type == "slot"]
    if slots:
        again = client.post(form.action, sent | {"matter-do": "times"})
        assert again.status_code == 303
        form = matter_form(client, again["Location"])
        sent |= {name: form.controls[name][0].value for name in slots}
    answer = client.post(form.action, sent | {"matter-do": form.offers("matter-do", "send")})
    assert answer.status_code == 303, (service.code, sent, _wrong(answer.content.decode()))
    contact = Contact.objects.get(id=UUID(here.split("/")[3]))
    matter = contact.matters.latest("ended_at")
    assert matter.ended_at is not None
    return case_of(matter.case_id)


def fill(
    client: Client, here: str, service: Service, wanted: Wanted, *, without: Collection[str] = ()
) -> tuple[Form, dict[str, Any], set[str]]:
    """Fill in what is asked as it comes up, ``without`` some types; return the form, what is in it, what was asked."""
    form = matter_form(client, here)
    keep = form.action.removesuffix("send") + "keep"
    sent: dict[str, Any] = form.left_as_it_is()
    done: set[str] = set()
    for _ in range(30):
        kept = client.post(keep, sent, headers={"X-Autosave": "1"})
        assert kept.status_code == 200, kept.status_code
        raised = [name for name in kept.json()["asked"] if name not in done]
        if not raised:
            break
        for name in raised:
            done.add(name)
            question = service.by_question[name]
            sent |= {} if question.type in without else _given(form, question, wanted.get(name))
    return form, sent, done


def matter_form(client: Client, here: str) -> Form:
    """The form of the matter in hand."""
    page = client.get(here)
    assert page.status_code == 200
    return form_on(page.content.decode(), "matter-form")


def _given(form: Form, question: Question, wanted: Any) -> dict[str, Any]:
    name = question.id
    if question.type == "slot" or wanted is None:
        return {}
    if question.type == "address":  # what the box's list puts in when an address of it is chosen
        found = next(one for one in find_addresses(TYPED, limit=7) if str(one.uprn) == wanted["uprn"])
        put = {f"{name}-text": found.text, f"{name}-uprn": str(found.uprn)}
    elif question.type == "place":
        spot = next(one for one in find_spots(TYPED) if one.pick == wanted["pick"])
        put = {f"{name}-search": spot.text, name: spot.pick}
    else:
        return filled_in(form, question, wanted)
    assert set(put) <= set(form.controls), sorted(form.controls)
    return put


def _wrong(page: str) -> str:
    start = page.find('class="ui-errors')
    return page[start : start + 900]
