"""What a service needs is asked in the middle of its form, and nothing is lost."""

import pytest

from moothall.cases.models import Case, Task
from moothall.core.actors import SYSTEM
from moothall.customers.accounts.actions import ProviderSays, come_by_provider
from moothall.customers.accounts.adapters.oidc import wire
from moothall.notifications.models import Message
from moothall.services.pack import SERVICES
from tests.interfaces.account.conftest import last_code
from tests.interfaces.site.conftest import walk  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
CONTACT, VERIFIED = "bulky-waste", "council-tax-refund"


def send(client, check):
    return client.post(check.replace("/check", "/send"))


def test_every_need_is_one_the_pack_may_state(council):
    assert {service.proof for service in council.of(SERVICES).values()} == {"none", "contact", "verified"}
    assert (council.of(SERVICES)[CONTACT].proof, council.of(SERVICES)[VERIFIED].proof) == ("contact", "verified")


def test_a_code_in_the_middle_sends_the_request(resident, walk):  # noqa: F811
    check = walk(CONTACT)
    answer = send(resident, check)
    assert answer["Location"] == check.replace("/check", "/prove")
    assert not Case.objects.exists()
    page = resident.get(answer["Location"]).content.decode()
    assert "Send me a code" in page
    answer = resident.post(answer["Location"], {"to": "0"})
    wrong = resident.post(answer["Location"], {"code": "12"})
    assert wrong.status_code == 400
    sent = resident.post(answer["Location"], {"code": last_code()})
    assert sent["Location"] == check.replace("/check", "/sent")
    assert Case.objects.count() == 1
    second = walk(CONTACT)
    assert send(resident, second)["Location"] == second.replace("/check", "/sent")


def test_no_code_in_the_middle_goes_to_a_number_abroad_nobody_has_shown_to_be_hers(resident, walk, council):  # noqa: F811
    contact = next(q.id for q in council.services[CONTACT].questions if q.type == "contact")
    check = walk(CONTACT, {contact: {"name": "Mary Jones", "phone": "+1 900 555 8888"}})
    prove = send(resident, check)["Location"]
    assert prove.endswith("/prove")
    page = resident.post(prove, {"to": "0"}, follow=True).content.decode()
    assert "We send codes to no other numbers outside the UK" in page
    assert "Change how we reach you" in page
    assert f'href="{check}"' in page
    assert "We sent it to" not in page
    assert not Message.objects.filter(template="account-code").exists()
    assert not Case.objects.exists()


def test_signing_in_in_the_middle_makes_the_request_hers(resident, walk, come_in):  # noqa: F811
    check = walk(CONTACT)
    account = come_in(then=check)
    assert send(resident, check)["Location"] == check.replace("/check", "/sent")
    assert Case.objects.get().customer_id == account.customer_id


def test_a_proved_identity_needs_more_than_a_code(resident, walk, come_in, clock):  # noqa: F811
    account = come_in()
    said = ProviderSays(
        issuer="https://id.example.org/", subject="s", trust="P2.Cl.Cm", given_name="Mary", family_name="Jones"
    )
    come_by_provider(said, account_id=account.id, at=clock.now())
    come_in()  # linking elsewhere ended this session
    check = walk(VERIFIED)
    answer = send(resident, check)
    assert answer["Location"].endswith("/prove")
    assert "You have proved who you are already" in resident.get(answer["Location"]).content.decode()
    session = resident.session
    session["account"] = {**session["account"], "how": ["passkey"]}
    session.save()
    assert send(resident, check)["Location"].endswith("/sent")
    assert Case.objects.get().customer_id == account.customer_id
    assert not Task.objects.exists()


def test_who_cannot_prove_it_here_sends_it_and_the_team_is_told(resident, walk):  # noqa: F811
    check = walk(VERIFIED)
    assert send(resident, check)["Location"].endswith("/prove")
    later = check.replace("/check", "/prove/later")
    assert resident.post(later)["Location"].endswith("/sent")
    resident.post(later)
    case = Case.objects.get()
    task = Task.objects.get()
    assert task.case_id == case.id
    assert "identity is not proved" in task.title
    assert task.team == case.team


def test_the_way_round_is_only_there_for_a_proved_identity(resident, walk):  # noqa: F811
    check = walk(CONTACT)
    answer = resident.post(check.replace("/check", "/prove/later"))
    assert answer["Location"].endswith("/prove")
    assert not Case.objects.exists()


def test_who_has_neither_email_nor_telephone_is_not_stopped(resident, walk, council):  # noqa: F811
    service = council.of(SERVICES)[CONTACT]
    contact = next(q.id for q in service.questions if q.type == "contact")
    check = walk(CONTACT, {contact: {"by": "post"}})
    assert send(resident, check)["Location"].endswith("/sent")


def test_one_who_is_signed_in_is_not_asked_again_what_we_know(resident, walk, come_in, council):  # noqa: F811
    come_in()
    service = council.of(SERVICES)[CONTACT]
    contact = next(q.id for q in service.questions if q.type == "contact")
    check = walk(CONTACT)
    fresh = resident.post(f"/services/{CONTACT}/start", follow=True).redirect_chain[-1][0]
    assert check
    assert SYSTEM.name
    for question in service.questions:
        page = resident.get(fresh.rsplit("/", 1)[0] + f"/{question.id}")
        if question.id == contact and page.status_code == 200:
            assert "mary.jones@example.com" in page.content.decode()


def test_a_provider_that_does_not_answer_leads_back_to_her_request(resident, walk, come_in, settings):  # noqa: F811
    check = walk(VERIFIED)
    come_in(then=check)
    wire.forget()
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {
        "flavour": "plain", "client_id": "council", "issuer": "http://127.0.0.1:9/", "acr": ["proved"],
    }  # fmt: skip
    answer = resident.get("/account/sign-in/identity", {"prove": "1", "next": check})
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "You are still signed in" in page
    assert f'href="{check}"' in page
    assert resident.get(check).status_code == 200
