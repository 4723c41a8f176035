"""`moothall run` (and `bin/run`): a whole demonstration council on one machine, in one go."""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from moothall.interfaces.cli.outside import Outside
from moothall.interfaces.cli.supervisor import Supervisor
from moothall.interfaces.cli.support import fail, ready

PORT = 8000


@click.command(name="run")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port of the site.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder that keeps the data. [default: .moothall/COUNCIL]"
)
@click.option("--council", help="The council pack to run. [default: leeds]")
@click.option("--scale", default=1.0, show_default=True, help="Size of the invented borough: 1 is 20,000 residents.")
@click.option("--seed", default=1, show_default=True, help="The number the invented borough grows from.")
@click.option("--history/--no-history", default=True, help="Bring a year of invented history.")
def command(
    port: int, host: str, data: Path | None, council: str | None, scale: float, seed: int, history: bool
) -> None:
    """Run a demonstration council: database, web, background work and a year of invented history.

    Ctrl-C stops everything. The next run finds the data as it was left.
    """
    began = time.monotonic()
    _environment(port, data, council)
    ready()
    from django.conf import settings

    _check_pack(settings.COUNCIL)
    folder: Path = settings.DATA_DIR
    with _alone(folder, port) as note:
        _check_port(host, port)
        _check_council(folder, settings.COUNCIL)
        _Run(host=host, port=port, began=began, note=note).go(scale=scale, seed=seed, history=history)


def _environment(port: int, data: Path | None, council: str | None) -> None:
    """Put the options where the settings look for them; children inherit it."""
    os.environ.setdefault("MOOTHALL_MODE", "demo")
    os.environ["MOOTHALL_PUBLIC_URL"] = f"http://localhost:{port}"
    if data is not None:
        os.environ["MOOTHALL_DATA"] = str(data.absolute())
    if council is not None:
        os.environ["MOOTHALL_COUNCIL"] = council


class _Stop(Exception):
    """Someone asked us to end."""


class _Run:
    """One run, from the database up to the sign-ins on the screen, and down again."""

    def __init__(self, *, host: str, port: int, began: float, note: Path) -> None:
        from django.conf import settings

        self.settings = settings
        self.folder: Path = settings.DATA_DIR
        self.host, self.port, self.began, self.note = host, port, began, note
        self.url = f"http://localhost:{port}"
        self.cluster: Any = None
        self.supervisor = Supervisor(self.folder / "logs", dict(os.environ), _say)
        self.outside = Outside(self.url, self.folder)
        self.asked_to_stop = False

    def go(self, *, scale: float, seed: int, history: bool) -> None:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, self._ask_to_stop)
        try:
            self._database()
            self._prepare(scale=scale, seed=seed)
            self.outside.start()
            self.supervisor.environment |= self.outside.environment
            self._identity()
            self._processes()
            self._tell(history=history and self._begin_history(scale=scale, seed=seed))
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

    def _database(self) -> None:
        from moothall.core.postgres import Cluster, ClusterError, NoPostgres

        _secret(self.folder)
        if self.settings.EMBEDDED_DATABASE:
            self.cluster = Cluster(self.folder)
            try:
                address = self.cluster.start()
            except (ClusterError, NoPostgres) as wrong:
                fail(str(wrong))
            self.supervisor.environment["DATABASE_URL"] = address
        from moothall.interfaces.cli import migrate
        from moothall.interfaces.cli.support import close_connections

        if migrate.pending():
            _say("Making the database ready…")
            migrate.apply()
        close_connections()

    def _prepare(self, *, scale: float, seed: int) -> None:
        """What must be there before the first page is asked for: the council's pack, and the demonstration's people.

        Nothing is done where the last run left this very pack in force and no file of ours has changed since.
        """
        kept = self.folder / "prepared"
        if kept.exists() and kept.read_text(encoding="utf-8") == _state_of_things(scale, seed):
            return
        if _has("pack"):
            self._moothall("pack", "apply", self.settings.COUNCIL)
        if _has("demo"):
            self._moothall("demo", "prepare", "--scale", str(scale), "--seed", str(seed))
        kept.write_text(_state_of_things(scale, seed), encoding="utf-8")

    def _begin_history(self, *, scale: float, seed: int) -> bool:
        if not _has("demo"):
            return False
        self.supervisor.start("history", ["demo", "load", "--scale", str(scale), "--seed", str(seed)], lasting=False)
        return True

    def _identity(self) -> None:
        """The twin of the identity provider lives in the site itself; the settings that lead the site to it, and the keys."""
        from moothall.interfaces.demo.identity import ensure_keys, folder

        if os.environ.get("MOOTHALL_RESIDENTS_CLIENT_ID"):
            return
        ensure_keys()
        issuer = f"{self.url}/demo/identity/"
        self.supervisor.environment |= {
            "MOOTHALL_RESIDENTS_FLAVOUR": "one-login", "MOOTHALL_RESIDENTS_CLIENT_ID": "council",
            "MOOTHALL_RESIDENTS_ISSUER": issuer, "MOOTHALL_RESIDENTS_DID": f"{issuer}.well-known/did.json",
            "MOOTHALL_RESIDENTS_KEY_FILE": str(folder() / "council.pem"),
        }  # fmt: skip

    def _processes(self) -> None:
        web = ["serve", "--host", self.host, "--port", str(self.port), "--with-parent"]
        self.supervisor.start("web", web)
        self._await("web", f"http://{_reach(self.host)}:{self.port}/healthz")
        self.supervisor.start("work", ["work", "--with-parent"])  # after the site: together both would come later

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
        signed = _sign_ins()
        lines = ["", f"Moothall is running: {_council_name(self.settings.COUNCIL)} (a demonstration)", ""]
        for title, path in _addresses():
            lines.append(f"  {title:<14}{self.url}{path}")
        if signed:
            lines += ["", "  Sign in at the desk as"]
            lines += [f"  {one['username']:<14}{one['password']:<29}{one['who']}" for one in signed]
        if somebody := _somebody():
            lines += ["", f"  Look for      {somebody}"]
        key = getattr(importlib.import_module("moothall.interfaces.cli.demo"), "open311_key", None)
        if key is not None:
            lines += ["", f"  Open311       {self.url}/open311/discovery.xml   api_key {key()}"]
        if self.outside.lines:
            lines += ["", *self.outside.lines]
        lines += ["", f"  Data and logs are kept in {_short(self.folder)}. Ctrl-C stops everything."]
        if history:
            lines.append("  A year of history is being made in the background; figures fill up as it comes.")
        _say("\n".join([*lines, ""]))
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
                    _say(f"The history is there ({seconds:.0f} seconds).")
                else:
                    _say(f"The history could not be made; see {ended.log}")
            if self.cluster is not None and not self.cluster.running():
                _say("The database stopped and is started again.")
                self.cluster.start()
            time.sleep(0.25)

    # -- down -------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self.supervisor.stop()
        self.outside.stop()
        if self.cluster is not None:
            self.cluster.stop()
        self.note.unlink(missing_ok=True)
        _say("Stopped.")


