"""Asking for something on the web, page by page, without a script."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.models import Attempt
from moothall.core.packs import queries
from moothall.customers.models import Customer
from moothall.documents.models import Document
from moothall.intake.models import Dialogue
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from moothall.promises.models import Promise
from moothall.services.pack import SERVICES
from tests.conftest import apply_once
from tests.interfaces.account.conftest import last_code

pytestmark = [pytest.mark.django_db]


def send(resident: Client, check: str) -> Any:
    return resident.post(check.replace("/check", "/send"), follow=True)


def prove(resident: Client, check: str) -> Any:
    """Send what needs proof: by a code to an address of the answers, or with proof promised for the desk."""
    where = send(resident, check).redirect_chain[-1][0]
    if not where.endswith("/prove"):
        return resident.get(where)
    asked = resident.post(where, {"to": "0"})
    if asked.status_code == 200:
        return resident.post(check.replace("/check", "/prove/later"), follow=True)
    Attempt.objects.all().delete()  # one browser here asks for more codes than any person would
    return resident.post(asked["Location"], {"code": last_code()}, follow=True)


def test_a_missed_bin_from_start_to_reference(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "night_before", "extent": "only_me", "tag": "no", "assisted": "no"})
    page = resident.get(check).content.decode()
    assert "Check your answers" in page
    assert "Wednesday 4 March, 5pm" in page
    sent = send(resident, check)
    case = Case.objects.get()
    text = sent.content.decode()
    assert f"{case.reference[:4]}-{case.reference[4:]}" in text
    assert "Wednesday 4 March, 5pm" in text
    assert "amina.dunn@example.com" in text


def test_pressing_send_twice_is_one_case(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "night_before", "tag": "no"})
    first, second = send(resident, check), send(resident, check)
    assert Case.objects.count() == Contact.objects.count() == 1
    assert first.content.decode().split("csrf")[0] == second.content.decode().split("csrf")[0]


def test_what_a_rule_cannot_take_is_explained(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "after_start"})
    assert "It was put out after the round had started." in resident.get(check).content.decode()
    text = send(resident, check).content.decode()
    assert "We can’t do this one" in text
    assert "It was put out after the round had started." in text
    assert Case.objects.count() == 0
    assert Contact.objects.count() == 1


@pytest.mark.long
def test_every_service_offered_on_line_is_walked_to_its_end(resident: Client, walk: Any, council: Any) -> None:
    walked = 0
    for code, service in council.of(SERVICES).items():
        if service.visibility != "public" or service.channel("web").level == "no":
            continue
        check = walk(code)
        sent = prove(resident, check) if service.proof != "none" else send(resident, check)
        assert re.search(r"<h1>(We have it|We can’t do this one)</h1>", sent.content.decode()), code
        walked += 1
    assert walked >= 80
    opened = Case.objects.count()
    assert Contact.objects.count() == walked
    assert opened > walked * 0.7
    assert Promise.objects.filter(subject_kind="case").values("subject_id").distinct().count() == opened


def test_a_wrong_answer_is_kept_on_the_page_with_what_to_do(resident: Client) -> None:
    here = resident.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    answer = resident.post(here, {"address-line1": "14 Mill <b>Lane</b>", "address-postcode": "LS1"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Enter a full UK postcode, like LS1 1UR." in text
    assert "14 Mill &lt;b&gt;Lane&lt;/b&gt;" in text
    assert "<title>Error:" in text.replace("\n", "")
    assert Dialogue.objects.get().answers == {}


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x" * 100_000, "row\n" * 10_000, "\x00", "<script>alert(1)</script>", "'; DROP TABLE cases_case; --", "\ufffd",
     "𝕏" * 300],
    ids=["empty", "space", "huge", "10,000 rows", "NUL", "script", "SQL", "wrong encoding", "astral"],
)  # fmt: skip
def test_bad_input_never_breaks_a_page(resident: Client, council: Any, typed: str) -> None:
    for code in ("missed-bin", "bulky-waste", "street-party", "council-tax-arrears"):
        here = resident.post(f"/services/{code}/start", follow=True).redirect_chain[-1][0]
        service = council.of(SERVICES)[code]
        for question in service.questions:
            address = f"{here.rsplit('/', 1)[0]}/{question.id}"
            keys = [
                question.id,
                *(f"{question.id}-{part}" for part in ("day", "line1", "postcode", "email", "name", "search")),
            ]
            answer = resident.post(address, dict.fromkeys(keys, typed))
            assert answer.status_code in {200, 302, 400}, (code, question.id)
            assert "<script>alert" not in answer.content.decode()


def test_a_form_in_the_wrong_encoding_is_asked_again(resident: Client) -> None:
    here = resident.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    kind = "application/x-www-form-urlencoded"
    answer = resident.post(here, b"address-line1=Caf%E9+Row&address-postcode=LS1+1UR", content_type=kind)
    assert answer.status_code == 400
    assert "did not come through" in answer.content.decode()
    resident.post(here, b"address-line1=1+Caf\xe9+Row&address-postcode=LS1+1UR", content_type=kind)
    assert Dialogue.objects.get().answers["address"]["line1"] == "1 Café Row"


def test_another_browser_cannot_open_it_and_is_told_how(resident: Client) -> None:
    here = resident.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    answer = Client().get(here)
    assert answer.status_code == 404
    assert "Nothing is lost" in answer.content.decode()


def test_the_link_we_send_opens_it_on_another_device(resident: Client, walk: Any) -> None:
    check = walk("missed-bin")
    dialogue = Dialogue.objects.get()
    token = resident.cookies["moothall_request"].value
    phone = Client()
    answer = phone.get(f"/return/{dialogue.id}/{token}", follow=True)
    assert answer.redirect_chain[-1][0] == check
    wrong = phone.get(f"/return/{dialogue.id}/{'0' * 64}", follow=True)
    assert wrong.status_code == 404
    assert phone.get(check).status_code == 200


def test_after_28_days_it_is_gone_and_says_so(resident: Client, walk: Any, clock: Any) -> None:
    check = walk("missed-bin")
    clock.advance(days=28, seconds=1)
    answer = resident.get(check)
    assert answer.status_code == 410
    assert "28 days" in answer.content.decode()


def test_two_windows_that_answer_differently_see_both(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"bin": "general"})
    here = check.replace("/check", "/bin")
    seen = re.search(r'name="as-seen" value="([0-9a-f]+)"', resident.get(here).content.decode())[1]  # type: ignore[index]
    resident.post(here, {"bin": "food", "as-seen": seen})
    answer = resident.post(here, {"bin": "sack", "as-seen": seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Food caddy" in text
    assert re.search(r'value="sack" checked', text)
    assert Dialogue.objects.get().answers["bin"] == "food"
    again = re.search(r'name="as-seen" value="([0-9a-f]+)"', text)[1]  # type: ignore[index]
    resident.post(here, {"bin": "sack", "as-seen": again})
    assert Dialogue.objects.get().answers["bin"] == "sack"


def test_a_form_whose_protection_ran_out_loses_nothing(council: Any, clock: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/services/missed-bin/start", {"colour": 'red "quoted"'})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "nothing is lost" in text
    assert "red &#34;quoted&#34;" in text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]  # type: ignore[index]
    assert strict.post("/services/missed-bin/start", {"csrfmiddlewaretoken": token}).status_code == 302


def test_a_date_that_passed_while_the_request_lay_is_asked_again(
    resident: Client, walk: Any, clock: Any, council: Any
) -> None:
    service = council.of(SERVICES)["bulky-waste"]
    assert service.by_question["slot"].type == "slot"
    check = walk("bulky-waste")
    clock.advance(days=10)
    answer = prove(resident, check)  # the code comes first; the time that has gone is asked again, and nothing is sent
    assert answer.redirect_chain[-1][0].endswith("/slot?again=1")
    assert Case.objects.count() == 0


def test_the_calendar_entry_carries_the_promise(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "night_before", "tag": "no", "extent": "only_me", "assisted": "no"})
    send(resident, check)
    entry = resident.get(check.replace("/check", "/calendar.ics"))
    assert entry["Content-Type"].startswith("text/calendar")
    assert (
        b"DTEND:20260304T170000Z" in entry.content.replace(b"\r\n ", b"")
        or b"DTEND;TZID=Europe/London:20260304T170000" in entry.content
    )


def test_nobody_can_make_us_text_strangers_or_numbers_that_cost(resident: Client, walk: Any) -> None:
    keep = walk("missed-bin").replace("/check", "/keep")
    for costs in ("+2348031234567", "+19005551234", "07012345678", "+88299123456"):
        answer = resident.post(keep, {"to": costs})
        assert answer.status_code == 400, costs
        assert "UK mobile numbers only" in answer.content.decode()
    sent = [resident.post(keep, {"to": f"07700 900{n:03}"}).status_code for n in range(40)]
    assert sent == [200] * 30 + [400] * 10
    assert Message.objects.filter(template="dialogue-saved").count() == 30


@pytest.mark.parametrize(("to", "channel"), [("mary.jones@example.com", "email"), ("07700 900456", "sms")])
def test_saving_for_later_sends_the_way_back_once(
    resident: Client, walk: Any, to: str, channel: str, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://my.example.gov.uk"  # whatever host the request came by
    check = walk("missed-bin")
    keep = check.replace("/check", "/keep")
    assert resident.post(keep, {"to": "nowhere"}).status_code == 400
    assert "We’ve saved your answers" in resident.post(keep, {"to": to}).content.decode()
    message = Message.objects.get(template="dialogue-saved")
    assert message.channel == channel
    link = re.search(r"https://my\.example\.gov\.uk(/return/[^\s<)\"]+)", message.body.replace("\\", ""))
    assert link, message.body
    assert Client().get(link[1], follow=True).redirect_chain[-1][0] == check


@pytest.mark.parametrize(
    ("service", "status"), [("staff-hr-query", 404), ("no-such-service", 404), ("pothole", 409), ("missed-bin", 302)]
)
def test_nothing_is_begun_that_could_not_be_sent(client: Client, clock: Any, service: str, status: int) -> None:
    """At Cambridge a pothole is the county's: its page shows the way there, and its form cannot be begun by hand."""
    queries.forget()
    apply_once("cambridge")
    answer = client.post(f"/services/{service}/start")
    assert answer.status_code == status
    assert Dialogue.objects.count() == (status == 302)
    queries.forget()
    if status == 409:
        assert "This can’t be asked for here" in answer.content.decode()


