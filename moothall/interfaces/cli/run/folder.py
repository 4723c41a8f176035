"""The folder of one run: held by one at a time, for one council, with a key of its own and what was prepared in it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moothall.interfaces.cli.support import fail, ready


@contextmanager
def alone(folder: Path, port: int) -> Iterator[Path]:
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
                f"Moothall is already running on {short(folder)}{where}. Stop it, or choose another folder with --data."
            )
        yield note


def check_port(host: str, port: int) -> None:
    """End the command where the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as wrong:
            fail(f"Port {port} of {host} cannot be used: {wrong.strerror}. Choose another with --port.")


def check_pack(council: str) -> None:
    """A council without a pack is told before anything is made, in the words of `moothall pack check`."""
    from moothall.core.packs import PackErrors, load_pack, pack_names

    if council in pack_names():
        return
    ready()
    try:
        load_pack(council)
    except PackErrors as wrong:
        fail("\n".join(str(problem) for problem in wrong.problems), 2)


def check_council(folder: Path, council: str) -> None:
    """One database holds one council."""
    kept = folder / "council"
    if kept.exists() and kept.read_text(encoding="utf-8").strip() != council:
        fail(
            f"{short(folder)} holds the council {kept.read_text(encoding='utf-8').strip()}, not {council}. "
            "Choose another folder with --data."
        )
    kept.write_text(f"{council}\n", encoding="utf-8")


def ensure_secret(folder: Path) -> None:
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


def is_prepared(folder: Path, scale: float, seed: int) -> bool:
    """Whether the folder is as this very version left it: its database has our shape, the pack is in force, the people are
    there."""
    kept = folder / "prepared"
    return kept.exists() and kept.read_text(encoding="utf-8") == _state_of_things(scale, seed)


def note_prepared(folder: Path, scale: float, seed: int) -> None:
    """Remember that everything was made ready, so that the next run need not look."""
    (folder / "prepared").write_text(_state_of_things(scale, seed), encoding="utf-8")


def note_unprepared(folder: Path) -> None:
    """Forget it before anything is changed: what is broken off in the middle is done again."""
    (folder / "prepared").unlink(missing_ok=True)


def _state_of_things(scale: float, seed: int) -> str:
    """Return a digest of what the preparation depends on: our files as they lie there, and the options."""
    from django.conf import settings

    digest = hashlib.sha256(f"{settings.COUNCIL} {scale} {seed}".encode())
    for folder in (settings.PACKS_DIR, settings.PACKAGE_DIR):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".yaml", ".md", ".txt"}:
                stat = path.stat()
                digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def short(path: Path) -> str:
    """Return a path as seen from here, where it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
