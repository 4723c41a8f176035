# ruff: noqa: F811  fixtures come by import
"""Colleagues ask for something as themselves; councillors raise enquiries, and see their ward without who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.models import Event, Staff
from moothall.core.staff import create_staff
from moothall.customers.colleagues.actions import customer_of_staff, seat
from moothall.customers.colleagues.models import Colleague
from moothall.customers.models import Customer
from moothall.insight.models import MonthlyFigure
from moothall.insight.queries import ALL, month_before, month_of
from moothall.intake.actions import raise_request
from moothall.intake.models import Dialogue
from moothall.places.models import Area
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from tests.intake.catalogue import a_valid_answer
from tests.interfaces.site.conftest import resident, walk  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
WARD, OTHER = "E05000001", "E05000002"


@pytest.fixture
def somebody(council: Any, clock: Any) -> Callable[..., Staff]:
    Area.objects.create(code=WARD, name="Adel and Wharfedale")
    Area.objects.create(code=OTHER, name="Burmantofts")

    def make(username: str, name: str, *roles: str) -> Staff:
        return create_staff(
            username=username, name=name, email=f"{username}@example.org", roles=list(roles), pack=council, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip

    return make


@pytest.fixture
def councillor(somebody: Callable[..., Staff], clock: Any) -> Staff:
    staff = somebody("hale", "Dorothy Hale", "councillor")
    seat(staff.id, wards=[WARD], by=SYSTEM, at=clock.now())
    return staff


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def walked(walk: Any, client: Client, monkeypatch: Any, code: str, answers: dict[str, Any]) -> str:
    """Ask for a service as oneself, to the check page."""
    post, asked = client.post, f"/mine/ask/{code}"
    monkeypatch.setattr(
        client, "post", lambda address, *a, **k: post(address.replace(f"/services/{code}/start", asked), *a, **k)
    )
    return str(walk(code, answers))


def test_an_officer_asks_as_herself_and_it_stays_hers(
    somebody: Callable[..., Staff], client: Client, walk: Any, monkeypatch: Any
) -> None:
    priya, tom = somebody("priya", "Priya Shah", "adviser"), somebody("tom", "Tom Ashworth", "adviser")
    client.force_login(priya)
    page = text_of(client.get("/mine/"))
    assert "Ask HR or payroll" in page
    assert "Councillor enquiry" not in page
    check = walked(walk, client, monkeypatch, "staff-hr-query", {"ask": "My March payslip is short."})
    stranger = Client()
    stranger.cookies["moothall_request"] = client.cookies["moothall_request"].value
    away = stranger.post(check.replace("/check", "/send"))
    assert away.status_code == 302
    assert away["Location"].startswith("/sign-in/?next=")
    assert not Case.objects.exists()
    sent = client.post(check.replace("/check", "/send"))
    assert sent["Location"].endswith("/sent")
    case, me = Case.objects.get(), Colleague.objects.get()
    assert (case.customer_id, case.restricted, me.staff_id) == (me.customer_id, "human-resources", priya.id)
    opened = Event.objects.get(name="case.opened")
    assert (opened.actor_kind, opened.actor_id) == ("staff", priya.id)
    shown = text_of(client.get("/mine/"))
    assert f"/mine/requests/{case.id}" in shown
    assert client.get(f"/mine/requests/{case.id}").status_code == 302
    other = Client()
    other.force_login(tom)
    assert other.get(f"/mine/requests/{case.id}").status_code == 404
    assert other.get(f"/desk/cases/{case.id}/").status_code == 404


def test_one_record_is_made_however_often_one_asks(somebody: Callable[..., Staff], clock: Any) -> None:
    priya = somebody("priya", "Priya Shah", "adviser")
    assert len({customer_of_staff(priya.id, at=clock.now()) for _ in range(3)}) == 1
    person = Customer.objects.get()
    assert (person.given_name, person.family_name, person.proof) == ("Priya", "Shah", "verified")
    with pytest.raises(LookupError):
        customer_of_staff(person.id, at=clock.now())


def test_an_enquiry_says_whether_the_constituent_agreed_or_why_that_is_not_needed(
    councillor: Staff, client: Client, walk: Any, monkeypatch: Any
) -> None:
    client.force_login(councillor)
    assert "Councillor enquiry for a resident" in text_of(client.get("/mine/"))
    assert client.post("/mine/ask/staff-hr-query").status_code == 403
    check = walked(walk, client, monkeypatch, "councillor-enquiry", {"consent": "agreed", "urgent": "no"})
    assert "Yes, they told me I may" in text_of(client.get(check))
    assert "Why is it not needed?" not in text_of(client.get(check))
    assert client.post(check.replace("/check", "/send"))["Location"].endswith("/sent")
    case = Case.objects.get()
    assert case.answers["consent"] == "agreed"
    assert {promise.kind for promise in Promise.objects.filter(subject_id=case.id)} == {"acknowledge", "complete"}
    why = walked(
        walk, client, monkeypatch, "councillor-enquiry",
        {"consent": "none", "consent_why": "It is about a street.", "urgent": "no"},
    )  # fmt: skip
    client.post(why.replace("/check", "/send"))
    told = Case.objects.exclude(id=case.id).get()
    assert told.answers["consent_why"] == "It is about a street."
    assert [one["row"] for one in told.decisions] == ["no-consent"]
    assert text_of(client.get("/mine/")).count("/mine/requests/") == 2


def figure(measure: str, month: date, key: str, count: int, of: int, *, area: str) -> None:
    """Keep one sum as the read models do."""
    MonthlyFigure.objects.create(
        month=month, measure=measure, service=ALL, channel=ALL, area=area, key=key, count=count, of=of, total=0
    )


@pytest.fixture
def ward_cases(councillor: Staff, council: Any, clock: Any) -> list[str]:
    """Cases of the ward with all that is personal in them; returns the words that must never be shown."""
    services = council.of(SERVICES)

    def ask(code: str, number: int, area: str) -> None:
        service = services[code]
        answers: dict[str, Any] = {}
        for question in service.questions:
            if question.type == "contact":
                answers[question.id] = {
                    "name": f"Zebedee Quillfeather{number}", "email": f"zebedee{number}@example.net",
                    "phone": "+447700900777",
                }  # fmt: skip
            elif question.type == "address":
                answers[question.id] = {"text": f"{number} Secretplace Row, LS1 1UR", "postcode": "LS1 1UR"}
            elif question.show_when is None and question.type not in {"photo", "file", "slot", "payment", "lookup"}:
                answers[question.id] = a_valid_answer(question, lambda options: options[0])
        raised = raise_request(service, answers, pack=council, channel="web", by=SYSTEM, at=clock.now())
        Case.objects.filter(id=raised.case_id).update(area=area)

    for number in range(6):
        ask("complaint", number, WARD)
    ask("graffiti", 90, OTHER)
    ask("garden-waste", 91, WARD)
    ask("staff-hr-query", 92, WARD)
    return ["Zebedee", "Quillfeather", "example.net", "900777", "Secretplace", "LS1 1UR"]


@pytest.mark.row("B11")
def test_a_ward_is_seen_by_kind_and_state_and_nobody_in_it(
    councillor: Staff, ward_cases: list[str], client: Client, council: Any, clock: Any, django_assert_num_queries: Any
) -> None:
    assert Case.objects.filter(area=WARD).count() == 8, "all of them were taken"
    client.force_login(councillor)
    last = month_before(month_of(clock.now()))
    for area, kept, of in ((WARD, 45, 50), (OTHER, 5, 50), (ALL, 50, 100)):
        figure("promise", last, "complete", kept, of, area=area)
    for score, people in (("good", 20), ("average", 9), ("poor", 2)):
        figure("rating", last, score, 0, people, area=WARD)
    page = text_of(client.get("/mine/ward"))
    assert "Adel and Wharfedale" in page
    assert "we kept our promises 90 times in 100: 45 of 50. Across the council it was 50 in 100." in page
    said = page.split("What people here said of us")[-1].split("</table>")[0]
    assert "20" in said
    assert said.count("Not shown") == 2, "two poor ones could be counted back from the rest, were the next least shown"
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")
    names = {code: str(council.of(SERVICES)[code].name) for code in ("complaint", "garden-waste", "staff-hr-query")}
    complaint = next(row for row in rows if names["complaint"] in row)
    assert '<td class="num">6</td>' in complaint
    assert not any(names["garden-waste"] in row for row in rows)
    too_few = page.split("fewer than 5 are open")[1].split("</ul>")[0]
    assert names["garden-waste"] in too_few
    assert names["complaint"] not in too_few
    assert names["staff-hr-query"] not in page, "restricted kinds are not even counted"
    for word in ward_cases:
        assert word not in page
    for case in Case.objects.all():
        assert case.reference not in page.replace("-", "")
        assert str(case.customer_id) not in page
    with django_assert_num_queries(10):
        client.get("/mine/ward")
    taken = client.get("/mine/ward.csv", {"ward": WARD})
    assert taken["Content-Disposition"] == f'attachment; filename="ward-{WARD}.csv"'
    evidence = text_of(taken)
    assert (
        f"promise,*,All services,area and month,{WARD},Adel and Wharfedale,{last:%Y-%m},45,50,90.0,,False" in evidence
    )
    assert f"promise,*,All services,month,,,{last:%Y-%m},50,100,50.0,,False" in evidence
    assert f"open,complaint,{names['complaint']},area,{WARD},Adel and Wharfedale,now,,,,6,False" in evidence
    assert f"open,garden-waste,{names['garden-waste']},area,{WARD},Adel and Wharfedale,now,,,,,True" in evidence
    assert names["staff-hr-query"] not in evidence
    for word in (*ward_cases, *(case.reference for case in Case.objects.all())):
        assert word not in evidence


def test_only_councillors_see_a_ward_and_only_their_own(
    councillor: Staff, somebody: Callable[..., Staff], client: Client
) -> None:
    assert Client().get("/mine/ward").status_code in {302, 401}
    officer = Client()
    officer.force_login(somebody("priya", "Priya Shah", "adviser"))
    assert officer.get("/mine/ward").status_code == 403
    client.force_login(councillor)
    assert client.get("/mine/ward", {"ward": WARD}).status_code == 200
    assert client.get("/mine/ward", {"ward": OTHER}).status_code == 404
    for ward, status in ((WARD, 200), (OTHER, 404)):
        assert client.get("/mine/ward.csv", {"ward": ward}).status_code == status
    assert officer.get("/mine/ward.csv", {"ward": WARD}).status_code == 403
    for closed in ("/desk/", "/desk/queue/", "/console/"):
        assert client.get(closed).status_code == 403
    unseated = Client()
    unseated.force_login(somebody("new", "Nia New", "councillor"))
    assert "You sit for no ward yet" in text_of(unseated.get("/mine/ward"))


def test_an_administrator_says_for_which_wards_a_councillor_sits(
    councillor: Staff, somebody: Callable[..., Staff], client: Client
) -> None:
    client.force_login(somebody("admin", "Sunita Rao", "administrator"))
    page = text_of(client.get(f"/console/staff/{councillor.id}"))
    assert "Wards they sit for" in page
    client.post(f"/console/staff/{councillor.id}/wards", {"wards": [OTHER, "made-up"]})
    assert Colleague.objects.get(staff_id=councillor.id).wards == [OTHER]
    assert Event.objects.filter(name="councillor.seated").count() == 2
    officer = Client()
    officer.force_login(somebody("priya", "Priya Shah", "adviser"))
    assert officer.post(f"/console/staff/{councillor.id}/wards", {"wards": [WARD]}).status_code == 403
    assert not Dialogue.objects.exists()
