"""Background entry points of the post room's reading."""

from pathlib import Path
from uuid import UUID

from django.conf import settings

from moothall.channels.post.folders import watch_folder
from moothall.core import clock
from moothall.core.jobs import enqueue, every, job
from moothall.postroom.queries import unread_scans

READ = "post.read"


@job(READ, queue="scans")
def read(scan_id: str) -> None:
    """Read one scan."""
    from moothall.channels.post.reading import read_scan  # picture libraries that only the worker needs

    read_scan(UUID(scan_id), at=clock.now())


@every("* * * * *", "post.folders")
def folders() -> None:
    """Each minute: take in what scanners wrote, and have read what waits."""
    from moothall.channels.post.words import installed

    for channel, folder in settings.POST_FOLDERS.items():
        if folder:
            watch_folder(Path(folder), channel, at=clock.now())
    if installed():
        for scan_id in unread_scans():
            enqueue(READ, once=f"read:{scan_id}", scan_id=str(scan_id))
