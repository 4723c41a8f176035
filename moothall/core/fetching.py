"""Fetching what somebody outside named an address for: it leads to the public internet and nowhere else, or nothing is sent.

An address that comes with a post may point at our own machines. So each host is looked up here, every address it has must
be a public one, and it is one of those that is called: the name is not asked again in between.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from moothall.core.calling import LATER, Came, NoAnswer

PORTS: Final = frozenset({None, 443})
LEADS_ON: Final = 3
"""So often we are led on to another address; each is looked at like the first."""
_PIECE: Final = 65_536
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))
"""Addresses of the old kind within new ones: where they lead is not for us to guess."""


class LeadsInside(ValueError):
    """Nobody outside may have us fetch this; the message says why."""


def fetch(
    address: str, *, ours: Collection[str] = (), patience: tuple[float, float], most: int, longest: float
) -> Came:
    """Fetch an address that somebody else named, and return what came. ``ours`` are beginnings of addresses (scheme, host
    and port) that an administrator set up, which are trusted wherever they lead. ``patience``: seconds to connect, and from
    one piece to the next; ``longest``: seconds for all of it; ``most``: bytes.

    Raises:
        LeadsInside: it is no `https` address of the public internet, or leads on to one that is none.
        NoAnswer: it did not answer, has trouble, is too slow or too large.
    """
    until = time.monotonic() + longest
    for _ in range(LEADS_ON + 1):
        came, leads_to = _once(_looked_at(address, ours), patience, most, until)
        if not leads_to:
            return came
        address = urljoin(address, leads_to)
    raise NoAnswer("It leads on and on.")


def _looked_at(address: str, ours: Collection[str]) -> tuple[str, str]:
    """Return the address, and the machine to call for it (empty: whichever its name has). Raises LeadsInside, NoAnswer."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as wrong:
        raise LeadsInside("It is no address.") from wrong
    if f"{parts.scheme}://{parts.netloc}" in ours:
        return address, ""
    if parts.scheme != "https" or port not in PORTS or not parts.hostname or "@" in parts.netloc:
        raise LeadsInside("It is no https address of the public internet.")
    return address, _public_machine(parts)


def _public_machine(parts: SplitResult) -> str:
    host = str(parts.hostname)
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:
        raise NoAnswer("Its name is not known.") from wrong
    machines = [str(one[4][0]).partition("%")[0] for one in found]
    if not machines or not all(is_public(one) for one in machines):
        raise LeadsInside("It leads to a machine that is not on the public internet.")
    return min(machines, key=lambda one: ":" in one)


def is_public(machine: str) -> bool:
    """Say whether an IP address is one of the public internet: not ours, not this machine's, not a group's."""
    try:
        found: IPv4Address | IPv6Address = ip_address(machine)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.is_site_local or any(found in one for one in _TRANSLATED):
            return False
        plain = found.ipv4_mapped or found
        return plain.is_global and not plain.is_multicast
    return found.is_global and not found.is_multicast


class _ToMachine(HTTPAdapter):
    """Calls one machine by its IP address; its certificate must be that of the name."""

    def __init__(self, host: str, machine: str) -> None:
        self._host, self._machine = host, machine
        super().__init__()

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        """Name the machine in place of the host."""
        where, how = super().build_connection_pool_key_attributes(request, verify, cert)
        return {**where, "host": self._machine}, {**how, "server_hostname": self._host, "assert_hostname": self._host}


def _once(where: tuple[str, str], patience: tuple[float, float], most: int, until: float) -> tuple[Came, str]:
    """Call once; return what came, or where it leads on to."""
    address, machine = where
    parts = urlsplit(address)
    with requests.Session() as session:
        session.trust_env = False  # neither a proxy nor a password of ours is for what somebody else named
        if machine:
            session.mount("https://", _ToMachine(str(parts.hostname), machine))
        headers = {"Host": parts.netloc, "Accept-Encoding": "identity", "Accept": "image/*"}
        try:
            with session.get(address, headers=headers, timeout=patience, allow_redirects=False, stream=True) as came:
                if 300 <= came.status_code < 400 and came.headers.get("Location"):
                    return Came(came.status_code, "", b""), came.headers["Location"]
                if came.status_code >= 500 or came.status_code in LATER:
                    raise NoAnswer(f"It answered {came.status_code}.")
                return Came(came.status_code, came.headers.get("Content-Type", ""), _body(came, most, until)), ""
        except (requests.RequestException, HTTPError, OSError) as wrong:
            raise NoAnswer("It did not answer.") from wrong


def _body(came: requests.Response, most: int, until: float) -> bytes:
    """Read a body piece by piece, no longer and no more than we have patience for: a slow host drips for ever."""
    held = bytearray()
    while piece := came.raw.read1(_PIECE):
        held += piece
        if len(held) > most:
            raise NoAnswer("It is larger than we take.")
        if time.monotonic() > until:
            raise NoAnswer("It takes too long.")
    return bytes(held)
