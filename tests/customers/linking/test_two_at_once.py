"""Two officers decide one pair in the same moment: one decides, the other is told who was quicker, nothing is done twice."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from moothall.core.actors import SYSTEM, Actor
from moothall.core.models import Event
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import decide_pair, note_pair
from moothall.customers.linking.actions.pairs import DecidedAlready
from moothall.customers.linking.models import Apart, Merge, Pair
from tests.customers.linking.conftest import COLLEAGUE, OFFICER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(clock: Any, council: Any) -> Pair:
    """Gwendolyn and Gwen, who wait."""
    one, other = (
        create_customer(given_name=name, family_name="Jones", date_of_birth=date(1947, 3, 9), by=SYSTEM, at=clock.now())
        for name in ("Gwendolyn", "Gwen")
    )
    found = note_pair(one.id, other.id, weight=9.0, parts=[], at=clock.now())
    assert found is not None
    return found


def both(pair: Pair, clock: Any, *decisions: tuple[Actor, str]) -> list[str]:
    """Let both decide at once; what became of each, in their order."""
    told, ready = [""] * len(decisions), Barrier(len(decisions))

    def decide(place: int, by: Actor, decision: str) -> None:
        ready.wait(timeout=20)
        try:
            told[place] = decide_pair(pair.id, decision=decision, by=by, at=clock.now()).state
        except DecidedAlready as late:
            told[place] = str(late)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(place, *one)) for place, one in enumerate(decisions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


def test_one_joins_and_one_keeps_apart_and_only_one_of_them_is_done(pair: Pair, clock: Any) -> None:
    told = both(pair, clock, (OFFICER, "joined"), (COLLEAGUE, "apart"))
    lost = [words for words in told if words.startswith("A colleague has decided this pair already")]
    assert len(lost) == 1, told
    pair.refresh_from_db()
    assert pair.state in told
    done = (Merge.objects.count(), Apart.objects.count())
    assert done == ((1, 0) if pair.state == "joined" else (0, 1))
    assert pair.decided_by == (OFFICER.id if told[0] == pair.state else COLLEAGUE.id)
    assert Event.objects.filter(name="pair.decided").count() == 1


def test_both_say_the_same_and_it_is_joined_once(pair: Pair, clock: Any) -> None:
    told = both(pair, clock, (OFFICER, "joined"), (COLLEAGUE, "joined"))
    assert sorted(told) == ["A colleague has decided this pair already: the same person.", "joined"]
    assert Merge.objects.count() == 1


def test_sent_twice_by_one_officer_is_answered_as_the_first(pair: Pair, clock: Any) -> None:
    assert both(pair, clock, (OFFICER, "joined"), (OFFICER, "joined")) == ["joined", "joined"]
    assert Merge.objects.count() == 1
