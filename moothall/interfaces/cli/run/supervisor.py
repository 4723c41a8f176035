"""Keeps the processes of one run alive, and ends them in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_LOG = 10 * 1024 * 1024
_CALM = 20.0
"""Seconds of life after which a process counts as settled, and its next fall is answered at once."""


@dataclass
class Child:
    """One process: its name, how it is started, and whether it is started again when it falls."""

    name: str
    arguments: list[str]
    log: Path
    lasting: bool = True
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    falls: int = 0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Starts `moothall` subcommands as children of this process, each with a log file of its own.

    A child's standard input is a pipe from us, so that it notices when we die without a word. Each is in a session
    of its own, so that Ctrl-C reaches us alone and we end them in order.
    """

    logs: Path
    environment: dict[str, str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, arguments: list[str], *, lasting: bool = True) -> Child:
        """Start `moothall ARGUMENTS…`; a lasting one is started again whenever it ends."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".old.log"))
        child = Child(name=name, arguments=arguments, log=log, lasting=lasting)
        self.children.append(child)
        self._launch(child)
        return child

    def look(self) -> list[Child]:
        """Start fallen children again, after growing pauses; return the passing ones that have ended since."""
        ended: list[Child] = []
        for child in list(self.children):
            if child.process is None or child.process.poll() is None:
                if child.restart_at is not None and time.monotonic() >= child.restart_at:
                    self._launch(child)
                continue
            if not child.lasting:
                self.children.remove(child)
                ended.append(child)
                continue
            _end_group(child.process.pid)  # the server's own workers must not outlive it and hold its port
            settled = time.monotonic() - child.began > _CALM
            child.falls = 1 if settled else child.falls + 1
            self._forget(child)
            child.process = None
            child.restart_at = time.monotonic() + min(30.0, 0.2 * 2 ** (child.falls - 1))
            if child.falls in {1, 5}:
                self.say(f"The {child.name} process ended and is started again; see {child.log}")
        return ended

    def stop(self, *, patience: float = 25.0) -> None:
        """End the children, last started first; those that will not go in `patience` seconds are killed."""
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        give_up = time.monotonic() + patience
        for child in reversed(self.children):
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                _end_group(child.process.pid)
                child.process.wait()
            _end_group(child.process.pid)
            self._forget(child)
        self.children.clear()

    def _launch(self, child: Child) -> None:
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "moothall.interfaces.cli", *child.arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )
        child.began = time.monotonic()
        child.restart_at = None

    @staticmethod
    def _forget(child: Child) -> None:
        if child.process is not None and child.process.stdin is not None:
            child.process.stdin.close()


def _end_group(leader: int) -> None:
    """Kill what is left of a child's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
