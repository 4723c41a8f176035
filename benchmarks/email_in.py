"""E-mails taken in, one after another, by one process: from bytes to contact, promise, inbox and acknowledgement.

SIZE counts e-mails. They are real-shaped: plain, with HTML twin, with a photo of 60 kB, answers in an exchange, an automatic
reply in ten; made from invented words. Every step is the one of production: parsing, threading, files kept on disk, rows, events,
in a durable database of its own, kept in `.moothall/bench-email` for the next run. The load is on the same machine.
"""

from __future__ import annotations

import os
import statistics
import time
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZE = 600
WORDS = (
    "The lamp outside our house has been out since Friday and the street is very dark. ",
    "Nobody came for the brown bin although it stood at the kerb before seven. ",
    "Could you tell me when the next appointment for a blue badge would be? ",
    "There is a hole in the road near the crossing and my neighbour fell over it. ",
    "Please send me the form for a council tax discount, we live here alone now. ",
)


def mails(count: int, seed: int) -> list[bytes]:
    """Return so many e-mails, the same each time."""
    from moothall.core import clock

    rng, now, made = Random(seed), clock.now(), []
    photo = rng.randbytes(60_000)
    for n in range(count):
        message = EmailMessage()
        message["From"] = f"Person {n % 400} <person{n % 400}.{seed}@example.com>"
        message["To"] = "hello@leeds.example.org"
        message["Subject"] = f"{'Re: ' if n % 5 == 4 else ''}About {rng.choice(('the lamp', 'my bin', 'a form'))} {n}"
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<bench-{seed}-{n}@mail.example.com>"
        if n % 5 == 4:
            message["In-Reply-To"] = message["References"] = f"<bench-{seed}-{n - 4}@mail.example.com>"
        if n % 10 == 9:
            message["Auto-Submitted"] = "auto-replied"
        text = "".join(rng.choices(WORDS, k=4)) + "\n\n-- \nPerson\n12 Mill Lane"
        message.set_content(text + ("\n\nOn 2 March 2026, Leeds wrote:\n> Is it still so?" if n % 5 == 4 else ""))
        if n % 2:
            message.add_alternative(f"<p>{text}</p>", subtype="html")
        if n % 8 == 0:
            message.add_attachment(b"\xff\xd8\xff" + photo + str(n).encode(), "image", "jpeg", filename="photo.jpg")
        made.append(bytes(message))
    return made


def run(size: int) -> dict[str, Any]:
    """Take them in and return the figures."""
    from moothall.core.postgres import Cluster

    cluster = Cluster(ROOT / ".moothall" / "bench-email")
    os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
        "MOOTHALL_DATA": str(ROOT / ".moothall" / "bench-email"),
    }
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from moothall.core.actors import SYSTEM
        from moothall.core.packs import apply_pack, load_pack

        call_command("migrate", verbosity=0, interactive=False)
        from moothall.channels.email.arriving import take_mail
        from moothall.channels.email.parsing import read_mail
        from moothall.contacts.models import Contact
        from moothall.core import clock
        from moothall.inbox.models import Writing
        from moothall.notifications.models import Message

        apply_pack(load_pack("leeds"), by=SYSTEM, at=clock.now())
        seed = time.time_ns()
        for raw in mails(40, seed=seed + 1):
            take_mail(raw, received_at=clock.now())
        waiting, took = mails(size, seed), []
        began = time.perf_counter()
        for raw in waiting:
            before = time.perf_counter()
            take_mail(raw, received_at=clock.now())
            took.append((time.perf_counter() - before) * 1000)
        seconds = time.perf_counter() - began
        reading = time.perf_counter()
        for raw in waiting:
            read_mail(raw)
        read = time.perf_counter() - reading
        ordered = sorted(took)
        return {
            "mails_per_second": round(size / seconds, 1),
            "take_mail_ms_p50": round(statistics.median(ordered), 2),
            "take_mail_ms_p95": round(ordered[int(len(ordered) * 0.95)], 2),
            "read_mail_ms_mean": round(read / size * 1000, 2),
            "writings": Writing.objects.count(),
            "contacts": Contact.objects.filter(channel="email").count(),
            "acknowledgements": Message.objects.filter(template="written-received").count(),
        }
    finally:
        cluster.stop()
