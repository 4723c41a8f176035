"""Hostile e-mail by the doors it comes through: what it costs the process that takes it, in processor time and memory, and
that the good one behind it is taken in.

Seconds are those the processor worked for that process, however busy the machine is; memory is the most it ever held.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from moothall.inbox.models import Writing
from moothall.notifications.models import Quarantined
from tests.channels.hostile_mail import HEAD, hostile
from tests.channels.mail_servers import dovecot
from tests.ports import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council"), pytest.mark.long]
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = (
    "ten_thousand_headers", "nested_1000", "forwarded_500", "thousand_parts", "zip_bomb", "image_bomb", "broken_base64",
    "boundary_of_nothing", "alphabet_of_trouble", "html_of_quotes", "binary",
)  # fmt: skip
MOST_SECONDS, MOST_MB = 30.0, 900
RUN = """
import json, resource, signal, sys
from pathlib import Path
from moothall.interfaces.cli.main import root
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    root(sys.argv[2:])
except SystemExit:
    pass
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
Path(sys.argv[1]).write_text(json.dumps([used.ru_utime + used.ru_stime, peak // 1024]))
"""
"""The command itself, which then says what it cost. VmHWM is its own: ``ru_maxrss`` begins with that of who started it."""


class Taking:
    """A process of ours that takes e-mail in; ``ended`` tells its processor seconds and its most MB."""

    def __init__(self, folder: Path, address: str, *words: str, **environment: str) -> None:
        self.told = folder / "cost.json"
        env = os.environ | {"DATABASE_URL": address, "MOOTHALL_FILES": str(folder / "files"), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(self.told), *words], cwd=ROOT, env=env | environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ended(self) -> tuple[float, int]:
        try:
            _, said = self.process.communicate(timeout=400)
        finally:
            self.process.kill()
            self.process.wait(60)
        assert self.told.exists(), said.decode()[-2000:]
        seconds, most = json.loads(self.told.read_text())
        return seconds, most


def good(name: str) -> bytes:
    return HEAD.replace(b"My bin", name.encode()) + b"\r\nThe lamp is out.\r\n"


def all_are_somewhere(taken: int) -> None:
    """Each that we said yes to is in the inbox or in quarantine, with a reason that is the e-mail's fault, not ours."""
    reasons = list(Quarantined.objects.values_list("reason", flat=True))
    assert len(reasons) + Writing.objects.count() == taken
    assert len(reasons) >= 3
    assert all(one.endswith(".") and not one.startswith("Our reading") for one in reasons), reasons


@contextmanager
def lmtp(folder: Path, address: str) -> Iterator[tuple[Taking, int]]:
    port = free_port()
    taking = Taking(folder, address, "mail", "serve", "--at", f"127.0.0.1:{port}")
    try:
        while taking.process.poll() is None:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield taking, port
    finally:
        taking.process.kill()


def test_by_a_mail_server(tmp_path: Path, database_address: str) -> None:
    heard: dict[str, int] = {}
    with lmtp(tmp_path, database_address) as (taking, port):
        for name in (*HOSTILE, "fifty_megabytes_of_long_lines", "good"):
            with smtplib.LMTP("127.0.0.1", port, timeout=400) as line:
                line.ehlo_or_helo_if_needed()
                line.mail("pat@example.com")
                line.rcpt("hello@leeds.example.org")
                heard[name], _ = line.data(good("After the hostile") if name == "good" else hostile(name))
        taking.process.send_signal(signal.SIGINT)
        seconds, most = taking.ended()
    assert heard["fifty_megabytes_of_long_lines"] == 552, "refused with the reason, so that its sender hears it"
    refused = {name: code for name, code in heard.items() if code != 250}
    assert set(refused.values()) <= {500, 552, 554}, refused
    all_are_somewhere(len(heard) - len(refused))
    assert Writing.objects.filter(subject="After the hostile").exists()
    assert seconds < MOST_SECONDS
    assert most < MOST_MB


def test_by_a_mailbox(tmp_path: Path, database_address: str) -> None:
    names = (*HOSTILE, "one_endless_line", "many_lines_many_parts", "fifty_megabytes_of_long_lines")
    with tempfile.TemporaryDirectory(prefix="dove", dir="/tmp") as folder, dovecot(Path(folder)) as dove:
        for number, name in enumerate(names):
            dove.deliver(f"{number}.hostile", hostile(name))
        dove.deliver("99.good", good("After the hostile"))
        seconds, most = Taking(tmp_path, database_address, "mail", "fetch", MOOTHALL_IMAP_URL=dove.url).ended()
    all_are_somewhere(len(names) + 1)
    assert Writing.objects.filter(subject="After the hostile").exists()
    assert Quarantined.objects.filter(reason__regex="^It has 5[0-9] MB; we take").count() == 1
    assert seconds < MOST_SECONDS
    assert most < MOST_MB
