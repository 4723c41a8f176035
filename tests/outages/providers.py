"""Who we hand things to: each makes work of ours, tells what arrived, and says where the wait is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from moothall.cases.models import Case, Task
from moothall.channels.social.fetching import fetch
from moothall.core import jobs
from moothall.inbox.models import Feed, Writing
from moothall.notifications import queries, senders
from moothall.notifications.actions import queue_message, resolve_lost
from moothall.notifications.actions.delivering import queue_forgotten
from moothall.notifications.adapters import smtp as smtp_adapter
from moothall.notifications.adapters import social as social_adapters
from moothall.notifications.adapters.folder import FolderSender
from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify import twin as notify_twin
from moothall.notifications.adapters.smtp import SmtpSender
from moothall.notifications.adapters.social import SocialSender
from moothall.notifications.adapters.social import twin as social_twin
from moothall.notifications.adapters.social import twin_facebook as social_facebook
from moothall.notifications.adapters.twilio import TwilioSender
from moothall.notifications.adapters.twilio import twin as twilio_twin
from moothall.notifications.models import Message
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Unclear
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address
from moothall.payments.actions import sweep
from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.adapters.stripe import Stripe
from moothall.payments.adapters.stripe import twin as stripe
from moothall.payments.providers import use
from moothall.repairs.adapters import works_orders
from moothall.repairs.adapters.works_orders import twin as contractors
from moothall.repairs.models import Order
from tests.notifications.test_smtp import Server
from tests.notifications.test_telling import OFFICER
from tests.outages.line import Line
from tests.payments.conftest import come_back, fresh, owed, start

PATIENCE = 1.0
QUEUES = ("default", "send", "payments")


@dataclass
class Provider:
    """One of them. ``make`` hands over one thing and returns its key; ``arrived`` counts what they have, by key.

    ``waits``: what is shown of the wait while they are in trouble, empty when nothing is. ``by_hand``: keys that a person was
    asked to see to instead.
    """

    line: Line | PrintFolder
    make: Callable[[int], str]
    arrived: Callable[[], Counter[str]]
    waits: Callable[[], str]
    minute: Callable[[], object]
    by_hand: Callable[[], set[str]] = set
    twice_is_shown: bool = False
    made: list[str] = field(default_factory=list)


def _message(channel: str, template: str, to: str, clock: Any, number: int, **more: Any) -> str:
    message = queue_message(
        key=f"outage:{channel}:{to}:{number}", template=template, to=Recipient(addresses=(Address(channel, to),)),
        values={"words": f"Number {number}.", "text": f"Number {number}.", "subject": "Re: x", "reference": "4HTK-7W2C"},
        at=clock.now(), channel=channel, **more,
    )  # fmt: skip
    return str(message.id)


def _waiting_messages() -> str:
    rows = [*queries.waiting_messages(visible_to=OFFICER).rows, *queries.troubled_messages(visible_to=OFFICER).rows]
    asked = Message.objects.filter(state="sending").exclude(error="").values_list("error", flat=True)
    return "; ".join([row.error for row in rows] + list(asked))


@contextmanager
def _notify(channel: str, clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    twin = notify_twin.Twin().start()
    line = Line(twin.port)
    url = f"http://127.0.0.1:{line.port}"
    sender = NotifySender(key=notify_twin.KEY, url=url, templates=notify_twin.TEMPLATES, timeout=PATIENCE)
    senders.use(channel, sender)
    template, to = {
        "email": ("written-answer", "pat{}@example.com"), "sms": ("text-help", "+4477009001{:02d}"),
        "post": ("letter-answer", "Pat Dunn, {} Mill Lane, Otley, LS21 1AA"),
    }[channel]  # fmt: skip
    try:
        yield Provider(
            line, lambda n: _message(channel, template, to.format(n), clock, n),
            lambda: Counter(str(row["reference"]).partition(".")[0] for row in twin.taken.values()),
            _waiting_messages, _look_into_messages,
        )  # fmt: skip
    finally:
        senders.use(channel, None)
        line.close()
        twin.stop()


class PrintFolder:
    """The share that letters are put into for the print room.

    ``down``, ``slow``: it is not mounted; ``wrong``, ``garbage``: a file stands in its place; ``cut``: a letter is put
    there, and the share breaks off before it says so.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.away = folder, folder.with_name("away")
        self.folder.mkdir()
        self.trouble = ""

    def set(self, trouble: str) -> None:
        """Change what is wrong with it."""
        if self.away.exists():
            self.folder.unlink(missing_ok=True)
            self.away.rename(self.folder)
        self.trouble = trouble
        if trouble in {"down", "slow", "wrong", "garbage"}:
            self.folder.rename(self.away)
        if trouble in {"wrong", "garbage"}:
            self.folder.write_bytes(b"no folder")


