"""Which column of a file holds what: by the names systems give their columns, unless somebody says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from moothall.customers.matching.rules.person import RAW

_KNOWN: Final = {
    "title": "title salutation honorific",
    "given_name": "given_name givenname first_name firstname forename fore_name "
    "fname given christian_name name_first fname_c1 first given_names first_names forenames forename_1",
    "middle_names": "middle_names middle_name middlename second_name other_names middle mname fname_c2 midl_name name_middle",
    "family_name": "family_name familyname surname last_name lastname lname family sname name_last lname_c1 last "
    "family_names surnames last_names",
    "full_name": "full_name fullname name person_name customer_name account_name contact_name tenant",
    "date_of_birth": "date_of_birth dateofbirth dob birth_date birthdate birth_dt born d_o_b birthday dt_of_birth",
    "birth_year": "birth_year year_of_birth yob birthyear by byear dob_year yearofbirth",
    "birth_month": "birth_month month_of_birth birthmonth bm bmonth dob_month monthofbirth",
    "birth_day": "birth_day day_of_birth birthday_day bd bday dob_day dayofbirth",
    "sex": "sex gender sex_code gender_code",
    "mobile": "mobile mobile_number mobile_phone mob cell",
    "phone": "phone telephone tel phone_number telephone_number phone_1 home_phone landline contact_number phone1 phone_no "
    "tel_no telephone_no full_phone_number",
    "phone_2": "phone_2 phone2 telephone_2 work_phone alternative_phone",
    "email": "email email_address e_mail mail email_1 emailaddress email1",
    "email_2": "email_2 email2",
    "address": "address full_address address_text address_line address_concat postal_address correspondence_address "
    "home_address residential_address",
    "number": "number street_number house_number housenumber house_no door_number building_number paon",
    "street": "street street_name road thoroughfare street_address street1",
    "locality": "locality suburb city town place birth_place birthplace village locality_name town_name city_name "
    "post_town posttown",
    "postcode": "postcode post_code postal_code zip zip_code zipcode postcode_fake pcode zip5",
    "uprn": "uprn",
    "id_number": "id_number nino ni_number national_insurance_number ssn soc_sec_id nhs_number passport",
    "other": "other occupation job employer profession",
    "other_2": "other_2 state county region",
}
_BY_NAME: Final = {name: key for key, names in _KNOWN.items() for name in names.split()}
_LINES: Final = re.compile(r"^(?:(?:address|addr|add)(?:_?(?:line|ln))?|line)_?([1-5])$")
_WHOSE: Final = re.compile(
    r"^(?:person|customer|cust|client|voter|patient|applicant|claimant|tenant|resident|member|subject|citizen|holder"
    r"|res|residential|residence|home|current|primary|main)_(?=.)"
)
_HOW: Final = re.compile(r"_(?:nm|cd|desc|lbl|txt|text|raw|original|orig|value|1)$")
_DOOR_AND_STREET: Final = frozenset(["street_address", "street1"])


class UnknownColumn(ValueError):
    """A column was named that the file, or the standardiser, does not have."""


def plain_header(name: str) -> str:
    """Return a column's name as it is looked up: lower case, words joined by `_`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().lstrip("\ufeff"))
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def guess_columns(headers: Iterable[str]) -> dict[str, str]:
    """Return {what is held: the file's own column}, for what the names give away. The first of two for one thing wins.

    Of whom a column speaks and how it was written may stand around its name (`voter_last_name`, `res_city_desc`): names that
    need no such reading come first.
    """
    headers = list(headers)
    found: dict[str, str] = {}
    lines: dict[int, str] = {}
    for name_of in (plain_header, _bare_header):
        for header in headers:
            plain = name_of(header)
            if header in found.values() or header in lines.values():
                continue
            if key := _BY_NAME.get(plain):
                found.setdefault(key, header)
            elif line := _LINES.match(plain):
                lines.setdefault(int(line[1]), header)
    if lines:
        _place_lines(found, lines)
    _settle_names(found)
    if "number" not in found and _bare_header(found.get("street", "")) in _DOOR_AND_STREET:
        found.setdefault("address_1", found.pop("street"))  # the door stands before the street
    if "other" not in found and "other_2" in found:
        found["other"] = found.pop("other_2")
    return found


def _bare_header(name: str) -> str:
    """A column's name without of whom it speaks and how it was written."""
    return _HOW.sub("", _WHOSE.sub("", plain_header(name)))


def _settle_names(found: dict[str, str]) -> None:
    """A `name` beside a given or a family name is the other of the two; beside both a whole name says nothing more."""
    have = {"given_name", "family_name"} & set(found)
    if "full_name" not in found or not have:
        return
    if len(have) == 2:
        found.pop("full_name")
    elif plain_header(found["full_name"]) == "name":
        (missing,) = {"given_name", "family_name"} - have
        found[missing] = found.pop("full_name")
    else:
        found.pop(have.pop())


def _place_lines(found: dict[str, str], lines: dict[int, str]) -> None:
    """Lines of an address; where the number stands alone, the first line is the street and the second something beside it."""
    ordered = [lines[at] for at in sorted(lines)]
    if "number" in found and "street" not in found:
        found["street"] = ordered[0]
        if len(ordered) > 1:
            found.setdefault("other", ordered[1])
    else:
        for at, header in enumerate(ordered[:4], 1):
            found.setdefault(f"address_{at}", header)


def read_mapping(said: Iterable[str], headers: Iterable[str]) -> dict[str, str]:
    """Return what `given_name=Forename` words say, over what the names give away. `given_name=` leaves it out.

    Raises:
        UnknownColumn: no such thing to hold, or no such column in the file.
    """
    headers = list(headers)
    mapping = guess_columns(headers)
    for word in said:
        key, sign, header = word.partition("=")
        key, header = key.strip(), header.strip()
        if not sign or key not in RAW:
            raise UnknownColumn(f"“{word}”: write WHAT=COLUMN, where WHAT is one of: {', '.join(RAW)}.")
        if not header:
            mapping.pop(key, None)
            continue
        own = next((each for each in headers if each == header or each.strip() == header), None)
        if own is None:
            raise UnknownColumn(f"There is no column “{header}”. There are: {', '.join(headers)}.")
        mapping = {other: column for other, column in mapping.items() if column != own}
        mapping[key] = own
    return mapping
