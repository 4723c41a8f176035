"""How two records are compared: for each field its levels of agreement, once in Python and once in SQL.

A field's levels are tried in order; the first that holds counts. The two forms must say the same: the tests compare
them over many random pairs. String distances are over bytes (UTF-8), as DuckDB's are.
"""

from __future__ import annotations

from typing import Final

from moothall.customers.matching.rules.levels import (
    Field,
    Level,
    Test,
    alike,
    equal,
    initial,
    one_missing,
    otherwise,
    shared,
    slips,
)
from moothall.customers.matching.rules.person import Person

GIVEN: Final = Field(
    "given",
    "Given name",
    ("given",),
    *one_missing("given"),
    (
        Level("same", "the same", "given_l = given_r", lambda a, b: a.given == b.given, 0.75, 0.005, "given"),
        Level(
            "form",
            "forms of one name",
            "list_has_any(given_roots_l, given_roots_r)",
            lambda a, b: shared(a.given_roots, b.given_roots),
            0.06,
            0.002,
        ),
        Level(
            "slip",
            "a slip apart",
            "jaro_winkler_similarity(given_l, given_r) >= 0.9 AND length(given_l) > 2 AND length(given_r) > 2",
            lambda a, b: (
                len(a.given or "") > 2 and len(b.given or "") > 2 and alike(a.given or "", b.given or "") >= 0.9
            ),
            0.06,
            0.006,
        ),
        Level(
            "swapped",
            "where the other has its family name",
            "given_l = family_r OR family_l = given_r",
            lambda a, b: equal(a.given, b.family) or equal(a.family, b.given),
            0.01,
            0.0005,
        ),
        Level(
            "part",
            "an initial or middle name",
            "((length(given_l) = 1 OR length(given_r) = 1) AND substr(given_l, 1, 1) = substr(given_r, 1, 1)) "
            "OR list_contains(middles_l, given_r) OR list_contains(middles_r, given_l)",
            lambda a, b: (
                initial(a.given or "", b.given or "") or b.given in (a.middles or ()) or a.given in (b.middles or ())
            ),
            0.03,
            0.005,
        ),
        Level(
            "near",
            "something like it",
            "jaro_winkler_similarity(given_l, given_r) >= 0.78 OR given_sound_l = given_sound_r",
            lambda a, b: alike(a.given or "", b.given or "") >= 0.78 or a.given_sound == b.given_sound,
            0.04,
            0.02,
        ),
        otherwise(0.05, 0.96),
    ),
)
FAMILY: Final = Field(
    "family",
    "Family name",
    ("family",),
    *one_missing("family"),
    (
        Level("same", "the same", "family_l = family_r", lambda a, b: a.family == b.family, 0.8, 0.002, "family"),
        Level(
            "slip",
            "a slip apart",
            "jaro_winkler_similarity(family_l, family_r) >= 0.92 AND length(family_l) > 2 AND length(family_r) > 2",
            lambda a, b: (
                len(a.family or "") > 2 and len(b.family or "") > 2 and alike(a.family or "", b.family or "") >= 0.92
            ),
            0.06,
            0.003,
        ),
        Level(
            "part",
            "a part of it, or an earlier name",
            "list_has_any(family_parts_l, family_parts_r)",
            lambda a, b: shared(a.family_parts, b.family_parts),
            0.01,
            0.0005,
        ),
        Level(
            "swapped",
            "where the other has its given name",
            "family_l = given_r OR given_l = family_r",
            lambda a, b: equal(a.family, b.given) or equal(a.given, b.family),
            0.01,
            0.0005,
        ),
        Level(
            "near",
            "something like it",
            "jaro_winkler_similarity(family_l, family_r) >= 0.8 OR family_sound_l = family_sound_r",
            lambda a, b: alike(a.family or "", b.family or "") >= 0.8 or a.family_sound == b.family_sound,
            0.04,
            0.01,
        ),
        otherwise(0.08, 0.98),
    ),
)


def _swapped_date(a: str, b: str) -> bool:
    return a[:4] == b[:4] and a[5:7] == b[8:10] and a[8:10] == b[5:7]


