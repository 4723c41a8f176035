"""What goes over the wire, in and out. Names are snake_case; times ISO 8601 with a zone; money in pence; ids UUIDs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from moothall.core.lines import one_line

Short = Annotated[str, BeforeValidator(lambda text: one_line(text) if isinstance(text, str) else text),
                  StringConstraints(max_length=120)]  # fmt: skip
Line = Annotated[str, BeforeValidator(lambda text: one_line(text) if isinstance(text, str) else text),
                 StringConstraints(max_length=300)]  # fmt: skip
Body = Annotated[str, StringConstraints(max_length=20_000)]
ChannelCode = Literal[
    "web", "app", "phone", "voice", "counter", "kiosk", "email", "post", "fax", "sms", "social", "webchat", "partner", "api",
    "open311", "field"
]  # fmt: skip


State = Literal["open", "waiting", "closed", "merged"]


class Wire(Schema):
    """Base of what comes in: a key we do not know is a mistake we say, not one we swallow."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """Why a call was not done, in words for the person who reads the log, and where in the request."""

    code: str = Field(description="Stable: not_found, not_allowed, not_valid, no_token, key_reused, too_large …")
    message: str
    where: str = ""


class Problems(Schema):
    """Always a list, so that every mistake of a request is told at once."""

    problems: list[Problem]


class ContactIn(Wire):
    """Somebody was in touch."""

    channel: ChannelCode
    received_at: datetime | None = Field(None, description="When they were; now, if left out.")
    customer_id: UUID | None = None
    service: Short = ""
    caller: Short = Field("", description="Number or address it came from.")
    cause: Short = Field("", description="Why they had to, by a code of the pack.")
    note: Body = ""
    external_id: Short = Field("", description="Your own id: the same one again is the same contact.")
    direction: Literal["in", "out"] = "in"


class MatterOut(Schema):
    """One thing the customer wanted in a contact."""

    id: UUID
    service: str
    case_id: UUID | None
    outcome: str
    cause: str


class ContactOut(Schema):
    """A contact."""

    id: UUID
    reference: str
    channel: str
    direction: str
    is_open: bool
    customer_id: UUID | None
    service: str
    received_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str
    done_in_one: bool | None
    matters: list[MatterOut]


class CaseIn(Wire):
    """A request: a service and the answers to its questions, as ``GET /services/{code}`` lists them."""

    service: Short
    answers: dict[str, Any] = Field(default_factory=dict)
    channel: ChannelCode = "api"
    customer_id: UUID | None = None
    received_at: datetime | None = None
    external_id: Short = ""


class PromiseOut(Schema):
    """A promise: what kind, and when it is due."""

    kind: str
    standard: str
    due_at: datetime | None


class GoOnOut(Schema):
    """Where a request goes on that could only be begun here. Whoever has the link reads and changes what was answered.

    ``code`` is for whoever rings instead; ``left`` are the questions still to be answered; ``told``: we sent her the link.
    """

    link: str
    code: str
    until: datetime
    left: list[str]
    told: bool


class RaisedOut(Schema):
    """What became of a request. Not accepted: no case was opened, and ``because`` says why, in the customer's words.

    With ``go_on`` it is kept and waits for what cannot be told on its channel: a time, a list, papers.
    ``say`` is what else the customer is told: whose job it is where it is not the council's, what to do meanwhile.
    """

    accepted: bool
    because: str
    say: list[str]
    case_id: UUID | None
    reference: str
    contact_id: UUID
    customer_id: UUID | None
    team: str
    priority: str
    fee_pence: int
    promises: list[PromiseOut]
    go_on: GoOnOut | None = None


class CaseOut(Schema):
    """A case as lists show it."""

    id: UUID
    reference: str
    service: str
    kind: str
    state: str
    status: str
    priority: str
    channel: str
    team: str
    customer_id: UUID | None
    place_text: str
    area: str
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    late: bool
    outcome: str
    resolved: bool | None


class PromiseDetail(Schema):
    """A promise of a case, with how its date was counted."""

    id: UUID
    kind: str
    standard: str
    tag: str
    due_at: datetime | None
    new_date: datetime | None
    ended_at: datetime | None
    explanation: str


class CaseDetail(Schema):
    """A case whole, but for what officers write among themselves."""

    case: CaseOut
    version: int
    answers: dict[str, Any]
    fee_pence: int
    promises: list[PromiseDetail]


class NoteIn(Wire):
    """Words for a case."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    visible_to_customer: bool = False