class BreakingOff(FolderSender):
    """Puts letters into a share that may break off once a letter is there."""

    def __init__(self, share: PrintFolder) -> None:
        super().__init__(share.folder)
        self.share = share

    def send(self, envelope: Envelope) -> Accepted:
        accepted = super().send(envelope)
        if self.share.trouble == "cut":
            raise Unclear("The share broke off.")
        return accepted

    def find(self, reference: str) -> Accepted | None:
        if self.share.trouble == "cut":
            raise NotNow("The share broke off.", unreachable=True)
        return super().find(reference)


@contextmanager
def _print_folder(clock: Any, settings: Any, patch: Any, tmp_path: Path) -> Iterator[Provider]:
    """Letters out, for the council's own print room."""
    share = PrintFolder(tmp_path / "print")
    senders.use("post", BreakingOff(share))

    def arrived() -> Counter[str]:
        return Counter(one.name.partition(".")[0] for one in share.folder.glob("*/*.pdf"))

    try:
        yield Provider(
            share, lambda n: _message("post", "letter-answer", f"Pat Dunn, {n} Mill Lane, Otley, LS21 1AA", clock, n),
            arrived, _waiting_messages, _look_into_messages,
        )  # fmt: skip
    finally:
        senders.use("post", None)


@contextmanager
def _smtp(clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    patch.setattr(smtp_adapter, "TIMEOUT", PATIENCE)
    server = Server()
    server.up()
    line = Line(server.port, mail=True)
    senders.use("email", SmtpSender(f"smtp://127.0.0.1:{line.port}?tls=none"))
    try:
        yield Provider(
            line, lambda n: _message("email", "written-answer", f"pat{n}@example.com", clock, n),
            lambda: Counter(one["Message-ID"].strip("<>").partition("@")[0] for one in server.box.received),
            _waiting_messages, _look_into_messages, twice_is_shown=True,
        )  # fmt: skip
    finally:
        senders.use("email", None)
        line.close()
        server.down()


@contextmanager
def _twilio(clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    twin = twilio_twin.Twin().start()
    line = Line(twin.port)
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN = twilio_twin.ACCOUNT, twilio_twin.TOKEN
    settings.TWILIO_FROM = twilio_twin.FROM
    senders.use("sms", TwilioSender(f"http://127.0.0.1:{line.port}", timeout=PATIENCE))
    keys: dict[str, str] = {}

    def make(number: int) -> str:
        key = _message("sms", "text-help", f"+4477009001{number:02d}", clock, number)
        return keys.setdefault(f"+4477009001{number:02d}", key)

    try:
        yield Provider(
            line, make, lambda: Counter(keys[row["to"]] for row in twin.texts), _waiting_messages, _look_into_messages
        )  # fmt: skip
    finally:
        senders.use("sms", None)
        line.close()
        twin.stop()


@contextmanager
def _networks(clock: Any, settings: Any, patch: Any) -> Iterator[tuple[social_twin.Twin, Line]]:
    twin = social_twin.Twin().start()
    line = Line(twin.port)
    social_adapters._made.cache_clear()
    quick = {code: partial(kind, timeout=PATIENCE) for code, kind in social_adapters.KINDS.items()}
    patch.setattr(social_adapters, "KINDS", quick)
    address = f"http://127.0.0.1:{line.port}"
    settings.SOCIAL_ADDRESSES = dict.fromkeys(social_twin.KEYS, address)
    settings.SOCIAL_KEYS = dict(social_twin.KEYS)
    senders.use("social", SocialSender())
    try:
        yield twin, line
    finally:
        senders.use("social", None)
        social_adapters._made.cache_clear()
        line.close()
        twin.stop()


@contextmanager
def _answers(network: str, private: bool, clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    """What we write on a social network."""
    with _networks(clock, settings, patch) as (twin, line):
        texts: dict[str, str] = {}

        def make(number: int) -> str:
            post = twin.say(f"Question {number}", network=network, author=f"pat{number}")
            did, psid = f"did:plc:pat{number}", social_facebook.psid(f"pat{number}")
            who = psid if network == "facebook" else did
            uri = f"at://{did}/app.bsky.feed.post/{post}"
            refs = {
                "network": network, "author": who, "private": "yes" if private else "", "status": str(110_000 + post),
                "object": f"{social_facebook.PAGE}_{social_facebook.FIRST + post}", "kind": "post",
                "psid": psid if private else "", "at": clock.now().isoformat(),
                "uri": uri, "cid": "c", "root_uri": uri, "root_cid": "c",
            }  # fmt: skip
            key = _message("social", "social-answer", f"@pat{number}@town.example", clock, number, headers=refs)
            texts[f"Number {number}."] = key
            return key

        def arrived() -> Counter[str]:
            return Counter(texts[f"Number{one['text'].rpartition('Number')[2]}"] for one in twin.ours(network))

        yield Provider(line, make, arrived, _waiting_messages, _look_into_messages)


@contextmanager
def _mentions(network: str, clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    """What we read on a social network."""
    with _networks(clock, settings, patch) as (twin, line):
        fetch(network, at=clock.now())

        def make(number: int) -> str:
            twin.say(f"Question {number}", network=network, author=f"pat{number}")
            return f"Question {number}"

        def waits() -> str:
            return Feed.objects.get(network=network).trouble

        yield Provider(
            line,
            make,
            lambda: Counter(Writing.objects.values_list("text", flat=True)),
            waits,
            lambda: fetch(network, at=clock.now()),
        )


@contextmanager
def _contractor(clock: Any, settings: Any, patch: Any, ask: Callable[..., Case]) -> Iterator[Provider]:
    patch.setattr(works_orders, "PATIENCE", (PATIENCE, PATIENCE))
    twin = contractors.Twin().start()
    line = Line(twin.port)
    settings.CONTRACTOR_ADDRESSES = {"*": f"http://127.0.0.1:{line.port}"}
    settings.CONTRACTOR_KEYS = {"*": contractors.KEY}

    def make(number: int) -> str:
        return str(Order.objects.get(case_id=ask().id).id)

    def by_hand() -> set[str]:
        cases = Task.objects.filter(kind="order", done_at=None).values_list("case_id", flat=True)
        return {str(one) for one in Order.objects.filter(case_id__in=cases).values_list("id", flat=True)}

    def waits() -> str:
        rows = Order.objects.exclude(state="sent").values_list("tellings__trouble", "state")
        return "; ".join(f"{trouble} {state}" for trouble, state in rows)

    try:
        yield Provider(line, make, lambda: Counter(list(twin.orders)), waits, lambda: None, by_hand=by_hand)
    finally:
        line.close()
        twin.stop()


@contextmanager
def _pay(name: str, clock: Any, settings: Any, patch: Any) -> Iterator[Provider]:
    """Payments that were paid on the provider's page while it was well, of which we hear only by asking."""
    module = govuk if name == "govuk_pay" else stripe
    twin = module.Twin(pages="http://localhost:8000/demo/card").start()
    line = Line(twin.port)
    adapter = GovukPay if name == "govuk_pay" else Stripe
    quick = adapter(f"http://127.0.0.1:{line.port}", module.KEY, module.SECRET, timeout=PATIENCE)
    well = adapter(twin.url, module.KEY, module.SECRET, timeout=20)
    use(quick)
    going: dict[str, Any] = {}

    def make(number: int) -> str:
        use(well)
        intent = owed(clock)
        twin.play(start(intent, clock), "pay")
        use(quick)
        come_back(intent, clock)
        going[str(intent.id)] = intent
        return str(intent.id)

    def arrived() -> Counter[str]:
        done = {key: fresh(one) for key, one in going.items()}
        paid = Counter({key: 1 for key, one in done.items() if one.state == "done"})
        for key, one in done.items():
            if one.attempts.filter(state="taken").count() > 1:
                paid[key] += 1
        return paid

    def waits() -> str:
        return " ".join(fresh(one).state for one in going.values() if fresh(one).state != "done")

    try:
        yield Provider(line, make, arrived, waits, lambda: sweep(at=clock.now()))
    finally:
        use(None)
        line.close()
        twin.stop()


OUTGOING: dict[str, Callable[..., Any]] = {
    "smtp": _smtp,
    "notify-email": partial(_notify, "email"),
    "notify-text": partial(_notify, "sms"),
    "twilio-text": _twilio,
    "notify-letters": partial(_notify, "post"),
    "print-folder": _print_folder,
    "mastodon-public": partial(_answers, "mastodon", False),
    "mastodon-private": partial(_answers, "mastodon", True),
    "bluesky-public": partial(_answers, "bluesky", False),
    "bluesky-private": partial(_answers, "bluesky", True),
    "facebook-public": partial(_answers, "facebook", False),
    "facebook-private": partial(_answers, "facebook", True),
    "mastodon-reading": partial(_mentions, "mastodon"),
    "bluesky-reading": partial(_mentions, "bluesky"),
    "facebook-reading": partial(_mentions, "facebook"),
    "contractor": _contractor,
    "govuk-pay": partial(_pay, "govuk_pay"),
    "stripe": partial(_pay, "stripe"),
}


def _look_into_messages() -> None:
    resolve_lost()
    queue_forgotten()


def work_off(provider: Provider, minutes: int = 2) -> None:
    """Let a worker do all that is due, and what its clock does for this provider in so many minutes; not the night's work of
    the house."""
    for _ in range(minutes):
        while jobs.run_handlers() or jobs.run_one(QUEUES, "worker/0"):
            pass
        provider.minute()
    while jobs.run_handlers() or jobs.run_one(QUEUES, "worker/0"):
        pass
