"""`moothall mail`: e-mail from a mail server, a mailbox or files."""

from __future__ import annotations

import mailbox as folders
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from moothall.interfaces.cli.support import NO, answer, database, json_option


@click.group(name="mail")
def group() -> None:
    """Take e-mail in: by LMTP, from the mailbox, from files."""


@group.command()
@click.option("--at", "address", default="127.0.0.1:8024", show_default=True, help="host:port to listen at.")
def serve(address: str) -> None:
    """Listen for the council's mail server (LMTP) until stopped."""
    with database():
        from moothall.channels.email.lmtp import serve as listen

        click.echo("Listening for e-mail. Ctrl-C stops.")
        try:
            listen(address)
        except KeyboardInterrupt:
            click.echo("Stopped.")


@group.command()
def fetch() -> None:
    """Take in what the mailbox of MOOTHALL_IMAP_URL holds now, and end."""
    with database():
        from moothall.channels.email.imap import MailboxAway, mailbox
        from moothall.channels.email.imap import fetch as take

        try:
            with mailbox() as box:
                click.echo(f"{take(box)} taken in.")
        except MailboxAway as away:
            click.echo(f"{away} MOOTHALL_IMAP_URL says where it is.", err=True)
            sys.exit(NO)


@group.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only read them; keep nothing.")
@json_option
def bring(paths: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Take in e-mails from files, folders of files, or mail folders (.mbox); say what became of each."""
    told = []
    with database():
        from moothall.channels.email.arriving import CannotKeep, take_mail
        from moothall.channels.email.parsing import NotMail, read_mail
        from moothall.core import clock

        for name, raw in _mails(paths):
            if dry_run:
                try:
                    mail = read_mail(raw)
                    told.append({"file": name, "read": True, "subject": mail.subject, "machine": mail.machine,
                                 "files": len(mail.files)})  # fmt: skip
                except NotMail as strange:
                    told.append({"file": name, "read": False, "reason": str(strange)})
                continue
            try:
                outcome = take_mail(raw, received_at=clock.now())
            except CannotKeep as why:
                click.echo(f"{name} cannot be kept: {why}. Bring it again; what came before it is taken in.", err=True)
                sys.exit(NO)
            told.append({"file": name, "read": outcome.taken is not None, "reason": outcome.reason})
    read = sum(bool(one["read"]) for one in told)
    answer(
        {"read": read, "quarantined": len(told) - read, "mails": told},
        as_json=as_json,
        words=lambda: f"{read} read, {len(told) - read} put aside.",
    )


def _mails(paths: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
            if file.suffix == ".mbox":
                for number, message in enumerate(folders.mbox(file, create=False), 1):
                    yield f"{file.name}:{number}", message.as_bytes()
            else:
                yield file.name, file.read_bytes()