class StatusIn(Wire):
    """The word the customer sees."""

    status: Short
    version: int | None = None


class CloseIn(Wire):
    """How a case ended: one of its service's outcomes, and whether the customer got what was asked."""

    outcome: Short
    resolved: bool
    version: int | None = None


class VersionIn(Wire):
    """The version of the case as it was read; left out where the change does not depend on what was seen."""

    version: int | None = None


class WaitIn(VersionIn):
    """For whom or what a case waits, by a code of the pack, and what we ask the customer where it waits for her."""

    reason: Short
    question: Body = ""


class ReopenIn(VersionIn):
    """Why a case is opened again."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class CustomerIn(Wire):
    """A person (or, with only ``organisation_name``, an organisation)."""

    given_name: Short = ""
    family_name: Short = ""
    organisation_name: Short = ""
    company_number: Short = Field("", description="Of an organisation: eight characters, like 01234567 or SC123456.")
    title: Short = ""
    date_of_birth: date | None = None
    email: Line = ""
    phone: Short = ""
    uprn: int | None = Field(None, ge=1, le=999_999_999_999)
    address_text: Line = ""
    language: Short = "en"
    preferred_channel: Literal["", "email", "sms", "post", "none"] = ""


class CustomerOut(Schema):
    """A customer in a list."""

    id: UUID
    reference: str
    kind: str
    name: str
    address: str
    date_of_birth: date | None
    points: list[str]


class CustomerDetail(CustomerOut):
    """A customer: what we need to know to serve her. ``ids``: every number that leads to her record."""

    ids: list[UUID]
    proof: str
    uprn: int | None
    area: str
    language: str
    preferred_channel: str
    preferred_format: str
    needs: list[str] = Field(description="Codes of the pack.")


class DetailsIn(Wire):
    """What changes; what is left out stays as it is."""

    title: Short | None = None
    given_name: Short | None = None
    family_name: Short | None = None
    organisation_name: Short | None = None
    address_text: Line | None = None
    uprn: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,12}$")] | None = Field(
        None, description="With the address exactly as `places` writes it; an address without one is kept as written."
    )
    preferred_channel: Literal["", "email", "sms", "post", "none"] | None = None
    email: Line | None = None
    phone: Short | None = None


class EventOut(Schema):
    """One event of the feed: ids and codes, never names or text."""

    id: UUID
    name: str
    occurred_at: datetime
    recorded_at: datetime
    subject_kind: str
    subject_id: UUID | None
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    service: str
    channel: str
    team: str
    area: str
    imported: bool
    data: dict[str, Any]


class QuestionOut(Schema):
    """A question of a service."""

    id: str
    type: str
    label: str
    hint: str | None
    required: bool
    options: list[str]


class ServiceOut(Schema):
    """A service in the catalogue."""

    code: str
    name: str
    area: str
    lgsl: int | None
    summary: str
    channels: dict[str, str]


class ServiceDetail(ServiceOut):
    """A service with the questions a request of it answers."""

    questions: list[QuestionOut]


class ContactPage(Schema):
    """Some contacts; ``after`` is the place to go on from, absent at the end."""

    rows: list[ContactOut]
    after: str | None


class CasePageOut(Schema):
    """Some cases; ``after`` is the place to go on from, absent at the end."""

    rows: list[CaseOut]
    after: str | None


class EventPage(Schema):
    """Some events in the order they were committed; ask again from ``after``, which is always there."""

    rows: list[EventOut]
    after: str


class RecordsIn(Wire):
    """A delivery of a line-of-business system: rows as the council's pack describes them for it."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=1000)
    as_of: datetime | None = Field(None, description="The moment the rows speak of; left out: now.")
    whole: bool = Field(False, description="These are all the records the system has: the others are gone.")


class RowOut(Schema):
    """A row there is something to say of."""

    row: int
    key: str
    kept: bool
    reason: str


class DeliveryOut(Schema):
    """What became of a delivery, and of each row that was refused or not read whole."""

    id: UUID
    state: str
    problem: str
    new: int
    changed: int
    same: int
    late: int
    gone: int
    refused: int
    rows: list[RowOut]
