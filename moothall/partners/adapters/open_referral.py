"""Directories of others in Open Referral UK 3.0: a file, a folder of files, or an address whose pages are followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import requests

PATIENCE: Final = (3.05, 30)
MOST_PAGES: Final = 2_000
MOST_BYTES: Final = 50_000_000


class CannotRead(ValueError):
    """The directory cannot be read; the message says what and where."""


def read_services(where: str) -> Iterator[Mapping[str, Any]]:
    """Yield each service of a directory, whole where it can be had whole. Raises CannotRead."""
    if where.startswith(("https://", "http://")):
        yield from _served(where.rstrip("/"))
        return
    path = Path(where)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise CannotRead(f"There is no .json file in {path}.")
    for file in files:
        try:
            held = json.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as wrong:
            raise CannotRead(f"{file} cannot be opened: {wrong.strerror}.") from wrong
        except (ValueError, RecursionError) as wrong:
            raise CannotRead(f"{file} is not JSON: {wrong}") from wrong
        yield from _rows(held)


def _rows(held: Any) -> Iterator[Mapping[str, Any]]:
    """A page, a list, one service, or a service at a place: whatever has services in it."""
    if isinstance(held, Mapping):
        for key in ("contents", "services"):
            if isinstance(held.get(key), list):
                held = held[key]
                break
        else:
            held = [held]
    if not isinstance(held, list):
        raise CannotRead("There is no list of services in it.")
    for one in held:
        if isinstance(one, Mapping):
            inner = one.get("service")
            yield inner if isinstance(inner, Mapping) and "name" not in one else one


def _served(address: str) -> Iterator[Mapping[str, Any]]:
    base = address.removesuffix("/services")
    with requests.Session() as session:
        for number in range(1, MOST_PAGES + 1):
            page = _get(session, f"{base}/services", {"page": str(number), "per_page": "100"})
            rows = list(_rows(page))
            for row in rows:
                whole = _get(session, f"{base}/services/{quote(str(row.get('id', '')), safe='')}", {})
                yield whole if isinstance(whole, Mapping) and whole.get("id") == row.get("id") else row
            pages = page.get("total_pages") if isinstance(page, Mapping) else None
            last = bool(page.get("last_page")) if isinstance(page, Mapping) else True
            if not rows or last or (isinstance(pages, int) and number >= pages):
                return


def _get(session: requests.Session, address: str, query: Mapping[str, str]) -> Any:
    try:
        with session.get(address, params=dict(query), timeout=PATIENCE, stream=True) as came:
            body = came.raw.read(MOST_BYTES, decode_content=True)
            if came.status_code != 200:
                raise CannotRead(f"{address} answered {came.status_code}.")
            return json.loads(body)
    except requests.RequestException as wrong:
        raise CannotRead(f"{address} did not answer.") from wrong
    except (ValueError, RecursionError) as wrong:
        if isinstance(wrong, CannotRead):
            raise
        raise CannotRead(f"{address} did not answer JSON.") from wrong
