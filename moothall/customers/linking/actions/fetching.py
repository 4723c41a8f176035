"""Deliveries we fetch ourselves: pages of a system's feed from where we were, and files from the folder it writes into."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.actions.deliveries import receive, system_of
from moothall.customers.linking.adapters import drop_folder
from moothall.customers.linking.models import Delivery, DeliveryState, Source
from moothall.customers.linking.pack import SYSTEMS, System
from moothall.customers.linking.protocols import CannotRead, PlaceGone, Unreachable
from moothall.customers.linking.queries.deliveries import told_rows
from moothall.customers.linking.registry import feed_of, read_file

log = logging.getLogger("moothall.linking")
PULL: Final = "linking.pull"
MOST_PAGES: Final = 200
FEED, FOLDER = "feed", "folder"


class CannotMove(ValueError):
    """A system's folder cannot be read or written; the message says whose and why."""


def pull_feed(code: str, *, at: datetime, most: int = MOST_PAGES) -> int:
    """Read a system's feed from where we were to its end, or for ``most`` pages; return how many pages were taken.

    The place moves on once all of a page is kept. A page that is not taken (the system is silent, its columns moved) leaves
    the place, and why is shown to whoever looks after deliveries; it is asked for again. Stopped anywhere, it goes on.
    """
    system, feed = system_of(code), feed_of(code)
    if feed is None:
        return 0
    taken = 0
    while taken < most:
        place = Source.objects.filter(system=code, how=FEED).values_list("place", flat=True).first() or ""
        try:
            page = feed.read(place, system.records, now=at)
        except (Unreachable, PlaceGone, CannotRead) as wrong:
            _trouble(code, FEED, str(wrong), at)
            return taken
        for number, lot in enumerate(page.lots, 1):
            name = f"after {place or 'the beginning'}{f', part {number}' if len(page.lots) > 1 else ''}"
            done = receive(code, lot, how=FEED, name=name, as_of=lot.as_of, whole=False, by=SYSTEM, at=at)
            if done.state != DeliveryState.DONE:
                _trouble(code, FEED, done.problem or "It is being read by another process.", at)
                return taken
        _went_well(code, FEED, at, place=page.after)
        taken += 1
        if not page.more:
            break
    return taken


def begin_feed_anew(code: str, *, by: Actor, at: datetime) -> None:
    """Read a feed from its beginning the next time: what we have already is told as the same. Raises Refused."""
    require(by, "delivery.manage")
    Source.objects.filter(system=code, how=FEED).update(place="", problem="", since=None)


def take_folders(*, at: datetime, quiet: float = drop_folder.QUIET_SECONDS) -> int:
    """Take every complete file of every system's folder, the oldest first; return how many were moved aside."""
    if not settings.SYSTEM_FOLDER:
        return 0
    root, taken = Path(settings.SYSTEM_FOLDER), 0
    if not root.is_dir():
        log.warning("the folder of systems' files is not there", extra={"folder": str(root)})
        return 0
    systems = current_pack().of(SYSTEMS)
    for folder in sorted(one for one in root.iterdir() if one.is_dir() and not one.is_symlink()):
        system = systems.get(folder.name)
        if system is None:
            log.warning("no system of the pack has this folder's name", extra={"folder": folder.name})
            continue
        taken += _take_folder(folder, system, at, quiet)
    return taken


def take_refused_again(code: str, *, name: str = "", by: Actor, at: datetime) -> list[str]:
    """Put the files of a system that were refused as a whole back among those to be taken: all, or those of one name; return
    their names. For when the pack, or the file, was mended.

    They are taken within a minute, judged by the pack as it is then. Each still speaks of the moment it was written: what
    came since stands, and what is here already is told as the same. With none refused nothing happens.

    Raises:
        NoSuchSystem, Refused; CannotMove: its folder cannot be read or written.
    """
    require(by, "delivery.manage")
    system = system_of(code)
    if not settings.SYSTEM_FOLDER:
        return []
    try:
        back = drop_folder.bring_back(
            Path(settings.SYSTEM_FOLDER) / code, marker=system.records.marker or "", name=name
        )
    except OSError as wrong:
        raise CannotMove(f"The folder of {system.name} cannot be read or written: {wrong.strerror}.") from wrong
    if back:
        log.info("refused files are taken up again", extra={"system": code, "files": len(back), "by": str(by.id)})
    return back


def _take_folder(folder: Path, system: System, at: datetime, quiet: float) -> int:
    taken = 0
    try:
        for one in drop_folder.complete_files(folder, marker=system.records.marker or "", quiet=quiet):
            taken += _take_file(one, system, at)
    except OSError as wrong:
        _trouble(system.code, FOLDER, f"Its folder cannot be read or written: {wrong.strerror}.", at)
    return taken


def _take_file(one: drop_folder.Dropped, system: System, at: datetime) -> int:
    """Take one file; whatever it holds, it does not stand in the way of the next."""
    written, name = min(one.written_at, at), drop_folder.plain_name(one.path.name)
    try:
        lot = read_file(one.content, system)
    except CannotRead as wrong:
        drop_folder.put_aside(one, drop_folder.REFUSED, str(wrong), at=at)
        _trouble(system.code, FOLDER, f"{name} was refused. {wrong}", at)
        return 1
    done = receive(system.code, lot, how="file", name=name, as_of=written, by=SYSTEM, at=at)
    if done.state == DeliveryState.READING:
        return 0  # another process reads it, and moves it
    rows = [(row["row"], row["key"], "kept" if row["kept"] else "refused", row["reason"]) for row in told_rows(done)]
    if done.state == DeliveryState.REFUSED:
        drop_folder.put_aside(one, drop_folder.REFUSED, done.problem, rows, at=at)
        _trouble(system.code, FOLDER, f"{name} was refused. {done.problem}", at)
        return 1
    drop_folder.put_aside(one, drop_folder.DONE, _counted(done), rows, at=at)
    _went_well(system.code, FOLDER, at)
    return 1


def _counted(done: Delivery) -> str:
    said = ", ".join(f"{getattr(done, name)} {name}" for name in ("new", "changed", "same", "late", "gone", "refused"))
    held = f" Held: {done.problem}" if done.state == DeliveryState.HELD else ""
    return f"{said}.{held}"


def _went_well(code: str, how: str, at: datetime, *, place: str | None = None) -> None:
    fresh = {"answered_at": at, "problem": "", "since": None} | ({} if place is None else {"place": place})
    Source.objects.update_or_create(system=code, how=how, defaults=fresh)


def _trouble(code: str, how: str, why: str, at: datetime) -> None:
    with transaction.atomic():
        row, _ = Source.objects.select_for_update().get_or_create(system=code, how=how)
        row.problem, row.since = why[:400], row.since or at
        row.save(update_fields=["problem", "since"])
