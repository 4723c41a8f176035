"""When an e-mail reached the council's own mail server: by the station on top of it, and by nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from moothall.channels.email.waited import reached_at

NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")


@pytest.mark.parametrize(
    ("head", "waited"),
    [
        (b"Received: by mx; Mon, 23 Nov 2026 09:00:00 +0000\r\n", timedelta(hours=1)),
        (b"received: by mx\n\tfor <a@b>;\n Mon, 23 Nov 2026 10:00:00 +0100 (CET)\n", timedelta(hours=1)),
        (b"Return-Path: <>\r\nDelivered-To: us\r\nReceived: by mx; Sun, 22 Nov 2026 10:00:00 GMT\r\n", timedelta(days=1)),
        (b"Received: by a; Mon, 23 Nov 2026 09:30:00 +0000\r\nReceived: by b; Fri, 20 Nov 2026 10:00:00 +0000\r\n",
         timedelta(minutes=30)),
        (b"Received: by mx; Mon, 23 Nov 2026 11:00:00 +0000\r\n", timedelta()),
        (b"Received: by mx; Mon, 2 Nov 2026 09:00:00 +0000\r\n", timedelta()),
        (b"Received: by mx; yesterday\r\n", timedelta()),
        (b"Received: by mx; Mon, 99 Nov 2026 09:00:00 +0000\r\n", timedelta()),
        (b"Received:\r\n", timedelta()),
        (b"Date: Mon, 23 Nov 2026 08:00:00 +0000\r\n\r\nReceived: by mx; Mon, 23 Nov 2026 09:00:00 +0000\r\n", timedelta()),
        (b"\xff\xfe;;;" * 9000, timedelta()),
        (b"", timedelta()),
    ],
)  # fmt: skip
def test_when_it_reached_the_council_is_what_our_own_server_wrote(head: bytes, waited: timedelta) -> None:
    assert NOW - reached_at(head + b"From: a@b\r\n\r\nHi", now=NOW) == waited
