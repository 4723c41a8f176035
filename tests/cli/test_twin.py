"""`moothall twin notify` is served by the command line, and the product's own client can talk to it."""

import os
import subprocess
import sys

import pytest

from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify.twin import KEY, TEMPLATES


@pytest.mark.long
def test_it_is_served_and_says_how_to_reach_it():
    command = [sys.executable, "-u", "-m", "moothall.interfaces.cli", "twin", "notify", "--port", "0", "--hold"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"MOOTHALL_MODE": "test"})
    try:
        assert running.stdout is not None
        url = running.stdout.readline().split()[-1]
        settings = [running.stdout.readline() for _ in range(3)]
        assert url.startswith("http://127.0.0.1:")
        assert f"MOOTHALL_NOTIFY_URL={url}" in settings[0]
        assert NotifySender(key=KEY, url=url, templates=TEMPLATES).find("nothing.1") is None
    finally:
        running.terminate()
        running.wait(10)
        if running.stdout is not None:
            running.stdout.close()