def a_photo() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(held, "JPEG")
    return held.getvalue()


def test_a_photo_is_kept_once_by_what_it_is_and_goes_to_the_case(
    resident: Client, walk: Any, council: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    service = council.of(SERVICES)["graffiti"]
    photo = next(q for q in service.questions if q.type == "photo")
    check = walk("graffiti")
    here = check.replace("/check", f"/{photo.id}")
    lie = SimpleUploadedFile("wall.jpg", b"MZ\x90\x00 not a picture", content_type="image/jpeg")
    refused = resident.post(here, {photo.id: lie, "add": "yes"})
    assert refused.status_code == 400
    assert "is not a kind of file we can open" in refused.content.decode()
    for name in ("wall.JPG", "../../etc/same.jpg"):
        picture = SimpleUploadedFile(name, a_photo(), content_type="text/html")
        resident.post(here, {photo.id: picture, "add": "yes"})
    text = resident.get(here).content.decode()
    assert text.count("Take away") == 1
    resident.post(here, {})
    send(resident, check)
    case, document = Case.objects.get(), Document.objects.get()
    assert (document.case_id, document.media_type, document.name) == (case.id, "image/jpeg", "wall.jpg")
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


def test_a_request_costs_the_same_queries_page_after_page(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "night_before", "tag": "no"})
    for page, most in (("/bin", 2), ("/check", 2), ("/contact", 1)):
        with CaptureQueriesContext(connection) as asked:
            assert resident.get(check.replace("/check", page)).status_code == 200
        assert len(asked) <= most, [q["sql"][:90] for q in asked.captured_queries]
    with CaptureQueriesContext(connection) as asked:
        resident.post(check.replace("/check", "/bin"), {"bin": "food"})
    plain = [q for q in asked.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) <= 4  # the dialogue, what is announced of the service, the dialogue locked, and kept


