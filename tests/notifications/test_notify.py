"""GOV.UK Notify by its twin: its answers, its errors, its silences, and what it calls back."""

from datetime import timedelta

import pytest
from notifications_python_client import authentication

from moothall.core import clock as machine
from moothall.core import jobs
from moothall.notifications import queries
from moothall.notifications.actions import resolve_lost
from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify.twin import KEY, TEMPLATES, Fault
from moothall.notifications.models import Message
from moothall.notifications.protocols import NotNow
from tests.notifications.conftest import opened, person
from tests.notifications.test_telling import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def the_message(case) -> Message:
    return Message.objects.get(case_id=case.id, fell_back_from=None)


def long_ago(message: Message) -> None:
    """Let the lease run out without waiting for it."""
    Message.objects.filter(id=message.id).update(sending_at=machine.machine_now() - timedelta(minutes=10))


def test_email_and_text_go_through_the_frames_with_our_reference(clock, mrs_dunn, twin):
    case = opened(clock, mrs_dunn.id)
    other = opened(clock, person(clock, preferred_channel="sms", contact_points=[("phone", "07700 900456")]).id)
    jobs.drain()
    email, text = twin.taken.values()
    assert (email["type"], email["to"], email["reference"]) == (
        "email",
        "amina.dunn@example.org",
        f"{the_message(case).id}.1",
    )
    assert email["subject"] == the_message(case).subject
    assert "See where it is: http://localhost:8000/track" in email["body"]
    assert (text["type"], text["to"]) == ("sms", "+447700900456")
    assert "We'll do this by" in text["body"]  # plain quotes: the cheap alphabet
    assert the_message(other).provider_id == text["id"]


@pytest.mark.parametrize(
    ("code", "error", "words", "wait"),
    [
        (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds", 1),
        (429, "TooManyRequestsError", "Exceeded send limits (250,000) for today", 60),
        (403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds", 1),
    ],
)
def test_a_refusal_for_now_waits_and_goes_later_once(clock, mrs_dunn, twin, code, error, words, wait):
    twin.faults.append(Fault("status", code=code, error=error, message=words))
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    message = the_message(case)
    assert (message.state, message.send_after - clock.now()) == ("queued", timedelta(minutes=wait))
    assert words[:20] in message.error
    clock.advance(minutes=wait)
    jobs.drain()
    assert the_message(case).state == "sent"
    assert len(twin.taken) == 1


def test_a_number_notify_will_not_take_falls_back_to_the_next_way(clock, twin):
    twin.faults.append(
        Fault("status", code=400, error="ValidationError", message="phone_number Not a UK mobile number")
    )
    case = opened(clock, person(clock, preferred_channel="sms").id)
    jobs.drain()
    rows = Message.objects.filter(case_id=case.id).order_by("created_at", "id")
    assert [(row.channel, row.state) for row in rows] == [("sms", "failed"), ("email", "sent")]


def test_trouble_of_notifys_own_is_asked_about_and_sent_once(clock, mrs_dunn, twin):
    twin.faults.append(Fault("status", code=500))
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    message = the_message(case)
    assert message.state == "sending"  # nobody knows yet; nothing is sent again meanwhile
    clock.advance(hours=1)
    jobs.drain()
    assert the_message(case).state == "sending"
    long_ago(message)
    assert resolve_lost() == 1
    jobs.drain()
    assert the_message(case).state == "sent"
    assert len(twin.taken) == 1


@pytest.mark.long
@pytest.mark.parametrize("fault", [Fault("swallow"), Fault("slow", seconds=3)])
def test_a_line_that_dies_after_notify_took_it_is_found_by_our_reference_and_not_sent_again(
    clock, mrs_dunn, twin, fault
):
    twin.faults.append(fault)
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    message = the_message(case)
    assert message.state == "sending"
    long_ago(message)
    resolve_lost()
    jobs.drain()
    message.refresh_from_db()
    assert message.state == "sent"
    (taken,) = twin.taken.values()
    assert message.provider_id == taken["id"]
    assert queries.troubled_messages(visible_to=OFFICER).rows == ()


def test_a_line_that_dies_before_notify_took_it_sends_it_later_once(clock, mrs_dunn, twin):
    twin.faults.append(Fault("drop"))
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    long_ago(the_message(case))
    resolve_lost()
    jobs.drain()
    assert the_message(case).state == "sent"
    assert len(twin.taken) == 1


@pytest.mark.long
def test_notify_away_for_a_day_loses_nothing(clock, mrs_dunn, twin):
    twin.stop()
    case = opened(clock, mrs_dunn.id, promised=False)
    for _ in range(48):
        jobs.drain()
        clock.advance(minutes=30)
    message = the_message(case)
    assert (message.state, message.unreachable) == ("queued", True)
    twin.start()
    clock.advance(minutes=31)
    jobs.drain()
    assert the_message(case).state == "sent"
    assert len(twin.taken) == 1


def test_a_token_of_another_time_or_another_key_is_refused_by_the_twin_as_by_notify(twin, monkeypatch):
    sender = NotifySender(key=KEY, url=twin.url, templates=TEMPLATES)
    assert sender.find("nothing.1") is None
    real = authentication.epoch_seconds()
    with monkeypatch.context() as patch:
        patch.setattr(authentication, "epoch_seconds", lambda: real - 120)
        token = authentication.create_jwt_token(KEY[-36:], KEY[-73:-37])
    import requests

    def ask(bearer: str) -> tuple[int, str]:
        answer = requests.get(f"{twin.url}/v2/notifications", headers={"Authorization": bearer}, timeout=5)
        return answer.status_code, answer.json()["errors"][0]["message"]

    assert ask(f"Bearer {token}") == (403, "Error: Your system clock must be accurate to within 30 seconds")
    assert ask("Bearer rubbish")[0] == 403
    assert ask("")[0] == 401
    wrong = NotifySender(key=KEY[:-1] + "3", url=twin.url, templates=TEMPLATES)
    with pytest.raises(NotNow):
        wrong.find("nothing.1")
