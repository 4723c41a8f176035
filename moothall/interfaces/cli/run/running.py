"""One run: the database, the outside systems, the web and the background work, up and down again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from moothall.interfaces.cli.run.folder import ensure_secret, is_prepared, note_prepared, note_unprepared
from moothall.interfaces.cli.run.outside import Outside
from moothall.interfaces.cli.run.supervisor import Supervisor
from moothall.interfaces.cli.run.telling import lines_of
from moothall.interfaces.cli.support import fail, ready, say


class _Stop(Exception):
    """Someone asked us to end."""


class Run:
    """One run, from the database up to the sign-ins on the screen, and down again."""

    def __init__(self, *, host: str, port: int, began: float, note: Path) -> None:
        from django.conf import settings

        self.settings = settings
        self.folder: Path = settings.DATA_DIR
        self.host, self.port, self.began, self.note = host, port, began, note
        self.url = f"http://localhost:{port}"
        self.cluster: Any = None
        self.supervisor = Supervisor(self.folder / "logs", dict(os.environ), say)
        self.outside = Outside(self.url, self.folder)
        self.asked_to_stop = False

    def go(self, *, scale: float, seed: int, history: bool) -> None:
        """Run until somebody asks it to stop; then end everything, in order."""
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, self._ask_to_stop)
        try:
            if not self._is_as_left(scale, seed):
                self._make_ready(scale, seed)
            self.outside.start()
            self.supervisor.environment |= self.outside.environment
            self._identity()
            self.supervisor.start("web", self._web())
            ready()  # while the site gets ready too: what is asked of the database below comes after
            self._await("web", f"http://{_reach(self.host)}:{self.port}/healthz")
            self.supervisor.start("work", ["work", "--with-parent"])  # together with the site both would come later
            if history:
                self._begin_history(scale, seed)
            self._tell(history=history)
            self._watch()
        except _Stop:
            pass
        except Exception:
            if not self.asked_to_stop:  # else it is what was cut off in the middle, such as a migration's statement
                raise
        finally:
            for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(one, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            self._end()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True
        raise _Stop

    # -- up ---------------------------------------------------------------------------------------------------

    def _is_as_left(self, scale: float, seed: int) -> bool:
        """Start the database and say whether the last run of this very version left everything ready in it.

        Then the site can come up at once: Django, which takes seconds to set up, is not needed to know it. Of a database
        elsewhere we know nothing and look.
        """
        ensure_secret(self.folder)
        if not self.settings.EMBEDDED_DATABASE:
            return False
        from moothall.core.postgres import Cluster, ClusterError, NoPostgres

        self.cluster = Cluster(self.folder)
        as_left = self.cluster.made() and is_prepared(self.folder, scale, seed)
        try:
            self.supervisor.environment["DATABASE_URL"] = self.cluster.start()
        except (ClusterError, NoPostgres) as wrong:
            fail(str(wrong))
        return as_left

    def _make_ready(self, scale: float, seed: int) -> None:
        """What must be there before the first page is asked for: tables, the council's pack, and the invented people."""
        ready()
        from moothall.interfaces.cli import migrate
        from moothall.interfaces.cli.support import close_connections

        note_unprepared(self.folder)
        if migrate.pending():
            say("Making the database ready…")
            migrate.apply()
        close_connections()
        self._moothall("pack", "apply", self.settings.COUNCIL)
        self._moothall("demo", "prepare", "--scale", str(scale), "--seed", str(seed))
        note_prepared(self.folder, scale, seed)

    def _begin_history(self, scale: float, seed: int) -> None:
        self.supervisor.start("history", ["demo", "load", "--scale", str(scale), "--seed", str(seed)], lasting=False)

    def _identity(self) -> None:
        """The twin of the identity provider lives in the site itself: its keys, and the settings that lead the site to it."""
        from moothall.interfaces.demo.identity_keys import ensure_keys, folder

        if os.environ.get("MOOTHALL_RESIDENTS_CLIENT_ID"):
            return
        ensure_keys()
        issuer = f"{self.url}/demo/identity/"
        self.supervisor.environment |= {
            "MOOTHALL_RESIDENTS_FLAVOUR": "one-login", "MOOTHALL_RESIDENTS_CLIENT_ID": "council",
            "MOOTHALL_RESIDENTS_ISSUER": issuer, "MOOTHALL_RESIDENTS_DID": f"{issuer}.well-known/did.json",
            "MOOTHALL_RESIDENTS_KEY_FILE": str(folder() / "council.pem"),
        }  # fmt: skip

    def _web(self) -> list[str]:
        return ["serve", "--host", self.host, "--port", str(self.port), "--with-parent"]

    def _await(self, process: str, url: str) -> None:
        """Wait until a process answers, so that no address is printed before it can be opened."""
        give_up = time.monotonic() + 60
        while not _answers(url):
            self.supervisor.look()
            if time.monotonic() > give_up:
                fail(f"Nothing answers at {url}. The log is {self.folder / 'logs' / f'{process}.log'}")
            time.sleep(0.05)

    def _moothall(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "moothall.interfaces.cli", *words],
            env=self.supervisor.environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if done.returncode != 0:
            fail(f"moothall {' '.join(words)} failed:\n{done.stdout.strip()}")

    # -- while it runs ----------------------------------------------------------------------------------------

    def _tell(self, *, history: bool) -> None:
        say("\n".join(lines_of(self.url, self.folder, self.settings.COUNCIL, self.outside.lines, history=history)))
        self.note.write_text(
            json.dumps(
                {
                    "pid": os.getpid(),
                    "url": self.url,
                    "database_url": self.supervisor.environment.get("DATABASE_URL", ""),
                    "seconds": round(time.monotonic() - self.began, 1),
                    "processes": {
                        one.name: one.process.pid for one in self.supervisor.children if one.process is not None
                    },
                }
            ),
            encoding="utf-8",
        )

    def _watch(self) -> None:
        history_began = time.monotonic()
        while True:
            for ended in self.supervisor.look():
                seconds = time.monotonic() - history_began
                if ended.process is not None and ended.process.returncode == 0:
                    say(f"The history is there ({seconds:.0f} seconds).")
                else:
                    say(f"The history could not be made; see {ended.log}")
            if self.cluster is not None and not self.cluster.running():
                say("The database stopped and is started again.")
                self.cluster.start()
            time.sleep(0.25)

    # -- down -------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self.supervisor.stop()
        self.outside.stop()
        if self.cluster is not None:
            self.cluster.stop()
        self.note.unlink(missing_ok=True)
        say("Stopped.")


def _reach(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - we compare, we do not bind


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
