"""`moothall retention`: what is due to go by the pack's retention, and letting it go."""

from __future__ import annotations

import click

from moothall.interfaces.cli.support import answer, json_option, with_database


@click.command(name="retention")
@click.option("--run", "go", is_flag=True, help="Let it go now, as each night does by itself.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go. [default]")
@click.option("--class", "only", default="", metavar="CODE", help="Tell of one class of record only.")
@json_option
@with_database
def command(go: bool, dry: bool, only: str, as_json: bool) -> None:
    """Say what is due to go and when; with --run, let it go.

    Works in batches of 200 records, each in its own transaction. A run that is broken off goes on where it was.
    """
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.retention import record_classes
    from moothall.customers.privacy.actions.keeping import continue_run
    from moothall.customers.privacy.queries.keeping import ahead_of, nights

    if go and dry:
        raise click.UsageError("Choose either --run or --dry-run.")
    kept = [one for one in record_classes() if not only or one.code == only]
    if not kept:
        known = ", ".join(one.code for one in record_classes())
        raise click.UsageError(f"There is no class {only!r}. There are: {known}.")
    if go:
        if only:
            raise click.UsageError("--run takes every class: leave --class out.")
        while continue_run(at=clock.now()):
            pass
        night = nights(visible_to=SYSTEM, limit=1, empty=True)
        forgot = dict(night[0].forgot) if night else {}
        left = [
            {"class": name, "because": why, "records": number} for name, why, number in (night[0].left if night else ())
        ]
        said = [f"{name}: {number:,} gone" for name, number in forgot.items()] or ["Nothing was due."]
        said += [f"{one['class']}: {one['records']:,} left. {one['because']}" for one in left]
        answer({"gone": forgot, "left": left}, as_json=as_json, words="\n".join(said))
        return
    now = clock.now()
    rows = [{"class": one.code, "name": one.name, **ahead_of(one, at=now)} for one in kept]
    lines = [f"{'class':<12}{'due now':>9}{'in 90 days':>12}  the first goes"]
    lines += [f"{row['class']:<12}{row['due']:>9,}{row['soon']:>12,}  {row['first'] or '-'}" for row in rows]
    answer(rows, as_json=as_json, words="\n".join(lines))
