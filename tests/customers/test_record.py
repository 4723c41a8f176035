"""Making, changing and finding people's records."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_reference
from moothall.customers import actions, queries
from moothall.customers.models import ContactPoint, Customer, Look
from moothall.customers.rules.writing import CannotRead

ADVISER = Actor(
    ActorKind.STAFF,
    id=new_id(),
    name="Ravi",
    roles=frozenset({"adviser"}),
    permissions=frozenset({"customer.search", "customer.view", "customer.change"}),
)
AUDITOR = Actor(ActorKind.STAFF, id=new_id(), roles=frozenset({"auditor"}), permissions=frozenset({"audit.view"}))
pytestmark = pytest.mark.django_db


def make(clock, given="Amina", family="Dunn", **more):
    defaults = {"address_text": "14 Mill Lane, Leeds LS6 2AB", "contact_points": [("phone", "07700 900123")]}
    return actions.create_customer(
        given_name=given, family_name=family, by=SYSTEM, at=clock.now(), **{**defaults, **more}
    )


def found(text, actor=ADVISER):
    return [line.name for line in queries.find_customers(text, actor)]


def test_a_record_is_made_in_two_statements_and_says_so(clock):
    next_reference()  # takes a block of them
    with CaptureQueriesContext(
        connection,
    ) as said:
        person = make(clock, contact_points=[("phone", "07700 900123"), ("email", "Amina@Example.com")])
    # new words to find her by; then she herself, her ways to be reached and the event
    assert len([q for q in said if "SAVEPOINT" not in q["sql"]]) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, customer_id, data::text FROM core_event WHERE customer_id = %s", [person.id])
        (event,) = cursor.fetchall()
    assert event[:2] == ("customer.created", person.id)
    assert "Amina" not in event[2]
    assert set(ContactPoint.objects.values_list("kind", "value", "can_text")) == {
        ("phone", "+447700900123", True),
        ("email", "amina@example.com", False),
    }


@pytest.mark.parametrize(
    "typed",
    [
        "amina dunn", "Dunn", "dunn amina", "amnia dunn", "amina dnun", "ameena dunn", "am dun", "a dunn",
        "07700900123", "+44 7700 900123", "dunn ls6 2ab", "LS62AB", "dunn ls6", "14 mill lane", "dunn mill lane",
        "amina 14 mil lane", "dunn 27/3/1964",
    ],
)  # fmt: skip
def test_she_is_found_by_what_an_adviser_would_type(clock, typed):
    make(clock, date_of_birth=date(1964, 3, 27))
    make(clock, "Joan", "Hunt", address_text="2 Hill Road, Leeds LS7 4XX", contact_points=[("phone", "07700 900999")])
    assert found(typed) == ["Amina Dunn"]


def test_what_does_not_hold_finds_nobody(clock):
    make(clock)
    for typed in ("", "zebedee", "dunn ls7 4xx", "dunn 07700 900999", "07700 900124", "hunt"):
        assert found(typed) == []


def test_the_nearest_comes_first(clock):
    make(clock, "Jon", "Smith", contact_points=())
    make(clock, "John", "Smith", contact_points=())
    make(clock, "Joan", "Smythe", contact_points=())
    assert found("john smith")[0] == "John Smith"
    assert set(found("john smith")) >= {"John Smith", "Jon Smith"}


def test_finding_costs_two_queries_whatever_is_there(clock):
    for number in range(12):
        make(clock, "Amina", f"Dunn{'abcdefghijkl'[number]}")
    with CaptureQueriesContext(connection) as said:
        assert len(queries.find_customers("amina dunn", ADVISER)) == 12
    assert len(said) == 2
    with CaptureQueriesContext(connection) as said:
        assert len(queries.find_customers("07700 900123", ADVISER)) == 12
    assert len(said) == 1


def test_by_reference_uprn_and_number_called_from(clock):
    person = make(clock, uprn=72001234)
    assert found("uprn 72001234") == ["Amina Dunn"]
    assert found("072001234") == []
    if any(c.isdigit() for c in person.reference):
        assert found(person.reference.lower()) == ["Amina Dunn"]
    assert [line.id for line in queries.customers_at("+44 7700 900123", ADVISER)] == [person.id]
    assert queries.customers_at("withheld", ADVISER) == []


def test_a_joined_record_leads_to_its_survivor(clock):
    kept = make(clock)
    joined = make(clock, "Amena", "Dunne")
    Customer.objects.filter(pk=joined.pk).update(joined_to=kept)
    assert [line.id for line in queries.find_customers("amena dunne", ADVISER)] == [kept.id]
    card = queries.customer_card(joined.id, ADVISER, on=clock.now().date())
    assert card is not None
    assert (card.id, set(card.ids)) == (kept.id, {kept.id, joined.id})
    assert queries.survivor_of(joined.id) == kept.id


def test_changing_a_name_changes_what_it_is_found_by(clock):
    person = make(clock)
    actions.change_customer(customer_id=person.id, changes={"family_name": "Okafor"}, by=ADVISER, at=clock.now())
    assert found("okafor") == ["Amina Okafor"]
    assert found("okafro") == ["Amina Okafor"]
    assert found("dunn") == []


def test_the_same_values_change_nothing_and_record_nothing(clock):
    person = make(clock)
    actions.change_customer(customer_id=person.id, changes={"given_name": "Amina "}, by=ADVISER, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE name = 'customer.changed'")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date_of_birth": date(2030, 1, 1)}, {"date_of_birth": date(1700, 1, 1)}, {"preferred_channel": "pigeon"},
        {"address_text": "x" * 301}, {"uprn": 10**13}, {"contact_points": [("phone", "12")]},
        {"contact_points": [("email", "no")]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(clock, wrong):
    with pytest.raises(CannotRead):
        make(clock, **wrong)
    assert not Customer.objects.exists()


def test_who_may_do_what(clock):
    person = make(clock)
    other = make(clock, "Joan", "Hunt")
    herself = customer_actor(person.id)
    nobody = Actor(ActorKind.STAFF, id=new_id())
    actions.change_customer(customer_id=person.id, changes={"language": "pl"}, by=herself, at=clock.now())
    for actor, target in ((herself, other), (ANONYMOUS, person), (nobody, person)):
        with pytest.raises(Refused):
            actions.change_customer(customer_id=target.id, changes={"language": "fr"}, by=actor, at=clock.now())
        with pytest.raises(Refused):
            queries.customer_card(target.id, actor, on=clock.now().date())
    with pytest.raises(ValueError, match="Proof"):
        actions.change_customer(customer_id=person.id, changes={"proof": "verified"}, by=herself, at=clock.now())
    for actor in (herself, ANONYMOUS, nobody):
        with pytest.raises(Refused):
            queries.find_customers("dunn", actor)


def test_needs_and_warnings_come_first_and_only_to_those_who_may_see_them(clock):
    person = make(clock)
    leader = Actor(ActorKind.STAFF, id=new_id(), roles=frozenset({"team-leader"}),
                   permissions=frozenset({"customer.view", "warning.manage"}))  # fmt: skip
    actions.add_need(customer_id=person.id, code="hard-of-hearing", by=ADVISER, at=clock.now())
    actions.add_need(customer_id=person.id, code="hard-of-hearing", by=ADVISER, at=clock.now())
    actions.add_warning(customer_id=person.id, code="no-home-visit", by=leader, at=clock.now())
    actions.add_warning(customer_id=person.id, code="legal-dispute", by=leader, at=clock.now())
    with pytest.raises(Refused):
        actions.add_warning(customer_id=person.id, code="no-home-visit", by=ADVISER, at=clock.now())
    today = clock.now().date()
    card = queries.customer_card(person.id, ADVISER, on=today)
    assert [need.name for need in card.needs] == ["Hard of hearing"]
    assert [warning.code for warning in card.warnings] == ["no-home-visit"]
    assert str(card.warnings[0].review_on) == "2026-09-02"
    assert not card.warnings[0].overdue
    assert [w.code for w in queries.customer_card(person.id, leader, on=today).warnings] == [
        "no-home-visit",
        "legal-dispute",
    ]
    assert queries.customer_card(person.id, ADVISER, on=date(2026, 9, 3)).warnings[0].overdue
    assert queries.customer_card(person.id, customer_actor(person.id), on=today).warnings == ()
    actions.end_warning(warning_id=card.warnings[0].id, by=leader, at=clock.now())
    actions.end_need(need_id=card.needs[0].id, customer_id=card.id, by=ADVISER, at=clock.now())
    card = queries.customer_card(person.id, ADVISER, on=today)
    assert (card.needs, card.warnings) == ((), ())


def test_the_card_costs_a_fixed_number_of_queries(clock):
    person = make(clock)
    for code in ("hard-of-hearing", "memory", "mobility"):
        actions.add_need(customer_id=person.id, code=code, by=ADVISER, at=clock.now())
    with CaptureQueriesContext(connection) as said:
        queries.customer_card(person.id, ADVISER, on=clock.now().date())
    assert len(said) == 6


def test_consent_is_given_once_and_taken_back(clock):
    person = make(clock)
    for _ in range(2):
        actions.give_consent(customer_id=person.id, code="news", channel="web", by=ADVISER, at=clock.now())
    assert len(queries.customer_card(person.id, ADVISER, on=clock.now().date()).consents) == 1
    actions.withdraw_consent(customer_id=person.id, code="news", by=ADVISER, at=clock.now())
    assert queries.customer_card(person.id, ADVISER, on=clock.now().date()).consents == ()
    with pytest.raises(ValueError, match="not something"):
        actions.give_consent(customer_id=person.id, code="moon", channel="web", by=ADVISER, at=clock.now())


def test_stop_reaches_every_record_with_the_number_and_start_frees_it(clock):
    first, second = make(clock), make(clock, "Karim")
    assert actions.stop_contact_point(value="07700 900 123", by=SYSTEM, at=clock.now()) == 2
    assert actions.stop_contact_point(value="07700 900 123", by=SYSTEM, at=clock.now()) == 0
    for person in (first, second):
        assert queries.customer_card(person.id, ADVISER, on=clock.now().date()).points[0].stopped
    assert actions.resume_contact_point(value="+447700900123", by=SYSTEM, at=clock.now()) == 2
    assert actions.stop_contact_point(value="nonsense", by=SYSTEM, at=clock.now()) == 0


def test_every_look_is_written_down_for_good_and_only_auditors_read_it(clock):
    person = make(clock)
    actions.log_look(customer_id=person.id, screen="desk.caller", by=ADVISER.because("complaint"), at=clock.now())
    (look,) = queries.looks(AUDITOR, customer_id=person.id)
    assert (look.actor_id, look.purpose, look.screen) == (ADVISER.id, "complaint", "desk.caller")
    with pytest.raises(Refused):
        queries.looks(ADVISER, customer_id=person.id)
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Look.objects.all().delete()


def test_a_person_is_exported_whole_and_erased_without_trace_but_for_the_statistics(clock):
    from moothall.core.people import person_providers

    person = make(clock, date_of_birth=date(1964, 3, 27), area_code="E05001234")
    actions.add_need(customer_id=person.id, code="memory", note="likes to be called Mina", by=ADVISER, at=clock.now())
    actions.give_consent(customer_id=person.id, code="news", channel="web", by=ADVISER, at=clock.now())
    actions.log_look(customer_id=person.id, screen="desk.caller", by=ADVISER, at=clock.now())
    (room,) = [provider for provider in person_providers() if provider.room == "customers"]
    copy = str(room.export(person.id))
    for held in ("Amina", "07700 900123", "14 Mill Lane", "called Mina", "news", "desk.caller"):
        assert held in copy
    assert str(ADVISER.id) not in copy
    titles = [entry.title for entry in room.timeline([person.id], ADVISER, 10, None)]
    assert sorted(titles) == ["Agreed to: News and offers", "Record made"]
    with pytest.raises(Refused):
        room.erase(person.id, ADVISER, clock.now())
    assert room.erase(person.id, SYSTEM, clock.now()) == 4
    assert room.erase(person.id, SYSTEM, clock.now()) == 0
    person.refresh_from_db()
    assert (person.given_name, person.search, person.date_of_birth, person.area_code) == ("", "", None, "E05001234")
    assert found("dunn") == []
    assert found("07700 900123") == []
    left = str(room.export(person.id))
    for gone in ("Amina", "Dunn", "07700", "Mill", "Mina"):
        assert gone not in left


def test_many_come_in_at_once_and_are_found(clock):
    people = [
        actions.ImportedCustomer(
            created_at=clock.now(), given_name="Amina", family_name=f"Dunn{letter}", address_text="14 Mill Lane, LS6 2AB",
            points=[("phone", "07700 900123"), ("phone", "+447700900123")], needs=["memory", "memory"],
        )
        for letter in "abc"
    ]  # fmt: skip
    assert actions.import_customers(iter(people), by=SYSTEM, at=clock.now()) == 3
    assert found("amina dunna 07700 900123")[0] == "Amina Dunna"
    assert len(found("amnia ls6 2ab")) == 3
    assert ContactPoint.objects.count() == 3
    card = queries.customer_card(people[0].id, ADVISER, on=clock.now().date())
    assert [need.code for need in card.needs] == ["memory"]
    with pytest.raises(Refused):
        actions.import_customers(people, by=ADVISER, at=clock.now())


def test_a_search_by_words_stands_on_its_indexes(clock):
    make(clock)
    from moothall.customers.queries import finding
    from moothall.customers.rules.finding import expression, read_typed

    typed = read_typed("amina dunn ls6 2ab")
    conditions, values = finding._conditions(typed, [""])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, given, index in (
            (f"SELECT c.id FROM customers_customer c WHERE {conditions} AND {finding.WORDS} @@ %s::tsquery",
             [*values, expression([["amina"], ["dunn", "dune"]], prefixes=["", "dun"])], "customer_words"),
            ("SELECT word FROM customers_nameword WHERE keys && %s::varchar[]", [["dunn", "dnn"]], "name_word_keys"),
            ("SELECT customer_id FROM customers_contactpoint p WHERE p.value = %s", ["+44"], "contact_point_value"),
        ):  # fmt: skip
            cursor.execute(f"EXPLAIN {sql}", given)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert index in plan
            assert "Seq Scan" not in plan


@pytest.mark.django_db(transaction=True)
def test_people_with_the_same_new_words_are_made_at_once_without_waiting_for_ever(clock):
    """Each brings words the others bring too, in all orders: none dead-locks and none is lost."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    names = ["Aaliyah", "Bartholomew", "Cassandra", "Demetrius", "Evangeline", "Ferdinand"]

    def bring(turn: int) -> None:
        try:
            for at in range(len(names)):
                make(clock, names[(at + turn) % 6], names[(at * 5 + turn) % 6], contact_points=())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(bring, range(6)))
    assert Customer.objects.count() == 36
    assert "Bartholomew" in found("bartholmew")[0]
