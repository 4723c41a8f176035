"""Line ends that are none: an e-mail ends at CR LF . CR LF and nowhere else, so nobody can hide a second one in a first;
lines inside that end in LF alone are taken as they are and read like any."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from moothall.channels.email.lmtp import HAVE_IT, Door
from moothall.channels.email.parsing import read_mail
from tests.ports import free_port

NOT_THE_END = (
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r\n.\x00\r\n", b"\r\n\x00.\r\n",
    b"\n\n.\n\n", b"\r\n. \r\n",
)  # fmt: skip
HEAD = b"From: pat@example.com\r\nTo: hello@leeds.example.org\r\nSubject: Bins\r\n\r\nThe first."
HIDDEN = (
    b"MAIL FROM:<boss@leeds.example.org>\r\nRCPT TO:<hello@leeds.example.org>\r\nDATA\r\n"
    b"From: boss@leeds.example.org\r\n\r\nThe hidden one."
)  # fmt: skip


class _Keeps:
    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        self.taken.append((envelope.mail_from, envelope.content))
        return HAVE_IT


class _Lmtp(Controller):
    patience = 20.0

    def factory(self) -> Door:
        return Door(self.handler, enable_SMTPUTF8=True, timeout=self.patience)


@pytest.fixture(scope="module")
def door() -> Iterator[_Lmtp]:
    made = _Lmtp(_Keeps(), hostname="127.0.0.1", port=free_port())
    made.start()
    yield made
    made.stop()


@pytest.fixture
def taken(door: _Lmtp) -> list[tuple[str, bytes]]:
    door.handler.taken.clear()
    return door.handler.taken


def spoken(door: _Lmtp, content: bytes) -> list[bytes]:
    """Hand over all at once, as a mail server does that pipelines; return what was answered, line by line."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=30) as line:
        line.sendall(
            b"LHLO mail.leeds.example.org\r\nMAIL FROM:<pat@example.com>\r\nRCPT TO:<hello@leeds.example.org>\r\nDATA\r\n"
            + content
        )
        heard = b""
        while piece := line.recv(4000):
            heard += piece
            if b"\r\n221 " in heard:
                break
    return heard.split(b"\r\n")


@pytest.mark.parametrize("end", NOT_THE_END)
def test_no_second_message_is_hidden_in_a_first(door: _Lmtp, taken: list[tuple[str, bytes]], end: bytes) -> None:
    heard = spoken(door, HEAD + end + HIDDEN + b"\r\n.\r\nQUIT\r\n")
    assert [sender for sender, _ in taken] == ["pat@example.com"]
    assert b"The first." in taken[0][1]
    assert b"The hidden one." in taken[0][1], "it is words in the first, which an officer sees"
    assert heard.count(HAVE_IT.encode()) == 1
    assert sum(one.startswith(b"354") for one in heard) == 1


def test_two_that_end_as_they_should_are_two(door: _Lmtp, taken: list[tuple[str, bytes]]) -> None:
    spoken(door, HEAD + b"\r\n.\r\n" + HIDDEN + b"\r\n.\r\nQUIT\r\n")
    assert [sender for sender, _ in taken] == ["pat@example.com", "boss@leeds.example.org"]


def test_a_dot_that_was_doubled_on_the_way_is_one_again(door: _Lmtp, taken: list[tuple[str, bytes]]) -> None:
    spoken(door, HEAD + b"\r\n..\r\n...three\nin LF\n..kept\r\n.\r\nQUIT\r\n")
    assert taken[0][1].endswith(b"The first.\r\n.\r\n..three\nin LF\n..kept\r\n")


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_lines_that_end_otherwise_are_read_like_any(door: _Lmtp, taken: list[tuple[str, bytes]], ends: bytes) -> None:
    told = [b"From: Pat <pat@example.com>", b"Subject: Bins", b"", b"It is out.", b"Since Monday."]
    spoken(door, ends.join(told) + b"\r\n.\r\nQUIT\r\n")
    mail = read_mail(taken[0][1])
    assert (mail.subject, mail.sender) == ("Bins", "pat@example.com")
    assert mail.text.split("\n")[:2] == ["It is out.", "Since Monday."]


def test_who_never_ends_as_agreed_hears_no_yes_and_keeps_it(door: _Lmtp, taken: list[tuple[str, bytes]]) -> None:
    door.patience, begun = 1.0, time.monotonic()
    try:
        heard = spoken(door, HEAD.replace(b"\r\n", b"\n") + b"\n.\n")
    finally:
        door.patience = 20.0
    assert not taken
    assert HAVE_IT.encode() not in heard
    assert time.monotonic() - begun < 20
