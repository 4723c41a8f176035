"""A worker process: lanes that take what is due, a heartbeat, the schedules, and a stop that loses nothing."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import Error, connection

from moothall.core import jobs

log = logging.getLogger("moothall.worker")

IDLE = 0.25
"""Seconds a lane with nothing to do waits before it looks again."""
BEAT = 5.0
TICK = 1.0
LONGEST_WAIT = 5.0


class Worker:
    """One process's share of the background work.

    ``events`` lanes run handlers; each other queue has a lane of its own, so that a slow provider or a long import never
    holds up the rest. One lane sends: a worker that is killed leaves at most one message in doubt; run more workers to
    send more at once. ``stop()`` lets what runs finish. A database that goes away is waited for.
    """

    def __init__(
        self, name: str = "", *, event_lanes: int = 1, send_lanes: int = 1, lease: timedelta = jobs.LEASE
    ) -> None:
        # With a tail of chance: in a container every worker is process 1, and a dead one must not look alive in its heir.
        self.name = name or f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.lease = lease
        self._stop = threading.Event()
        self._lanes: dict[str, Callable[[], bool]] = {}
        for n in range(event_lanes):
            self._lanes[f"events-{n}"] = lambda: jobs.run_handlers() > 0
        for queue in jobs.queues()[1:]:
            for n in range(send_lanes if queue == "send" else 1):
                self._lanes[f"{queue}-{n}"] = self._lane(queue, f"{self.name}/{queue}-{n}")

    def _lane(self, queue: str, lane: str) -> Callable[[], bool]:
        return lambda: jobs.run_one([queue], lane)

    def run(self) -> None:
        """Work until stopped. Returns when every lane has finished what it had begun."""
        self._patiently("heartbeat", self._first_beat)
        threads = [threading.Thread(target=self._heart, name="heart")]
        threads += [
            threading.Thread(target=self._run_lane, args=(name, step), name=name) for name, step in self._lanes.items()
        ]
        for thread in threads:
            thread.start()
        log.info("The worker is ready", extra={"worker": self.name, "lanes": len(self._lanes)})
        try:
            while not self._stop.wait(TICK):
                self._patiently("schedules", self._tick)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            self._once("goodbye", lambda: jobs.bury(self.name))
            connection.close()
            log.info("The worker has stopped", extra={"worker": self.name})

    def stop(self) -> None:
        """Ask every lane to finish what it does and then end. May be called from a signal handler."""
        self._stop.set()

    def _tick(self) -> bool:
        jobs.queue_scheduled()
        jobs.release_dead(self.lease)
        return False

    def _first_beat(self) -> bool:
        jobs.beat(self.name)
        return False

    def _heart(self) -> None:
        while not self._stop.wait(BEAT):
            self._once("heartbeat", lambda: jobs.beat(self.name))
        connection.close()

    def _run_lane(self, name: str, step: Callable[[], bool]) -> None:
        while not self._stop.is_set():
            if not self._patiently(name, step):
                self._stop.wait(IDLE)
        connection.close()

    def _patiently(self, what: str, step: Callable[[], bool]) -> bool:
        """Take a step; when the database is away, say so once, and try again until it is back or we stop."""
        wait = IDLE
        while not self._stop.is_set():
            try:
                if wait > IDLE:
                    jobs.release_lane(f"{self.name}/{what}")
                done = step()
            except Error as error:
                if wait == IDLE:
                    log.warning("The database does not answer", extra={"lane": what, "error": type(error).__name__})
            except Exception:  # one lane that fails does not end the others
                log.exception("A lane failed", extra={"lane": what})
            else:
                return done
            connection.close()
            self._stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        return False

    def _once(self, what: str, step: Callable[[], None]) -> None:
        """Take a step that can be left out, on a fresh connection if the one we had is gone."""
        for _ in range(2):
            try:
                step()
            except Error as error:
                connection.close()
                trouble = error
            else:
                return
        log.warning("The database does not answer", extra={"lane": what, "error": type(trouble).__name__})
