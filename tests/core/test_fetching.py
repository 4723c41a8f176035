"""Fetching what somebody else named: the public internet and nowhere else, however the address is dressed up."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from moothall.core import calling, fetching
from moothall.core.calling import NoAnswer
from moothall.core.fetching import LeadsInside, fetch, is_public

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fd00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "no address",
)  # fmt: skip


def get(address: str, **more: Any) -> calling.Came:
    asked: dict[str, Any] = {"patience": (2.0, 2.0), "most": 1000, "longest": 5.0} | more
    return fetch(address, **asked)


@pytest.mark.parametrize("machine", INSIDE)
def test_machines_that_are_nobody_elses_business(machine: str) -> None:
    assert not is_public(machine)


@pytest.mark.parametrize("machine", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_machines_of_the_public_internet(machine: str) -> None:
    assert is_public(machine)


@pytest.mark.parametrize("address", [
    "http://media.example/a.jpg", "https://media.example:8080/a.jpg", "https://me:secret@media.example/a.jpg",
    "file:///etc/passwd", "gopher://media.example/", "https:///a.jpg", "", "https://[half", "https://media.example:port/",
    "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://localhost/",
])  # fmt: skip
def test_what_is_no_public_address_is_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(fetching, "_once", lambda *told: called.append(told))
    if "media.example" in address:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("8.8.8.8", 443))])
    with pytest.raises((LeadsInside, NoAnswer)):
        get(address)
    assert not called


def test_one_machine_inside_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    with pytest.raises(LeadsInside):
        get("https://media.example/a.jpg")


@contextmanager
def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A machine that says these one after another, whatever is asked; yields its port and what it was asked."""
    heard: list[bytes] = []
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            line, _ = door.accept()
            try:
                with tls.wrap_socket(line, server_side=True) if tls else line as spoken:
                    heard.append(spoken.recv(4000))
                    spoken.sendall(answer)
            except OSError:
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1], heard
        thread.join(5)
    finally:
        door.close()


def said(status: str, body: bytes = b"", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def test_what_an_administrator_named_is_fetched_wherever_it_is() -> None:
    with serving(said("200 OK", b"picture", Content_Type="image/jpeg")) as (port, heard):
        came = get(f"http://127.0.0.1:{port}/a.jpg", ours=[f"http://127.0.0.1:{port}"])
    assert (came.status, came.kind, came.body) == (200, "image/jpeg", b"picture")
    assert b"Authorization" not in heard[0]
    assert b"Cookie" not in heard[0]


@pytest.mark.parametrize("leads", ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "//127.0.0.1/x"])
def test_led_on_to_a_machine_inside_it_goes_no_further(leads: str) -> None:
    with (
        serving(said("302 Found", Location=leads)) as (port, _),
        pytest.raises(LeadsInside),
    ):
        get(f"http://127.0.0.1:{port}/a.jpg", ours=[f"http://127.0.0.1:{port}"])


def test_led_round_in_a_circle_it_ends() -> None:
    with (
        serving(*[said("302 Found", Location="/a.jpg")] * 4) as (port, heard),
        pytest.raises(NoAnswer, match="on and on"),
    ):
        get(f"http://127.0.0.1:{port}/a.jpg", ours=[f"http://127.0.0.1:{port}"])
    assert len(heard) == 4


@pytest.mark.parametrize(("answer", "why"), [
    (said("200 OK", b"x" * 1001), "larger"),
    (said("503 Busy"), "503"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf", "answer"),
    (b"nonsense\r\n\r\n", "answer"),
])  # fmt: skip
def test_trouble_is_no_answer(answer: bytes, why: str) -> None:
    with serving(answer) as (port, _), pytest.raises(NoAnswer, match=why):
        get(f"http://127.0.0.1:{port}/a.jpg", ours=[f"http://127.0.0.1:{port}"])


def test_a_body_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(said("200 OK", b"x" * 900)) as (port, _), pytest.raises(NoAnswer, match="too long"):
        get(f"http://127.0.0.1:{port}/a.jpg", ours=[f"http://127.0.0.1:{port}"], longest=-1.0)


def test_a_line_that_breaks_in_the_middle_is_no_answer_for_any_caller() -> None:
    """The library says so by an error of its own kind, which was let through."""
    with (
        serving(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf") as (port, _),
        pytest.raises(NoAnswer),
    ):
        calling.call("GET", f"http://127.0.0.1:{port}/", patience=(2.0, 2.0), most=1000)
