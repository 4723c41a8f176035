"""What a person is said to be, in the file of each system as it delivers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.customers.linking.conftest import TAX, WASTE, csv_of


def file_of(system: str, said: Mapping[str, Mapping[str, str]]) -> bytes:
    """The system's file of these records, by their keys. A system that has no place for a thing leaves it out."""
    return _FILES[system]([(key, one) for key, one in said.items()])


def _home(one: Mapping[str, str]) -> str:
    return ", ".join(
        part for part in (f"{one.get('number', '')} {one.get('street', '')}".strip(), one.get("locality")) if part
    )


def _name(one: Mapping[str, str]) -> str:
    return one.get("full_name") or f"{one.get('given_name', '')} {one.get('family_name', '')}".strip()


def _tax(rows: list[tuple[str, Mapping[str, str]]]) -> bytes:
    return csv_of(TAX, [
        {
            "ACCOUNT_REF": key, "LIABLE_FORENAME": one.get("given_name", ""), "LIABLE_SURNAME": one.get("family_name", ""),
            "DATE_OF_BIRTH": "/".join(reversed(one.get("date_of_birth", "").split("-"))), "UPRN": one.get("uprn", ""),
            "ADDR1": _home(one), "POSTCODE": one.get("postcode", ""), "TELEPHONE": one.get("phone", ""),
            "EMAIL_ADDRESS": one.get("email", ""),
        }
        for key, one in rows
    ])  # fmt: skip


def _waste(rows: list[tuple[str, Mapping[str, str]]]) -> bytes:
    return csv_of(WASTE, [
        {
            "subscription": key, "first_name": one.get("given_name", ""), "last_name": one.get("family_name", ""),
            "uprn": one.get("uprn", ""), "address": _home(one), "postcode": one.get("postcode", ""),
            "phone": one.get("phone", ""), "email": one.get("email", ""),
        }
        for key, one in rows
    ])  # fmt: skip


def _parking(rows: list[tuple[str, Mapping[str, str]]]) -> bytes:
    lines = ["PermitHolderId;Deleted;Modified;HolderName;HolderAddress;HolderPostcode;HolderPhone;HolderEmail"]
    for key, one in rows:
        said = (key, "", "", _name(one), _home(one), *(one.get(name, "") for name in ("postcode", "phone", "email")))
        lines.append(";".join(said))
    return "\r\n".join(lines).encode()


def _library(rows: list[tuple[str, Mapping[str, str]]]) -> bytes:
    return _json([
        {
            "barcode": key, "first_name": one.get("given_name"), "last_name": one.get("family_name"),
            "birth_date": one.get("date_of_birth"), "street": _home(one), "zip": one.get("postcode"),
            "mobile": one.get("mobile"), "email": one.get("email"),
        }
        for key, one in rows
    ])  # fmt: skip


def _rents(rows: list[tuple[str, Mapping[str, str]]]) -> bytes:
    return _json([
        {
            "tenancy": {"id": key},
            "tenant": {"name": _name(one), "born": one.get("date_of_birth"), "email": one.get("email"),
                       "phones": [one.get("phone"), one.get("mobile")]},
            "property": {"uprn": one.get("uprn"), "line1": _home(one), "postcode": one.get("postcode")},
        }
        for key, one in rows
    ])  # fmt: skip


def _json(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps(rows).encode()


_FILES = {
    "council-tax": _tax, "waste": _waste, "parking": _parking, "library": _library, "housing-rents": _rents,
}  # fmt: skip
