"""`moothall basemap`: draws the map from what was brought in."""

from __future__ import annotations

import time

import click

from moothall.interfaces.cli.support import answer, check_ready, database, fail, json_option, with_django


@click.command(name="basemap")
@json_option
@with_django
def command(as_json: bool) -> None:
    """Draw the base map from the streets, areas and landmarks that were brought in.

    It is put in place whole, while the site runs. A council with tiles of its own sets MOOTHALL_MAP_TILES instead.
    """
    from moothall.places.basemap import basemap_path, build_basemap

    began = time.monotonic()
    with database():
        check_ready()
        tiles = build_basemap()
    if not tiles:
        fail("There are no streets with a place to draw. First: moothall import streets FILE")
    figures = {"tiles": tiles, "file": str(basemap_path()), "seconds": round(time.monotonic() - began, 1)}
    answer(figures, as_json=as_json, words=f"{tiles:,} tiles drawn in {figures['seconds']} seconds: {figures['file']}")
