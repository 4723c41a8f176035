"""No page of the desk leads round the question why: every address that names a person, or what she was in touch with,
is behind it or says here why it need not be."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

from moothall.interfaces.desk.urls import urlpatterns

NAMING = {"customer_id", "contact_id", "writing_id", "message_id"}
NOT_BEHIND = {
    "person": "asks by itself, so that each of its forms shows the same page",
    "why": "is where it is said",
    "begin-with": "says why: they are in touch, and the contact begun with them is on record",
    "speak-for": "says why: somebody is in touch for them, and the contact begun is on record",
    "compare": "shows nobody: it leads to the pair, which is a records officer’s own work and logged",
    "sealed-person": "is break-glass, which asks for more and tells the data-protection officer",
}


def named() -> Iterator[URLPattern]:
    for pattern in urlpatterns:
        if NAMING & set(pattern.pattern.converters):
            yield pattern


def test_every_address_that_names_somebody_asks_why_or_says_why_not() -> None:
    walked = list(named())
    assert len(walked) > 40, "the walk looks in the wrong place"
    open_ = [one.name for one in walked if not getattr(one.callback, "asks_why", False) and one.name not in NOT_BEHIND]
    assert not open_, f"These show somebody to whoever knows the address: {', '.join(map(str, open_))}"


def test_what_is_left_out_is_still_there() -> None:
    assert set(NOT_BEHIND) <= {one.name for one in named()}
    assert get_resolver().namespace_dict["desk"]