def test_an_address_is_found_by_its_postcode_without_a_script(resident: Client) -> None:
    import_premises(
        [
            Premises(
                uprn=72000000 + n, address=f"{n} Mill Lane, Leeds", number=str(n), postcode="LS1 1UR", area_code="E05"
            )
            for n in (2, 4, 14)
        ],
        by=SYSTEM,
    )
    here = resident.post("/services/missed-bin/start", follow=True).redirect_chain[-1][0]
    assert "Find the address" in resident.get(here).content.decode()
    nowhere = resident.post(here, {"address-postcode": "LS9 9ZZ", "find": "yes"}, follow=True).content.decode()
    assert "We found no address at LS9 9ZZ." in nowhere
    listed = resident.post(here, {"address-postcode": "ls11ur", "find": "yes"}, follow=True)
    text = listed.content.decode()
    assert text.index("2 Mill Lane") < text.index("4 Mill Lane") < text.index("14 Mill Lane")
    assert "None of these" in text
    none_chosen = resident.post(listed.redirect_chain[-1][0], {}).content.decode()
    assert '<a href="#address">Choose the address from the list.</a>' in none_chosen
    by_hand = resident.post(listed.redirect_chain[-1][0], {"address": "other"}, follow=True).content.decode()
    assert 'value="ls11ur"' in by_hand
    assert resident.post(here, {"address": "99"}).status_code == 400
    resident.post(listed.redirect_chain[-1][0], {"address": "72000014"})
    kept = Dialogue.objects.get().answers["address"]
    assert kept == {"uprn": 72000014, "text": "14 Mill Lane, Leeds, LS1 1UR", "postcode": "LS1 1UR"}


def test_how_she_is_kept_told_is_her_choice(resident: Client, walk: Any) -> None:
    check = walk("missed-bin", {"out_time": "night_before", "tag": "no"})
    before = resident.post(check.replace("/check", "/told-by"), {"by": "sms"})
    assert before.status_code == 404  # there is nobody yet
    assert "Keep me told another way" in send(resident, check).content.decode()
    person = Customer.objects.get()
    for by, kept in (("pigeon", ""), ("sms", "sms"), ("none", "none")):
        resident.post(check.replace("/check", "/told-by"), {"by": by})
        person.refresh_from_db()
        assert person.preferred_channel == kept
    assert Client().post(check.replace("/check", "/told-by"), {"by": "email"}).status_code == 404
