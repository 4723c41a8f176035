"""One preference, used everywhere: her language, her format, in what we send."""

import re
import shutil

import pytest
from django.test import Client

from moothall.cases import actions as cases
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.customers import actions as customers
from moothall.notifications.actions.delivering import envelope_of
from moothall.notifications.models import Message
from tests.notifications.conftest import opened, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.mark.parametrize(
    ("language", "subject", "direction"),
    [
        ("cy", "Mae eich cais gennym: Bin heb ei wagio", "ltr"),
        ("pl", "Mamy Twoje zgłoszenie: Nieopróżniony kosz", "ltr"),
        ("tr", "Talebiniz bize ulaştı: Boşaltılmayan çöp kutusu", "ltr"),
        ("ur", "آپ کی درخواست مل گئی: کوڑے دان خالی نہیں ہوا", "rtl"),
        ("zh", "我们已收到您的申请：垃圾桶未清空", "ltr"),
    ],
)
def test_she_is_answered_in_her_language_with_the_service_called_as_it_is_there(clock, language, subject, direction):
    case = opened(clock, person(clock, language=language).id)
    jobs.drain()
    message = Message.objects.get()
    assert message.subject.startswith(subject)
    assert message.language == language
    assert "04/03/2026" in message.body.replace("\\", "")
    assert f'<html lang="{language}" dir="{direction}">' in envelope_of(message).html
    cases.close_case(case.id, outcome="done", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain()
    assert set(Message.objects.values_list("language", flat=True)) == {language}


@pytest.mark.parametrize(("form", "size"), [("standard", "font-size:19px"), ("large-print", "font-size:28px")])
def test_large_print_is_large(clock, form, size):
    opened(clock, person(clock, preferred_format=form).id)
    jobs.drain()
    assert size in envelope_of(Message.objects.get()).html


def test_plain_text_is_only_words(clock):
    opened(clock, person(clock, preferred_format="plain-text").id)
    jobs.drain()
    sent = envelope_of(Message.objects.get())
    assert sent.html == ""
    assert "We have your request" in sent.text


def test_who_finds_reading_hard_gets_short_words(clock):
    her = person(clock)
    customers.add_need(customer_id=her.id, code="reading", by=SYSTEM, at=clock.now())
    opened(clock, her.id)
    jobs.drain()
    message = Message.objects.get()
    assert message.format == "easy-read"
    assert "You do not need to ask again." in message.body.replace("\\", "")
    assert {"about": "format", "code": "need", "says": "Easy read: finds reading or forms hard."} in message.reasons


def test_easy_read_in_english_is_no_answer_to_who_reads_polish(clock):
    her = person(clock, language="pl")
    customers.add_need(customer_id=her.id, code="reading", by=SYSTEM, at=clock.now())
    opened(clock, her.id)
    jobs.drain()
    message = Message.objects.get()
    assert message.subject.startswith("Mamy Twoje zgłoszenie")
    assert (message.language, message.format) == ("pl", "standard")
    assert "This message is not written in easy read yet." in [one["says"] for one in message.reasons]


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (apt install espeak-ng)")
def test_a_message_can_be_listened_to_by_its_link_alone(clock, client: Client):
    opened(clock, person(clock, preferred_format="audio", language="ur").id)
    jobs.drain()
    sent = envelope_of(Message.objects.get())
    link = re.search(r"/messages/read/[\w:.-]+", sent.text)
    assert link is not None
    assert link[0] in sent.html
    page = client.get(link[0])
    assert '<article lang="ur" dir="rtl"' in page.content.decode()
    assert client.get(f"{link[0]}/listen.wav").content[:4] == b"RIFF"
    for wrong in (link[0][:-1], link[0] + "x", "/messages/read/nothing"):
        assert client.get(wrong).status_code == 404
        assert client.get(f"{wrong}/listen.wav").status_code == 404
