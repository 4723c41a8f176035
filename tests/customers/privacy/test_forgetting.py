"""One person with a word of her own in every column that may hold one: all of it is in her copy, none is left after."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from moothall.core.actors import SYSTEM
from moothall.core.data_map import all_held
from moothall.core.ids import new_id
from moothall.core.jobs import drain
from moothall.core.people import in_order_of_erasure, person_providers
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db
MARK = "zzq"


class Marked:
    """Rows with a word of their own in each personal column; ``words`` are by model and column."""

    def __init__(self, person: Customer, at: Any) -> None:
        self.person, self.at, self.words = person, at, dict[str, str]()
        self.made: dict[str, Any] = {}
        self.number = 0

    def word(self, column: str, most: int | None) -> str:
        self.number += 1
        found = f"{MARK}{self.number:03d}"
        self.words.setdefault(column, found)
        return found[:most] if most else found

    def row(self, label: str, **given: Any) -> Any:
        """Make a row of a model: what is given, a word in each other personal column, something plain in the rest."""
        model, held = apps.get_model(label), all_held()[label]
        values = dict(given)
        for field in model._meta.concrete_fields:
            if field.name in values or field.attname in values:
                continue
            if field.name in {*held.personal, *held.special} and (marked := self._marked(label, field)) is not None:
                values[field.name] = marked
            elif isinstance(field, models.DateTimeField) and not field.null:
                values[field.name] = self.at
            elif isinstance(field, models.DateField) and not field.null:
                values[field.name] = self.at.date()
        made = model(**values)
        made.save(force_insert=True)
        self.made[label] = made
        return made

    def _marked(self, label: str, field: Any) -> Any:
        column = f"{label}.{field.name}"
        if isinstance(field, models.JSONField):
            return {"said": self.word(column, None)}
        if field.get_internal_type() == "ArrayField":
            return None if isinstance(field.base_field, models.BigIntegerField) else [self.word(column, None)]
        if isinstance(field, models.BinaryField):
            return self.word(column, None).encode()
        if isinstance(field, models.CharField | models.TextField) and not getattr(field, "choices", None):
            return self.word(column, field.max_length)
        return None


def everything_about(person: Customer, at: Any, store: Callable[[bytes], str]) -> Marked:
    """Write something of every kind about a person. A closed, open to all case; paid long ago; everything looked into."""
    its, hers = Marked(person, at), {"customer_id": person.id}
    old = at - timedelta(days=365 * 9)
    Customer.objects.filter(id=person.id).update(
        **{f: its.word(f"customers.Customer.{f}", 40) for f in ("title", "given_name", "family_name", "organisation_name",
                                                                 "address_text", "search")},
    )  # fmt: skip
    its.row(
        "customers.NameWord", word=its.words["customers.Customer.search"], keys=[its.words["customers.Customer.search"]]
    )
    point = its.row("customers.ContactPoint", customer=person, kind="email")
    its.row("customers.Need", customer=person)
    its.row("customers.Warning", customer=person)
    its.row("customers.Consent", customer=person)
    its.row("customer_matching.PersonKey", record_id=person.id, **hers)
    its.row("customer_matching.FirmKey", record_id=person.id, **hers)
    lot = its.row("customer_linking.Delivery", system="council-tax", whole=False)
    record = its.row("customer_linking.SourceRecord", system="council-tax", key="77", delivery=lot)
    its.row("customer_linking.RecordVersion", record=record, delivery=lot, row=1)
    its.row("customer_linking.RefusedRow", delivery=lot, row=2, key="77")
    its.row("customer_linking.Link", record=record, customer=person, how="officer")
    other = create_customer(given_name="Rosa", family_name="Marsh", by=SYSTEM, at=at)
    one, two = sorted([person.id, other.id])
    its.row("customer_linking.Merge", joined=other, into=person, how="officer", undone_at=at)
    its.row("customer_linking.Apart", one_id=one, other_id=two)
    its.row("customer_linking.Pair", one_id=one, other_id=two, weight=3.0, state="apart")
    its.row("customer_linking.HouseholdTie", one_id=one, other_id=two, uprn=72001, relation="name", ended_at=at)
    its.row("customer_privacy.Reason", staff_id=new_id(), purpose="quality", said_at=at, until=at, **hers)
    its.row("customer_linking.OwnValue", customer=person, field="address_text")
    change = its.row("customer_linking.Change", customer=person, key="c1")
    its.row("customer_linking.Telling", change=change, record=record)
    account = its.row("customer_accounts.Account", **hers)
    for label in ("SignInPoint", "Identity", "Passkey", "Authenticator"):
        its.row(f"customer_accounts.{label}", account=account)
    its.row("customer_accounts.Code", value=point.value, digest="d", expires_at=at)
    its.row("customer_accounts.Verification", how="in_person", level="P2", **hers)
    its.row("customer_colleagues.Colleague", staff_id=new_id(), customer=person)
    its.row("customer_representation.Representation", customer=person, representative=other, kind="carer")
    its.row("customer_privacy.Opening", staff_id=new_id(), until=at, reviewed_at=at, **hers)
    its.row("customer_privacy.Hold", reason="complaint", review_on=at.date(), lifted_at=at, **hers)
    contact = its.row("contacts.Contact", reference="CCCC2222", channel="phone", **hers)
    matter = its.row("contacts.Matter", contact=contact)
    case = its.row(
        "cases.Case", reference="CCCC3333", channel="phone", service="pothole", state="closed", closed_at=at, **hers
    )
    its.row("cases.Task", case=case, team="x")
    its.row("cases.Note", case=case, actor_kind="staff")
    its.row("partners.PersonReferral", case_id=case.id, help_id=new_id(), way="email", state="done", **hers)
    its.row("field.Job", case_id=case.id, reference="CCCC3333", minutes=20, from_day=at.date())
    phone = its.row("field.Device", staff_id=new_id())
    its.row("field.DeviceReport", id=new_id(), device=phone, number=1, case_id=case.id, kind="done", verdict="taken")
    its.row(
        "documents.Document", sha256=f"{MARK}x", path=store(f"{MARK}-file".encode()), size=3, case_id=case.id, **hers
    )
    later = at + timedelta(hours=1)
    its.row("bookings.Booking", reference="CCCC4444", state="attended", starts_at=at, ends_at=later, for_kind="staff",
            for_id=new_id(), **hers)  # fmt: skip
    its.row("reception.Visit", contact_id=new_id(), centre="city", day=at.date(), queue="general", number=1, ticket="A1",
            state="done", how="host", **hers)  # fmt: skip
    its.row("bookings.Wait", until=at, **hers)
    its.row("bookings.HeldCard", **hers)
    intent = its.row("payments.Intent", reference="CCCC5555", state="done", service="pothole", created_at=old,
                     amount_pence=100, **hers)  # fmt: skip
    its.row("payments.Mandate", reference="CCCC6666", scheme="card", state="ended", intent=intent, day=1,
            **hers)  # fmt: skip
    paid = its.row("payments.Attempt", intent=intent, number=1, provider="stripe", amount_pence=100)
    its.row("payments.Refund", key="r1", intent=intent, attempt=paid, amount_pence=5)
    its.row("payments.Deposit", intent=intent, state="settled", pence=50, kept_pence=5)
    its.row("notifications.Message", channel="email", state="sent", send_after=at, **hers)
    its.row("notifications.Message", channel="email", state="sent", send_after=at, case_id=case.id, to=point.value)
    its.row("notifications.Message", channel="email", state="sent", send_after=at, to=point.value)
    letter = its.row(
        "inbox.Writing", channel="email", external_id="d1", thread_id=new_id(), contact_id=contact.id, team="x"
    )
    its.row("inbox.Answer", writing=letter)
    in_post = its.row("postroom.Letter", channel="post", received_at=at, made_at=at, state="filed", done_at=at)
    its.row("postroom.Original", letter=in_post, kind="certificate", state="returned", **hers)
    its.row("inbox.Question", writing=letter, team="x")
    its.row("inbox.Post", writing=letter, network="mastodon", private=True)
    its.row("inbox.Reply", writing=letter, state="back")
    its.row("inbox.Measure", writing=letter, network="mastodon", kind="hidden", reason="threat")
    its.row("reports.Report", case_id=case.id, reference="CCCC3333", status="received")
    its.row("reports.Follower", case_id=new_id(), address=point.value)
    its.row("reports.Alert", address=point.value, latitude=53.8, longitude=-1.5)
    its.row("rounds.Flag", uprn=72001, kind="assisted", case_id=case.id, begins=date(2026, 1, 1))
    order = its.row("repairs.Order", case_id=case.id, number=1, way="by_hand", kind="repair", since=at, made_at=at)
    its.row("repairs.Step", order=order, key="k1", kind="note", by="officer", counted=True)
    its.row("permits.Permit", case_id=case.id, reference="PERM1234", starts=at.date(), ends=at.date(), issued_at=at)
    its.row("feedback.Rating", contact_id=contact.id, score="poor", channel="phone")
    its.row("intake.Dialogue", token_digest="t1", expires_at=at, **hers)
    its.row(
        "intake.Conversation", channel="sms", started_at=at, heard_at=at, changed_at=at, customer_id=hers["customer_id"]
    )
    its.row("intake.Draft", staff_id=new_id(), key=f"matter:{matter.id}")
    return its


def left_of(word: str) -> Iterator[str]:
    """Every table and column of the database in which a word stands, whatever kind of column it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea')"
        )
        for table, column in cursor.fetchall():
            cast = f"encode(\"{column}\", 'escape')" if _is_bytes(table, column) else f'"{column}"::text'
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {cast} LIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                yield f"{table}.{column}"


