"""A real Dovecot with one mailbox, of its own folder and port, and a person's mail programme that speaks SMTP and LMTP."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server; ``url`` is how a setting names its mailbox, ``new`` the folder mail is delivered to."""

    url: str
    new: Path

    def deliver(self, name: str, raw: bytes) -> None:
        """Put a message into the mailbox, whole or not at all, as a mail server does."""
        held = self.new.parent / "tmp" / name
        held.write_bytes(raw)
        shutil.chown(held, *_account())
        held.rename(self.new / name)


def _account() -> tuple[str, str]:
    """As whom it runs: never as root, which Dovecot refuses for mail."""
    import grp
    import os
    import pwd

    if os.getuid() != 0:
        return getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name


@contextmanager
def dovecot(folder: Path) -> Iterator[Dovecot]:
    """Run one until the block ends."""
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("needs Dovecot: apt install dovecot-imapd")
    port = free_port()
    user, group = _account()
    for name in ("run", "state", "mail/hello/new", "mail/hello/tmp", "mail/hello/cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, user=user, group=group))
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        shutil.chown(path, user, group)
    server = subprocess.Popen([program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(150):
            if server.poll() is not None:
                raise RuntimeError((server.stderr.read() if server.stderr else b"").decode()[-1000:])
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Dovecot(f"imap://hello:secret@127.0.0.1:{port}/INBOX?tls=none", folder / "mail/hello/new")
    finally:
        server.terminate()
        server.wait(20)
        if server.stderr is not None:
            server.stderr.close()
