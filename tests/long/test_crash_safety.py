"""`kill -9` of server, worker and database in turn, while a thousand requests are sent: none lost, none twice.

The product is the real one (`bin/run`: granian, worker, embedded PostgreSQL) and so is the mail server. Clients do what
any client does: they try again with the same key until they are answered.
"""

import email
import logging
import os
import queue
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from aiosmtpd.controller import Controller

from moothall.core.postgres import Cluster
from moothall.core.staff.actor import token_digest
from tests.cli.conftest import ended, folder  # noqa: F401
from tests.cli.running import Running, until
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("run"), pytest.mark.timeout(1500)]
SUBMITS = 1000
CLIENTS = 6
TOKEN = "mth_crash_test"
KILLS_EVERY = 90
LEASE = 10


class Post:
    """A mail server that counts what it takes."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken[email.message_from_bytes(envelope.content, policy=default)["Message-ID"]] += 1
        return "250 OK"


@pytest.fixture
def post() -> Iterator[Post]:
    box = Post()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port  # type: ignore[attr-defined]
    yield box
    controller.stop()


def request_of(n: int) -> dict[str, Any]:
    answers = {
        "address": {"line1": f"{n} Mill Lane", "postcode": "LS1 1UR"}, "bin": "general", "out_time": "before_start",
        "extent": "only_me", "tag": "no", "assisted": "no", "still_out": "yes",
        "contact": {"email": f"customer{n}@example.com"},
    }  # fmt: skip
    return {"service": "missed-bin", "answers": answers}


class Clients:
    """Several clients that send requests, each with a key of its own, and try again until they are answered."""

    def __init__(self, url: str) -> None:
        self.url, self.answers, self.tries = url, dict[str, dict[str, Any]](), Counter[str]()
        self.problems: list[str] = []
        self.left: queue.Queue[tuple[int, str]] = queue.Queue()
        for n in range(SUBMITS):
            self.left.put((n, str(uuid.uuid4())))
        self.threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _run(self) -> None:
        session = requests.Session()
        while True:
            try:
                n, key = self.left.get_nowait()
            except queue.Empty:
                return
            self._send(session, n, key)

    def _send(self, session: requests.Session, n: int, key: str) -> None:
        give_up = time.monotonic() + 300
        while time.monotonic() < give_up:
            self.tries[key] += 1
            try:
                answer = session.post(
                    f"{self.url}/api/v1/cases", json=request_of(n), timeout=20,
                    headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key},
                )  # fmt: skip
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.status_code == 201:
                self.answers[key] = answer.json()
                return
            if answer.status_code < 500:
                self.problems.append(f"{answer.status_code}: {answer.text[:300]}")
                return
            time.sleep(0.2)
        self.problems.append(f"{n} was never answered")

    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)


def child(run: Running, word: str) -> int | None:
    """Return the process `moothall WORD` under this run, as it is now."""
    parent = run.note()["pid"]
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            of = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if of == parent and word.encode() in words:
            return int(path.name)
    return None


def kill(run: Running, what: str, place: Path) -> bool:
    """kill -9 the server, the worker or the database; return whether there was one to kill."""
    if what == "database":
        try:
            pid: int | None = int((Cluster(place).pgdata / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
    else:
        pid = child(run, {"server": "serve", "worker": "work"}[what])
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


def rows(address: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(sql).fetchall()  # type: ignore[arg-type]


def test_a_thousand_requests_survive_kill_minus_nine_of_everything(
    folder: Path,  # noqa: F811
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("MOOTHALL_EMAIL_BY", "smtp")
    monkeypatch.setenv("MOOTHALL_SMTP_URL", f"smtp://127.0.0.1:{post.port}?tls=none")  # type: ignore[attr-defined]
    monkeypatch.setenv("MOOTHALL_SEND_LEASE", str(LEASE))
    run = Running(folder, free_port())
    kills: Counter[str] = Counter()
    try:
        run.up()
        address = run.note()["database_url"]
        with psycopg.connect(address) as connection:
            connection.execute(
                "INSERT INTO core_apiclient (id, name, token_digest, scopes, team_codes, is_active, created_at)"
                " VALUES (%s, 'Crash test', %s, %s, '{}', true, now())",
                [uuid.uuid4(), token_digest(TOKEN), ["api.cases.write"]],
            )
        began = time.monotonic()
        clients = Clients(run.url)
        order = ["worker", "server", "worker", "database"]
        killed_at = 0
        while clients.busy():
            if len(clients.answers) - killed_at >= KILLS_EVERY:
                what = order[sum(kills.values()) % len(order)]
                if kill(run, what, folder):
                    kills[what] += 1
                    killed_at = len(clients.answers)
            time.sleep(0.02)
        seconds = time.monotonic() - began
        assert clients.problems == []
        assert len(clients.answers) == SUBMITS
        assert min(kills[what] for what in order) >= 2, kills

        def settled() -> bool:
            try:
                waiting = rows(
                    address,
                    "SELECT (SELECT count(*) FROM core_job WHERE queue IN ('events', 'send') AND given_up_at IS NULL)"
                    " + (SELECT count(*) FROM notifications_message WHERE state IN ('queued', 'sending'))",
                )
            except psycopg.OperationalError:
                return False
            return waiting == [(0,)]

        until(settled, 420)
        cases = {str(one["case_id"]) for one in clients.answers.values()}
        references = {one["reference"] for one in clients.answers.values()}
        assert len(cases) == len(references) == SUBMITS
        kept = {str(case_id) for (case_id,) in rows(address, "SELECT id FROM cases_case")}
        assert kept == cases  # each acknowledged one is there, once, and no other
        assert rows(address, "SELECT count(*) FROM contacts_contact WHERE channel <> 'social'") == [(SUBMITS,)]
        opened = rows(address, "SELECT count(*), count(DISTINCT case_id) FROM core_event WHERE name = 'case.opened'")
        assert opened == [(SUBMITS, SUBMITS)]
        told = rows(
            address,
            "SELECT count(*), count(DISTINCT case_id), count(*) FILTER (WHERE state IN ('sent', 'doubt'))"
            " FROM notifications_message WHERE template = 'case-opened'",
        )
        assert told == [(SUBMITS, SUBMITS, SUBMITS)]  # every message queued once, none lost
        doubtful = {
            str(one) for (one,) in rows(address, "SELECT id FROM notifications_message WHERE doubt_at IS NOT NULL")
        }
        assert len(doubtful) <= kills["worker"]
        sent = {key.strip("<>").partition("@")[0]: times for key, times in post.taken.items()}
        assert len(sent) == SUBMITS
        twice = {key for key, times in sent.items() if times > 1}
        assert twice <= doubtful
        assert max(sent.values()) <= 2
        shown = troubled(address)
        assert doubtful <= shown  # each one where a person looks
        assert rows(address, "SELECT count(*) FROM core_job WHERE given_up_at IS NOT NULL") == [(0,)]
        figures = {
            "seconds": round(seconds, 1), "kills": dict(kills), "in_doubt": len(doubtful), "sent_twice": len(twice),
            "tries": sum(clients.tries.values()),
        }  # fmt: skip
        logging.getLogger("moothall.tests").info("figures %s", figures)
    finally:
        run.stop()


def troubled(address: str) -> set[str]:
    """What the console's list shows, asked in a process of its own."""
    import subprocess
    import sys

    code = (
        "import django; django.setup()\n"
        "from moothall.core.actors import SYSTEM\n"
        "from moothall.notifications.queries import troubled_messages\n"
        "print(*[line.id for line in troubled_messages(visible_to=SYSTEM, size=500).rows])"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"DATABASE_URL": address}, check=True, capture_output=True, text=True
    )  # fmt: skip
    return set(asked.stdout.split())