def _is_bytes(table: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type = 'bytea' FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table, column],
        )
        return bool(cursor.fetchone()[0])


NOT_IN_THE_COPY = {
    "customers.Customer.search": "the words of name and address again, for finding",
    "customer_linking.Link.undone_why": "of a link that stands there is none",
    "customer_linking.OwnValue.value": "what stood in her record before; the record of the system is copied",
    "customer_linking.OwnValue.shown": "stands in her record",
    "customer_linking.RefusedRow.raw": "a row that could not be read; what could is copied",
    "customer_linking.Apart.reason": "the pair's reason says it",
    "customer_accounts.Account.password": "a digest",
    "customer_accounts.Passkey.credential_id": "a key, not words",
    "customer_accounts.Passkey.public_key": "a key, not words",
    "customer_accounts.Identity.subject": "the provider's own name for her",
    "customer_accounts.Verification.revoked_because": "told on the time line",
    "notifications.Message.key": "made of ids",
    "notifications.Message.headers": "the ids of e-mails, which stand with what she wrote",
    "notifications.Message.provider_id": "the provider's number",
    "payments.Attempt.call": "the exchange's number of a call, gone once that is recorded again",
    "payments.Attempt.next_url": "an address that leads nowhere any more",
    "customer_matching.PersonKey.given_sound": "made from the name",
    "customer_matching.PersonKey.family_sound": "made from the name",
    "customer_matching.PersonKey.email_name": "made from the address",
    "customer_matching.FirmKey.keys": "made from the numbers",
}
KEPT = {"payments_intent.lines", "payments_attempt.call", "payments_attempt.next_url", "payments_attempt.provider_id"}


