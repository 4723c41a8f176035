"""The numbers that registers give organisations, as systems deliver them, one way of writing each. Pure.

A spreadsheet takes the noughts in front, a clerk puts signs in between: what is meant is read, what cannot be meant is
refused. What an officer types is read more strictly (`writing.plain_company_number`): she can look again.
"""

from __future__ import annotations

import re
from typing import Final

from moothall.customers.rules.writing import CannotRead, plain_company_number

_SIGNS = re.compile(r"[\s./\\-]+")
_SPREADSHEET = re.compile(r"\.0+$")
_SHORT_COMPANY = re.compile(r"([A-Z]{2})([0-9]{3,5})")
_SHORT_OLD_IRISH = re.compile(r"R([0-9]{4,6})")
_CHARITY = re.compile(r"0*([1-9][0-9]{5,6})(?:-([0-9]{1,3}))?")
_CHARITY_ABROAD = re.compile(r"(SC|NIC)([0-9]{4,6})")
_VAT = re.compile(r"(?:GB|XI)?([0-9]{9})(?:[0-9]{3})?")
_VAT_OFFICE = re.compile(r"(?:GB|XI)?((?:GD|HA)[0-9]{3})")
_VAT_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2)


def read_company_number(text: str) -> str:
    """Return a delivered company number as Companies House writes it, or nothing where there is none.

    `123456.0`, `sc-12345` and `NI 1234` are read as `00123456`, `SC012345` and `NI001234`; `n/a`, and one digit over and
    over, which stands for “not known”, are none.

    Raises:
        CannotRead: it is no company number.
    """
    bare = _bare(text)
    if short := _SHORT_COMPANY.fullmatch(bare):
        bare = short[1] + short[2].zfill(6)
    elif short := _SHORT_OLD_IRISH.fullmatch(bare):
        bare = "R" + short[1].zfill(7)
    return "" if _stands_for_none(bare) else plain_company_number(bare)


def read_charity_number(text: str) -> str:
    """Return a delivered charity number: of England and Wales `1234567` (a linked charity's `1234567-2`), of Scotland
    `SC012345`, of Northern Ireland `NIC101234`; or nothing where there is none.

    Raises:
        CannotRead: it is no charity number.
    """
    bare = re.sub(r"[\s./\\]+", "", _SPREADSHEET.sub("", text.strip())).upper()
    if _stands_for_none(bare):
        return ""
    if home := _CHARITY.fullmatch(bare):
        linked = int(home[2] or 0)  # the main charity of a group is also written -0
        return f"{home[1]}-{linked}" if linked else home[1]
    if abroad := _CHARITY_ABROAD.fullmatch(bare.replace("-", "")):
        return abroad[1] + abroad[2].zfill(6)
    raise CannotRead("Enter a charity number, like 1234567, SC012345 or NIC101234.")


def read_vat_number(text: str) -> str:
    """Return a delivered VAT number as its nine digits, without country or branch; of a government office `GD123`; or
    nothing where there is none.

    Raises:
        CannotRead: it is none, or its check digits are wrong.
    """
    bare = _bare(text)
    if _stands_for_none(bare.removeprefix("GB")):
        return ""
    if office := _VAT_OFFICE.fullmatch(bare):
        return office[1]
    found = _VAT.fullmatch(bare)
    if found is None or not _vat_checks(found[1]):
        raise CannotRead("Enter a VAT number of nine digits, like GB 123 4567 82.")
    return found[1]


def _bare(text: str) -> str:
    return _SIGNS.sub("", _SPREADSHEET.sub("", text.strip())).upper()


def _stands_for_none(bare: str) -> bool:
    """Words alone (`n/a`, `exempt`), nothing, or one digit over and over."""
    return not any(one.isdigit() for one in bare) or (bare.isdigit() and len(set(bare)) == 1)


def _vat_checks(digits: str) -> bool:
    """Whether the last two digits are those of the seven before, by HMRC's modulus 97 or the newer one (9755)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _VAT_WEIGHTS, strict=False)) + int(digits[7:])
    return total % 97 == 0 or (total + 55) % 97 == 0
