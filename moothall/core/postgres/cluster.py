"""Starts, joins and stops a PostgreSQL server that lives in one folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psycopg
from psycopg import sql

from moothall.core.postgres.binaries import Binaries, find_binaries

NAME = "moothall"
_MAP = "moothall_people"
_LONGEST_SOCKET_FOLDER = 90
_PATIENCE = 600.0
"""Seconds a start may take while the server is alive: crash recovery of a large database is not a failure."""
_STOP_PATIENCE = 60.0

_ALWAYS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    # The server's log must hold no personal data: neither statements nor the values a constraint refused.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
_THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "1h",
}


_started: list[subprocess.Popen[bytes]] = []
"""The servers this process started, whichever `Cluster` object did; they may outlive it."""


class ClusterError(Exception):
    """The embedded database cannot be made, started or reached; the message says what to do."""


class Cluster:
    """One PostgreSQL server in one folder, shared by every process that asks for the same folder.

    `start()` makes it, starts it or joins it, and returns the address; `stop()` leaves it, and the last to
    leave stops the server. With ``durable=False`` it is faster and may lose everything in a power cut: tests only.
    Only processes of the same operating-system user (and root) are let in, over a Unix socket; there is no
    network port and no password. Run as root, the server runs as `postgres` or `nobody`, and no folder of
    anyone's is opened up for that: where that user cannot reach `data_dir`, the files live in
    ``/var/lib/moothall`` and `data_dir` holds a note of where.
    """

    def __init__(self, data_dir: Path | str, *, durable: bool = True, binaries: Binaries | None = None) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.durable = durable
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        self._users: IO[str] | None = None
        self._runs_as = _server_user()
        self.base = self._find_base()

    # -- what it is -------------------------------------------------------------------------------------------

    @property
    def pgdata(self) -> Path:
        """The folder PostgreSQL calls its data directory."""
        return self.base / "data"

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self.base / "server.log"

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket; short enough for the operating system's limit."""
        near = self.base / "run"
        if len(str(near)) <= _LONGEST_SOCKET_FOLDER:
            return near
        mark = hashlib.sha256(str(self.base).encode()).hexdigest()[:16]
        return Path("/tmp") / f"moothall-{mark}"  # noqa: S108 - ownership is checked when it is made

    def url(self, database: str = NAME, *, user: str = NAME) -> str:
        """The address of a database in this cluster, whether or not the server runs."""
        return f"postgresql://{user}@/{database}?host={self.socket_dir}"

    def made(self) -> bool:
        """Whether this folder holds a database already."""
        return (self.pgdata / "PG_VERSION").exists()

    def running(self) -> bool:
        """Whether a server for this folder is alive."""
        return self._live_pid() is not None

    # -- start ------------------------------------------------------------------------------------------------

    def start(self) -> str:
        """Make, start or join the server; return the address of the `moothall` database, which exists then."""
        self._make_folders()
        with self._lock():
            launch = self._live_pid() is None
            if launch:
                self._init()
                self._configure()
                self._launch()
            self._wait_until_ready(launched=launch)
            self._ensure_database()
            if self._users is None:
                self._users = (self.base / "users.lock").open("w")
                fcntl.flock(self._users, fcntl.LOCK_SH)
        return self.url()

    def stop(self) -> bool:
        """Leave the server; stop it when nobody else uses it. Returns whether it is stopped. Safe to call twice."""
        if not self.base.exists():
            return True
        with self._lock():
            users = self._users or (self.base / "users.lock").open("w")
            self._users = None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            finally:
                users.close()
            self._shut_down()
            return True

    def destroy(self) -> None:
        """Stop the server whoever uses it, and delete its files."""
        if self._users is not None:
            self._users.close()
            self._users = None
        if self.base.exists():
            with self._lock():
                self._shut_down()
            shutil.rmtree(self.base, ignore_errors=True)
            if self.socket_dir.parent == Path("/tmp"):  # noqa: S108
                shutil.rmtree(self.socket_dir, ignore_errors=True)
            (self.data_dir / "LOCATION").unlink(missing_ok=True)

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- places -----------------------------------------------------------------------------------------------

    def _find_base(self) -> Path:
        near = self.data_dir / "postgres"
        note = self.data_dir / "LOCATION"
        if note.exists():
            return Path(note.read_text(encoding="utf-8").strip())
        if self._runs_as is None or near.joinpath("data").exists():
            return near
        existing = next(parent for parent in [self.data_dir, *self.data_dir.parents] if parent.exists())
        if _can_enter(existing, self._runs_as):
            return near
        mark = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        return Path("/var/lib/moothall") / mark

    def _make_folders(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.base.mkdir(parents=True, exist_ok=True)
            if self.base.parent != self.data_dir:
                (self.data_dir / "LOCATION").write_text(f"{self.base}\n", encoding="utf-8")
                self.base.parent.chmod(0o711)
            self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        except OSError as wrong:
            raise ClusterError(f"The database folder {self.base} cannot be made: {wrong.strerror}.") from wrong
        if self._runs_as is not None:
            self.base.chmod(0o711)
            os.chown(self.socket_dir, self._runs_as.pw_uid, self._runs_as.pw_gid)
        owner = self.socket_dir.stat().st_uid
        if owner != (self._runs_as.pw_uid if self._runs_as else os.geteuid()):
            raise ClusterError(f"{self.socket_dir} belongs to someone else. Delete it, or choose another data folder.")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Only one process at a time starts or stops this cluster."""
        try:
            handle = (self.base / "start.lock").open("w")
        except OSError as wrong:
            raise ClusterError(f"The database folder {self.base} cannot be written: {wrong.strerror}.") from wrong
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _programs(self) -> Binaries:
        """The programs to use: of the version that made the data, in a place the server's user can reach."""
        if self._binaries is None:
            version = self.pgdata / "PG_VERSION"
            major = int(version.read_text().strip()) if version.exists() else None
            self._binaries = find_binaries(major)
        found = self._binaries
        if self._runs_as is None or _can_enter(found.folder, self._runs_as):
            return found
        if found.package_root is None:
            raise ClusterError(f"The user {self._runs_as.pw_name} cannot reach {found.folder}.")
        copied = self.base / f"programs-{found.major}"
        target = copied / found.package_root.name
        if not target.exists():
            fresh = self.base / f"programs-{found.major}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(found.package_root, fresh / found.package_root.name)
            libraries = found.package_root.with_name(found.package_root.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            fresh.chmod(0o755)
            shutil.rmtree(copied, ignore_errors=True)
            fresh.rename(copied)
        return Binaries(target / found.folder.relative_to(found.package_root), found.major, target)

    # -- making and launching ---------------------------------------------------------------------------------

    def _init(self) -> None:
        if self.made():
            return
        programs = self._programs()
        fresh = self.base / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self._runs_as is not None:
            os.chown(fresh, self._runs_as.pw_uid, self._runs_as.pw_gid)
        command = [programs.program("initdb"), "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "-A", "peer"]
        # The built-in C.UTF-8 came with PostgreSQL 17; earlier servers take the C library's.
        command += ["--locale=C.UTF-8"]
        if programs.major >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            command.append("--no-sync")
        done = self._run_as_server(command)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ClusterError(f"The database could not be made in {self.base}:\n{done.stderr.strip()}")
        fresh.rename(self.pgdata)

    def _configure(self) -> None:
        """Say who may come in: this operating-system user and root, over the socket, as the map allows."""
        people = {pwd.getpwuid(os.geteuid()).pw_name, "root"}
        if self._runs_as is not None:
            people.add(self._runs_as.pw_name)
        lines = [f"{_MAP} {person} {role}\n" for person in sorted(people) for role in ("postgres", NAME)]
        self._write("pg_ident.conf", "".join(lines))
        self._write("pg_hba.conf", f"local all all peer map={_MAP}\nlocal replication all peer map={_MAP}\n")

    def _write(self, name: str, text: str) -> None:
        path = self.pgdata / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if self._runs_as is not None:
            os.chown(path, self._runs_as.pw_uid, self._runs_as.pw_gid)

    def _launch(self) -> None:
        self._clear_stale_pid_file()
        options = _ALWAYS | ({} if self.durable else _THROW_AWAY)
        options["unix_socket_directories"] = str(self.socket_dir)
        command = [self._programs().program("postgres"), "-D", str(self.pgdata)]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on, after the web and the jobs
                env=_clean_environment(),
                **_as_user(self._runs_as),
            )
        _started.append(self._process)

    def _run_as_server(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_clean_environment(),
            **_as_user(self._runs_as),
        )
        return done

    def _wait_until_ready(self, *, launched: bool) -> None:
        """Connect until the server answers, however long its recovery takes, as long as it is alive."""
        give_up = time.monotonic() + _PATIENCE
        relaunch_until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres", user="postgres"), connect_timeout=10).close()
            except psycopg.OperationalError as refused:
                last = str(refused).strip()
            else:
                return
            if self._process is not None and self._process.poll() is not None and launched:
                said = self._last_words()
                # After a kill -9 the old server's children take a moment to notice and go.
                lingering = "shared memory block" in said or "lock file" in said
                if not lingering or time.monotonic() > relaunch_until:
                    raise ClusterError(f"The database server in {self.base} stopped while starting:\n{said}")
                time.sleep(0.2)
                self._launch()
            elif self._live_pid() is None and not launched:  # it died while we took it for living
                self._launch()
                launched = True
            if time.monotonic() > give_up:
                raise ClusterError(f"The database server in {self.base} does not answer: {last}")
            time.sleep(0.03)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres", user="postgres"), autocommit=True) as connection:
            role = sql.Identifier(NAME)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    # -- stopping and looking ---------------------------------------------------------------------------------

    def _shut_down(self) -> None:
        for how, patience in ((signal.SIGINT, _STOP_PATIENCE), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
            pid = self._live_pid()
            if pid is None:
                break
            os.kill(pid, how)
            give_up = time.monotonic() + patience
            while self._live_pid() == pid and time.monotonic() < give_up:
                time.sleep(0.02)
        if self._process is not None:
            self._process.wait(timeout=10)
            self._process = None

    def _live_pid(self) -> int | None:
        """The process id in the pid file, when that process really is a living PostgreSQL server."""
        for child in list(_started):  # reaps them, so that a dead child is not taken for a living one
            if child.poll() is not None:
                _started.remove(child)
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _is_postgres(pid) else None

    def _clear_stale_pid_file(self) -> None:
        if self._live_pid() is None:
            (self.pgdata / "postmaster.pid").unlink(missing_ok=True)

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        except OSError:
            return "(it left no log)"


def _server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses to be; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL will not run as root, and there is no user `postgres` or `nobody` to run it as.")


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _can_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether that user may walk into a folder, asked of the system itself."""
    tried: subprocess.CompletedProcess[bytes] = subprocess.run(
        ["/usr/bin/test", "-x", str(folder)], check=False, cwd="/", **_as_user(user)
    )
    return tried.returncode == 0


def _is_postgres(pid: int) -> bool:
    """Whether a process is alive (not merely unburied) and is a PostgreSQL server."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return False
        asked = subprocess.run(
            ["/bin/ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        state, _, command = asked.stdout.strip().partition(" ")
        return bool(state) and not state.startswith("Z") and "postgres" in command
    except OSError:
        return False
    name, _, rest = stat.rpartition(")")
    return rest.split()[0] not in {"Z", "X"} and name.partition("(")[2] in {"postgres", "postmaster"}


def _clean_environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs, without variables that would bend them."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))} | {"LC_ALL": "C"}
