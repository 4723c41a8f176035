"""`moothall keys`: how what is locked in the database stands, and locking it with a new key."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from moothall.interfaces.cli.support import NO, answer, json_option, with_database


@click.command(name="keys")
@click.option("--lock-again", "again", is_flag=True, help="Lock with the newest key what is not.")
@json_option
@with_database
def command(again: bool, as_json: bool) -> None:
    """Say what is locked with which key of MOOTHALL_DATA_KEYS; with --lock-again, lock all with the newest.

    Exits with 1 where something opens with none of the keys. No key is shown.
    """
    from moothall.core.vault import columns, lock_again

    done = lock_again() if again else 0
    found = columns()
    lines = [f"{'column':<40}{'newest':>9}{'older':>9}{'plain':>9}{'no key':>9}"]
    lines += [f"{one.column:<40}{one.newest:>9,}{one.older:>9,}{one.plain:>9,}{one.lost:>9,}" for one in found]
    if again:
        lines.append(f"{done:,} locked again.")
    answer({"locked_again": done, "columns": [asdict(one) for one in found]}, as_json=as_json, words="\n".join(lines))
    sys.exit(NO if any(one.lost for one in found) else 0)
