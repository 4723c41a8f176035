from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from moothall.core.idempotency import KeyReused, once
from moothall.core.limits import TooManyAttempts, check, forgive, note_failure
from moothall.core.models import IdempotencyKey


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
        check("signin", ["10.0.0.1", f"user{n}"], at=clock.now())
        note_failure("signin", ["10.0.0.1", f"user{n}"], at=clock.now())
    with pytest.raises(TooManyAttempts, match="Wait 15 minutes"):
        check("signin", ["10.0.0.1", "another"], at=clock.now())
    check("signin", ["10.0.0.2", "user1"], at=clock.now())
    clock.advance(minutes=16)
    check("signin", ["10.0.0.1"], at=clock.now())


@pytest.mark.django_db
def test_getting_it_right_forgives(clock):
    for _ in range(10):
        note_failure("signin", ["ann"], at=clock.now())
    forgive("signin", ["ANN "])
    check("signin", ["ann"], at=clock.now())
