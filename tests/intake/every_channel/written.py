"""What is written to us and worked with at the desk: it arrives, an officer opens its contact and fills in the one form."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from moothall.cases.models import Case
from moothall.channels.email.arriving import take_mail
from moothall.inbox.models import Writing
from moothall.intake.written import ArrivedWriting, take_written
from moothall.services.pack import Service

from .answers import HERS, Wanted
from .desk import an_adviser, fill_and_send

MAIL = """From: Amina Dunn <amina.dunn@example.com>\r
To: hello@leeds.example.org\r
Subject: {name}\r
Message-ID: <{id}@example.com>\r
Content-Type: text/plain; charset=utf-8\r
\r
Please see to this for me.\r
"""


def by_writing(channel: str) -> Any:
    """By e-mail as it comes over the wire; by another written channel as its reader hands it in."""

    def drive(service: Service, wanted: Wanted, clock: Any) -> Case | None:
        writing = arrives(channel, service, clock)
        client = an_adviser(clock)
        here = f"/desk/contacts/{writing.contact_id}/"
        assert client.post(f"/desk/inbox/{writing.id}/take").status_code == 303
        taken = client.post(f"{here}matters", {"service": service.code})
        assert taken.status_code == 303, (service.code, channel, taken.status_code)
        return fill_and_send(client, taken["Location"], service, wanted)

    return drive


def arrives(channel: str, service: Service, clock: Any) -> Writing:
    """It comes in, by the wire for e-mail."""
    if channel == "email":
        raw = MAIL.format(name=service.name, id=uuid4()).encode()
        taken = take_mail(raw, received_at=clock.now()).taken
    else:
        arrived = ArrivedWriting(
            channel=channel, external_id=str(uuid4()), received_at=clock.now(), sender=HERS, sender_name="Amina Dunn",
            subject=service.name, text="Please see to this for me.", whole="Please see to this for me.",
        )  # fmt: skip
        taken = take_written(arrived, at=clock.now())
    assert taken is not None
    return Writing.objects.get(id=taken.writing_id)