# -- small parts ------------------------------------------------------------------------------------------------


@contextmanager
def _alone(folder: Path, port: int) -> Iterator[Path]:
    """Hold the folder for this run; yields the file that says who holds it."""
    note = folder / "run.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "run.lock").open("w")
    except OSError as wrong:
        fail(f"The data folder {folder} cannot be used: {wrong.strerror}.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
            where = f" at {other['url']} (process {other['pid']})" if other else ""
            fail(
                f"Moothall is already running on {_short(folder)}{where}. Stop it, or choose another folder with --data."
            )
        yield note


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as wrong:
            fail(f"Port {port} of {host} cannot be used: {wrong.strerror}. Choose another with --port.")


def _check_pack(council: str) -> None:
    """A council without a pack is told before anything is made, in the words of `moothall pack check`."""
    from moothall.core.packs import PackErrors, load_pack, pack_names

    if council in pack_names():
        return
    try:
        load_pack(council)
    except PackErrors as wrong:
        fail("\n".join(str(problem) for problem in wrong.problems), 2)


def _check_council(folder: Path, council: str) -> None:
    """One database holds one council."""
    kept = folder / "council"
    if kept.exists() and kept.read_text(encoding="utf-8").strip() != council:
        fail(
            f"{_short(folder)} holds the council {kept.read_text(encoding='utf-8').strip()}, not {council}. "
            "Choose another folder with --data."
        )
    kept.write_text(f"{council}\n", encoding="utf-8")


def _secret(folder: Path) -> None:
    """A secret key of this folder's own, so that sessions outlive a restart."""
    from django.conf import settings

    if os.environ.get("MOOTHALL_SECRET_KEY"):
        return
    path = folder / "secret.key"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            # the key this process already holds: it makes the printed passwords, the other processes read it here
            out.write(f"{settings.SECRET_KEY}\n")


def _state_of_things(scale: float, seed: int) -> str:
    """Return a digest of what the preparation depends on: our files as they lie there, the options, the pack in force."""
    from django.conf import settings

    from moothall.core.packs.queries import versions
    from moothall.interfaces.cli.support import close_connections

    digest = hashlib.sha256(f"{settings.COUNCIL} {scale} {seed} {[v.sha256 for v in versions(limit=1)]}".encode())
    close_connections()
    for folder in (settings.PACKS_DIR, settings.PACKAGE_DIR):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".yaml", ".md", ".txt"}:
                stat = path.stat()
                digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _has(module: str) -> bool:
    return importlib.util.find_spec(f"moothall.interfaces.cli.{module}") is not None


def _sign_ins() -> list[dict[str, str]]:
    """The demonstration's staff: `sign_ins()` of the demo commands gives who, username and password."""
    if not _has("demo"):
        return []
    offered = getattr(importlib.import_module("moothall.interfaces.cli.demo"), "sign_ins", None)
    found: list[dict[str, str]] = offered() if offered is not None else []
    return found


def _somebody() -> str:
    """One resident of the demonstration, to be looked for at the desk and on the site."""
    from moothall.interfaces.cli.demo import to_try
    from moothall.interfaces.cli.support import close_connections

    try:
        return to_try()
    finally:
        close_connections()


def _addresses() -> list[tuple[str, str]]:
    from django.conf import settings

    audiences = importlib.import_module(settings.ROOT_URLCONF).AUDIENCES
    titles = {
        "site": "Public site",
        "kiosk": "Kiosk",
        "desk": "Desk",
        "reception": "Reception",
        "console": "Console",
        "published": "Performance",
        "api": "API",
    } | {"demo": "Sent messages"}
    order = list(titles)
    found = []
    for prefix, module in audiences:
        audience, within = module.split(".")[2], module.count(".") > 3
        if audience in titles and not within and importlib.util.find_spec(module) is not None:
            path = f"/{prefix}{ {'api': 'openapi.json', 'demo': 'outbox'}.get(audience, '') }"
            found.append((order.index(audience), titles[audience], path))
    return [(title, path) for _, title, path in sorted(found)]


def _council_name(code: str) -> str:
    return code.replace("-", " ").title()


def _reach(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - we compare, we do not bind


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _say(words: str) -> None:
    click.echo(words)
    sys.stdout.flush()
