"""One `bin/run` on a folder and a port, as somebody at a terminal has it."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parents[2]


def answers(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except OSError:
        return 0


def until(true, seconds: float = 120) -> None:
    """Wait for it; a machine with other work takes its time, and nothing here says how fast we are."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not come to pass in time"
        time.sleep(0.1)


class Running:
    """One `bin/run` on a folder and a port; ``clock`` is a file that moves its time."""

    begun: ClassVar[list["Running"]] = []

    def __init__(self, folder: Path, port: int, *more: str, clock: Path | None = None) -> None:
        self.folder, self.port = folder, port
        unwanted = {"DATABASE_URL", "MOOTHALL_DATA", "MOOTHALL_MODE", "MOOTHALL_DB_POOL", "DJANGO_SETTINGS_MODULE"}
        self.log = (folder.parent / f"{folder.name}-{port}.out").open("w+")
        self.process = subprocess.Popen(
            [str(ROOT / "bin" / "run"), "--port", str(port), "--data", str(folder), *(more or ("--no-history",))],
            env={key: value for key, value in os.environ.items() if key not in unwanted}
            | ({"MOOTHALL_CLOCK_FILE": str(clock)} if clock else {}),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        Running.begun.append(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def note(self) -> dict:
        return json.loads((self.folder / "run.json").read_text())

    def up(self) -> None:
        until(lambda: self.process.poll() is not None or (self.folder / "run.json").exists(), 300)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text()

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        code = self.process.wait(60)
        self.log.close()
        return code

    def end(self) -> None:
        """What a failed test leaves behind must not fail the tests after it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)
        self.log.close()


def living(folder: Path) -> list[str]:
    """Command lines of living processes that speak of the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found