@pytest.fixture
def person(council: Any, clock: MovableClock) -> Customer:
    return create_customer(given_name="Amina", family_name="Dunn", by=SYSTEM, at=clock.now())


@pytest.fixture
def marked(person: Customer, clock: MovableClock, settings: Any, tmp_path: Any) -> Marked:
    from moothall.documents import storage

    settings.MEDIA_ROOT = tmp_path
    return everything_about(person, clock.now(), storage.put)


def copy_of(customer_id: UUID) -> str:
    return json.dumps([provider.export(customer_id) for provider in person_providers()], default=str)


def holds_words(label: str) -> bool:
    """Whether a model holds more of her than ids."""
    held, model = all_held()[label], apps.get_model(label)
    fields = (model._meta.get_field(name) for name in (*held.personal, *held.special))
    return any(not isinstance(field, models.UUIDField | models.ForeignKey) for field in fields)


def test_the_marked_rows_leave_no_model_out(marked: Marked) -> None:
    wanted = {
        label for label, held in all_held().items() if held.whose == "customer" and held.room and held.is_personal
    }
    left_out = {"customers.Customer", "customer_monitoring.MonitoringAnswer", "customer_privacy.CopyLine"}
    assert {label for label in wanted if holds_words(label)} - set(marked.made) == left_out


def test_all_of_it_is_in_her_copy(marked: Marked) -> None:
    told = copy_of(marked.person.id)
    missing = {column for column, word in marked.words.items() if word not in told}
    silent = {column for column in missing if all_held()[column.rpartition(".")[0]].not_copied}
    assert missing - silent - set(NOT_IN_THE_COPY) == set()
    assert set(NOT_IN_THE_COPY) <= missing, "these are in the copy after all"


def test_none_of_it_is_left_but_what_the_law_keeps(marked: Marked, clock: MovableClock, tmp_path: Any) -> None:
    drain()
    assert set(left_of(MARK)) > {"cases_case.answers", "customers_nameword.word", "documents_document.name"}
    for _ in range(2):  # a second time changes nothing and breaks nothing
        for provider in in_order_of_erasure():
            provider.erase(marked.person.id, SYSTEM, clock.now())
        assert set(left_of(MARK)) == KEPT


def test_a_word_somebody_else_has_stays_to_be_found_by(person: Customer, clock: MovableClock) -> None:
    from moothall.customers.models import NameWord
    from moothall.customers.queries import find_customers

    create_customer(given_name="Amina", family_name="Okafor", by=SYSTEM, at=clock.now())
    provider = next(one for one in person_providers() if one.room == "customers")
    provider.erase(person.id, SYSTEM, clock.now())
    kept = set(NameWord.objects.values_list("word", flat=True))
    assert "amina" in kept
    assert "dunn" not in kept
    assert [line.name for line in find_customers("amnia", SYSTEM)] == ["Amina Okafor"]


def test_a_word_given_anew_before_every_process_has_forgotten_it_is_kept_again(
    person: Customer, clock: MovableClock
) -> None:
    from moothall.customers.actions import record
    from moothall.customers.models import NameWord

    provider = next(one for one in person_providers() if one.room == "customers")
    provider.erase(person.id, SYSTEM, clock.now())
    record._learnt.add("dunn")  # another process, which has not heard of it
    record._asked_at[:] = [timezone.now().timestamp()]
    create_customer(given_name="Sam", family_name="Dunn", by=SYSTEM, at=clock.now())
    assert not NameWord.objects.filter(word="dunn").exists()
    record.forget()
    clock.advance(hours=3)
    drain()
    assert NameWord.objects.filter(word="dunn").exists()
