from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from moothall.core import idempotency
from moothall.core.clock import machine_now
from moothall.core.idempotency import KeyReused, once
from moothall.core.limits import TooManyAttempts, count, forget_old, forgive, give_back
from moothall.core.models import Attempt, Heartbeat, IdempotencyKey
from moothall.intake.jobs import keep_house


@pytest.mark.django_db
def test_the_second_sending_is_answered_as_the_first(clock):
    done = []
    for expected_run in (True, False, False):
        answer, ran = once(
            "test", "k1", at=clock.now(), request={"a": 1}, do=lambda: done.append(1) or {"n": len(done)}
        )
        assert (answer, ran) == ({"n": 1}, expected_run)


@pytest.mark.django_db
def test_a_key_used_for_something_else_is_refused_and_nothing_is_done(clock):
    once("test", "k1", at=clock.now(), request={"a": 1}, do=lambda: {})
    with pytest.raises(KeyReused, match="new key"):
        once("test", "k1", at=clock.now(), request={"a": 2}, do=lambda: pytest.fail("done twice"))


@pytest.mark.django_db
def test_a_failed_first_try_leaves_the_key_free(clock):
    with pytest.raises(ValueError, match="broken"), transaction.atomic():
        once("test", "k1", at=clock.now(), do=lambda: (_ for _ in ()).throw(ValueError("broken")))
    assert once("test", "k1", at=clock.now(), do=lambda: {"ok": 1}) == ({"ok": 1}, True)


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_moment_do_it_once(clock):
    start, answers = Barrier(8), []

    def send() -> None:
        try:
            start.wait(10)
            answers.append(once("test", "same", at=clock.now(), do=lambda: {"done": 1}))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [answer for answer, _ in answers] == [{"done": 1}] * 8
    assert sum(ran for _, ran in answers) == 1
    assert IdempotencyKey.objects.filter(scope="test").count() == 1


@pytest.mark.django_db
def test_guesses_are_counted_by_address_and_by_account_and_forgotten_in_time(clock):
    for n in range(10):
        count("signin", {"10.0.0.1": 10, f"user{n}": 3}, at=clock.now())
    with pytest.raises(TooManyAttempts, match="Wait 15 minutes"):
        count("signin", {"another": 3, "10.0.0.1": 10}, at=clock.now())
    assert Attempt.objects.count() == 20  # the refused one was not counted, against neither
    count("signin", {"10.0.0.2": 10, "user1": 3}, at=clock.now())
    clock.advance(minutes=16)
    count("signin", {"10.0.0.1": 10}, at=clock.now())
    clock.advance(days=3)
    assert forget_old(clock.now()) == 23


@pytest.mark.django_db
def test_getting_it_right_forgives(clock):
    for _ in range(10):
        count("signin", {"ann": 10}, at=clock.now())
    with pytest.raises(TooManyAttempts):
        count("signin", {"Ann": 10}, at=clock.now())
    forgive("signin", ["ANN "])
    for _ in range(12):
        give_back(count("signin", {"ann": 10}, at=clock.now()))
    count("signin", {"ann": 1}, at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_guessing_in_parallel_gets_no_more_tries(clock):
    """Thirty at the same moment, each naming its two buckets in another order: ten are let through, nobody hangs."""
    at = clock.now()
    came: list[str] = []
    start = Barrier(30)

    def guess(n: int) -> None:
        both = [("name:ann", 10), (f"address:{n % 2}", 30)]
        start.wait(30)
        try:
            count("signin", dict(both if n % 3 else both[::-1]), at=at)
            came.append("let through")
        except TooManyAttempts:
            came.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=guess, args=[n]) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (came.count("let through"), came.count("refused")) == (10, 20)


@pytest.mark.django_db
def test_a_key_is_forgotten_after_its_month_but_not_what_set_the_database_up(clock):
    for scope in ("api.customers", "demo"):
        once(scope, "k", at=clock.now(), do=lambda: {"id": 1})
    clock.advance(days=30)
    once("api.customers", "younger", at=clock.now(), do=lambda: {"id": 2})
    assert idempotency.forget_old(clock.now()) == 0
    clock.advance(days=2)
    keep_house()
    assert set(IdempotencyKey.objects.values_list("scope", "key")) == {("demo", "k"), ("api.customers", "younger")}


@pytest.mark.django_db
def test_a_sign_in_that_ran_out_is_forgotten(clock):
    for days in (-1, 1):
        Session.objects.create(
            session_key=f"s{days}", session_data="", expire_date=machine_now() + timedelta(days=days)
        )
    keep_house()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["s1"]


@pytest.mark.django_db
def test_workers_that_were_killed_go_from_the_list_and_living_ones_stay(clock):
    for name, days in (("killed:1", 2), ("killed:2", 40), ("silent:3", 0.5), ("alive:4", 0)):
        Heartbeat.objects.create(process=name, at=machine_now() - timedelta(days=days))
    keep_house()
    assert set(Heartbeat.objects.values_list("process", flat=True)) == {"silent:3", "alive:4"}