def _two_parts(a: str, b: str) -> bool:
    return (a[:4] == b[:4]) + (a[5:7] == b[5:7]) + (a[8:10] == b[8:10]) >= 2


_YEAR: Final = "substr(dob_l, 1, 4) = substr(dob_r, 1, 4)"
_MONTH: Final = "substr(dob_l, 6, 2) = substr(dob_r, 6, 2)"
_DAY: Final = "substr(dob_l, 9, 2) = substr(dob_r, 9, 2)"
BORN: Final = Field(
    "born",
    "Date of birth",
    ("dob",),
    *one_missing("dob"),
    (
        Level("same", "the same", "dob_l = dob_r", lambda a, b: a.dob == b.dob, 0.85, 0.00005, "dob"),
        Level(
            "swapped",
            "day and month swapped",
            f"{_YEAR} AND substr(dob_l, 6, 2) = substr(dob_r, 9, 2) AND substr(dob_l, 9, 2) = substr(dob_r, 6, 2)",
            lambda a, b: _swapped_date(a.dob or "", b.dob or ""),
            0.01,
            0.00002,
        ),
        Level(
            "slip",
            "a figure apart, in the same year",
            f"damerau_levenshtein(dob_l, dob_r) <= 1 AND {_YEAR}",
            lambda a, b: slips(a.dob or "", b.dob or "") <= 1 and (a.dob or "")[:4] == (b.dob or "")[:4],
            0.04,
            0.0006,
        ),
        Level(
            "year_slip",
            "a figure of the year apart",
            "damerau_levenshtein(dob_l, dob_r) <= 1",
            lambda a, b: slips(a.dob or "", b.dob or "") <= 1,
            0.02,
            0.0004,
        ),
        Level(
            "parts",
            "two of day, month and year the same",
            f"({_YEAR} AND {_MONTH}) OR ({_YEAR} AND {_DAY}) OR ({_MONTH} AND {_DAY})",
            lambda a, b: _two_parts(a.dob or "", b.dob or ""),
            0.03,
            0.003,
        ),
        Level("year", "the same year", _YEAR, lambda a, b: (a.dob or "")[:4] == (b.dob or "")[:4], 0.02, 0.012),
        otherwise(0.03, 0.985),
    ),
)
SEX: Final = Field(
    "sex",
    "Sex",
    ("sex",),
    *one_missing("sex"),
    (Level("same", "the same", "sex_l = sex_r", lambda a, b: a.sex == b.sex, 0.98, 0.5), otherwise(0.02, 0.5)),
)
PHONE: Final = Field(
    "phone",
    "Telephone",
    ("phones",),
    *one_missing("phones"),
    (
        Level(
            "same",
            "one the same",
            "list_has_any(phones_l, phones_r)",
            lambda a, b: shared(a.phones, b.phones),
            0.7,
            0.00002,
        ),
        otherwise(0.3, 0.99998),
    ),
)
EMAIL: Final = Field(
    "email",
    "Email",
    ("emails",),
    *one_missing("emails"),
    (
        Level(
            "same",
            "one the same",
            "list_has_any(emails_l, emails_r)",
            lambda a, b: shared(a.emails, b.emails),
            0.7,
            0.00002,
        ),
        Level(
            "near",
            "the same name at another host, or a slip apart",
            "jaro_winkler_similarity(email_name_l, email_name_r) >= 0.92",
            lambda a, b: alike(a.email_name or "", b.email_name or "") >= 0.92,
            0.1,
            0.0005,
        ),
        otherwise(0.2, 0.9995),
    ),
)
HOME: Final = Field(
    "home",
    "Home",
    ("street", "uprn"),
    "(uprn_l IS NULL OR uprn_r IS NULL) AND (street_l IS NULL OR street_r IS NULL)",
    lambda a, b: (a.uprn is None or b.uprn is None) and (a.street is None or b.street is None),
    (
        Level(
            "same",
            "the same door",
            "uprn_l = uprn_r OR (number_l = number_r AND street_l = street_r)",
            lambda a, b: equal(a.uprn, b.uprn) or (equal(a.number, b.number) and equal(a.street, b.street)),
            0.6,
            0.00001,
        ),
        Level(
            "slip",
            "the same number, the street a slip apart",
            "number_l = number_r AND jaro_winkler_similarity(street_l, street_r) >= 0.88",
            lambda a, b: (
                equal(a.number, b.number)
                and a.street is not None
                and b.street is not None
                and alike(a.street, b.street) >= 0.88
            ),
            0.08,
            0.00003,
        ),
        Level(
            "street",
            "the same street",
            "street_l = street_r",
            lambda a, b: equal(a.street, b.street),
            0.08,
            0.0003,
            "street",
        ),
        Level(
            "near",
            "a street like it",
            "jaro_winkler_similarity(street_l, street_r) >= 0.88",
            lambda a, b: a.street is not None and b.street is not None and alike(a.street, b.street) >= 0.88,
            0.03,
            0.004,
        ),
        Level("number", "the same number", "number_l = number_r", lambda a, b: equal(a.number, b.number), 0.03, 0.02),
        otherwise(0.2, 0.98),
    ),
)


def _not_said(column: str) -> tuple[str, Test]:
    """Nothing known, or nothing new: the same property has the same postcode and place."""
    at = Person._fields.index(column)
    return (
        f"{column}_l IS NULL OR {column}_r IS NULL OR uprn_l = uprn_r",
        lambda a, b: a[at] is None or b[at] is None or equal(a.uprn, b.uprn),
    )


POSTCODE: Final = Field(
    "postcode",
    "Postcode",
    ("postcode",),
    *_not_said("postcode"),
    (
        Level(
            "same",
            "the same",
            "postcode_l = postcode_r",
            lambda a, b: a.postcode == b.postcode,
            0.75,
            0.0001,
            "postcode",
        ),
        Level(
            "slip",
            "a slip apart",
            "damerau_levenshtein(postcode_l, postcode_r) <= 1",
            lambda a, b: slips(a.postcode or "", b.postcode or "") <= 1,
            0.06,
            0.001,
        ),
        Level(
            "outward",
            "the same district",
            "outward_l = outward_r",
            lambda a, b: equal(a.outward, b.outward),
            0.06,
            0.02,
            "outward",
        ),
        otherwise(0.13, 0.98),
    ),
)


def _free(column: str, words: str, missing: tuple[str, Test]) -> Field:
    at = Person._fields.index(column)
    return Field(
        column,
        words,
        (column,),
        *missing,
        (
            Level("same", "the same", f"{column}_l = {column}_r", lambda a, b: a[at] == b[at], 0.8, 0.01, column),
            Level(
                "near",
                "something like it",
                f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.88",
                lambda a, b: alike(str(a[at]), str(b[at])) >= 0.88,
                0.07,
                0.005,
            ),
            otherwise(0.13, 0.985),
        ),
    )


ID_NUMBER: Final = Field(
    "id_number",
    "Identity number",
    ("id_number",),
    *one_missing("id_number"),
    (
        Level("same", "the same", "id_number_l = id_number_r", lambda a, b: a.id_number == b.id_number, 0.9, 0.000001),
        Level(
            "slip",
            "a slip apart",
            "damerau_levenshtein(id_number_l, id_number_r) <= 1",
            lambda a, b: slips(a.id_number or "", b.id_number or "") <= 1,
            0.06,
            0.00001,
        ),
        otherwise(0.04, 0.99999),
    ),
)
FIELDS: Final = (
    GIVEN,
    FAMILY,
    BORN,
    SEX,
    PHONE,
    EMAIL,
    HOME,
    POSTCODE,
    _free("locality", "Place", _not_said("locality")),
    ID_NUMBER,
    _free("other", "First other column", one_missing("other")),
    _free("other_2", "Second other column", one_missing("other_2")),
)
FIELD: Final = {field.name: field for field in FIELDS}
MISSING: Final = "missing"


def compare(a: Person, b: Person, field: Field) -> Level | None:
    """Return the level on which two people agree in a field; None where one does not say."""
    if field.missing(a, b):
        return None
    for level in field.levels:
        if level.test(a, b):
            return level
    raise AssertionError("the last level always holds")
