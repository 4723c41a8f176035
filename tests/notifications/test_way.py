"""One decision of channel, language, format and time: by table, and for anything a person, pack and message may be."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.notifications.rules import Address, Ask, Form, Here, NeedSays, Wants, decide, next_allowed

EMAIL, TEXT, POST = Address("email", "a@example.org"), Address("sms", "+447700900123"), Address("post", "14 Mill Lane")
STOPPED = Address("sms", "+447700900123", stopped=True)
OLD = Address("email", "old@example.org", stopped=True)
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORMS = {
    "large-print": Form("Large print", ("email", "post")),
    "braille": Form("Braille", ("post",)),
    "easy-read": Form("Easy read"),
}
ALL = Here(
    frozenset({"email", "sms", "post"}), pence={"email": 0, "sms": 2.5, "post": 90}, formats=FORMS,
    language_names={"en": "English", "pl": "Polish", "bfi": "British Sign Language"}, signed=frozenset({"bfi"}),
)  # fmt: skip
EVERY = (EMAIL, TEXT, POST)


def here(*channels: str) -> Here:
    return Here(frozenset(channels), pence=ALL.pence, formats=FORMS)


@pytest.mark.parametrize(
    ("ask", "wants", "where", "channel", "code"),
    [
        (Ask(["email", "sms"]), Wants(addresses=EVERY), ALL, "email", "usual"),
        (Ask(["sms", "email"]), Wants(addresses=EVERY), ALL, "sms", "usual"),
        (Ask(["post", "email"]), Wants(addresses=EVERY), ALL, "email", "cost"),
        (Ask(["post", "email"]), Wants("post", addresses=EVERY), ALL, "post", "chosen"),
        (Ask(["email", "sms"]), Wants("sms", addresses=EVERY), ALL, "sms", "chosen"),
        (Ask(["email", "sms"]), Wants("sms", addresses=[EMAIL]), ALL, "email", "cannot-as-chosen"),
        (Ask(["email", "sms"]), Wants("sms", addresses=EVERY), here("email"), "email", "cannot-as-chosen"),
        (Ask(["email", "sms"]), Wants("sms", addresses=[STOPPED, EMAIL]), ALL, "email", "cannot-as-chosen"),
        (Ask(["email"]), Wants(addresses=[OLD, EMAIL]), ALL, "email", "only-way"),
        (Ask(["email", "post"], by_law="post"), Wants("email", addresses=EVERY), ALL, "post", "law"),
        (Ask(["email", "post"], by_law="post"), Wants("none", addresses=EVERY), ALL, "post", "law"),
        (Ask(["email", "sms"], only="sms"), Wants("email", addresses=EVERY), ALL, "sms", "asked-by-it"),
        (Ask(["email", "sms"]), Wants(addresses=EVERY, needs=[NeedSays("Deaf", first=["sms"])]), ALL, "sms", "need"),
        (Ask(["email", "sms"]), Wants(addresses=EVERY, needs=[NeedSays("Blind", never=["email"])]), ALL, "sms", "only-way"),
        (Ask(["email", "post"]), Wants("email", format="braille", addresses=EVERY), ALL, "post", "format"),
        (Ask(["email", "sms"], failed={"email": "no such mailbox"}), Wants("email", addresses=EVERY), ALL, "sms",
         "cannot-as-chosen"),
        (Ask(["sms"], must=True), Wants("none", addresses=EVERY), ALL, "sms", "only-way"),
    ],
)  # fmt: skip
def test_the_way_a_message_goes_and_why(ask, wants, where, channel, code):
    way = decide(ask, wants, where, AT)
    assert (way.channel, way.address and way.address.channel) == (channel, channel)
    assert next(one.code for one in way.reasons if one.about == "channel") == code
    assert {one.about for one in way.reasons} == {"channel", "language", "format", "time"}


@pytest.mark.parametrize(
    ("ask", "wants", "said"),
    [
        (Ask(["email", "sms"]), Wants("none", addresses=EVERY), "asked for no messages"),
        (Ask(["email", "sms"]), Wants(), "no number or address"),
        (Ask(["email"]), Wants(addresses=[Address("email", "a@example.org", stopped=True)]), "STOP"),
        (Ask(["sms"], must=True), Wants("none", addresses=[STOPPED]), "STOP"),
        (Ask(["email", "post"], by_law="post"), Wants(addresses=[EMAIL]), "The law asks for a letter"),
        (Ask(["sms"]), Wants(addresses=[TEXT], needs=[NeedSays("Blind", never=["sms"])]), "needs rule out"),
    ],
)
def test_a_message_that_does_not_go_says_why(ask, wants, said):
    way = decide(ask, wants, ALL, AT)
    assert way.address is None
    assert said in way.suppressed
    assert [one.says for one in way.reasons] == [way.suppressed]


def test_what_was_tried_in_vain_is_said():
    way = decide(Ask(["email", "sms"], failed={"email": "No such mailbox."}), Wants(addresses=EVERY), ALL, AT)
    assert "By email it could not be delivered: No such mailbox." in [one.says for one in way.reasons]


@pytest.mark.parametrize(
    ("wants", "languages", "language", "form", "said"),
    [
        (Wants(language="pl", addresses=EVERY), {"en", "pl"}, "pl", "standard", "In Polish, the language they chose."),
        (Wants(language="pl", addresses=EVERY), {"en"}, "en", "standard", "this message is not written in Polish yet"),
        (Wants(language="bfi", addresses=EVERY), {"en"}, "en", "standard", "British Sign Language is not written"),
        (Wants(format="large-print", addresses=EVERY), {"en"}, "en", "large-print", "Large print, as they chose."),
        (Wants(addresses=EVERY, needs=[NeedSays("Finds reading hard", format="easy-read")]), {"en"}, "en", "easy-read",
         "Easy read: finds reading hard."),
        (Wants(format="braille", addresses=[EMAIL]), {"en"}, "en", "standard", "Braille cannot go by email."),
    ],
)  # fmt: skip
def test_language_and_format(wants, languages, language, form, said):
    way = decide(Ask(["email", "sms"], languages=frozenset(languages)), wants, ALL, AT)
    assert (way.language, way.format) == (language, form)
    assert any(said in one.says for one in way.reasons)


CHANNELS = st.sampled_from(["email", "sms", "post"])
SOME = st.lists(CHANNELS, unique=True, max_size=3)
addresses = st.lists(
    st.builds(Address, CHANNELS, st.text("ab@.", min_size=1, max_size=5), st.booleans(), st.booleans()), max_size=5
)
needs = st.lists(
    st.builds(NeedSays, st.just("A need"), SOME, SOME, st.sampled_from(["", "braille", "easy-read"])), max_size=2
)
asks = st.builds(
    Ask, st.lists(CHANNELS, unique=True, min_size=1), st.booleans(), st.sampled_from(["", "", "post"]),
    st.sampled_from(["", "", "sms"]), st.booleans(), st.just(frozenset({"en", "cy"})),
    st.dictionaries(CHANNELS, st.just("gone"), max_size=1),
)  # fmt: skip
wanted = st.builds(
    Wants, st.sampled_from(["", "email", "sms", "post", "none"]), st.sampled_from(["en", "cy", "pl", "bfi"]),
    st.sampled_from(["standard", "large-print", "braille", "gone-from-the-pack"]), needs, st.booleans(), addresses,
)  # fmt: skip
places = st.builds(
    Here, st.frozensets(CHANNELS), st.dictionaries(CHANNELS, st.floats(0, 200)), st.floats(0, 100), st.just(FORMS),
    texts_from=st.integers(0, 10).map(time), texts_until=st.integers(12, 23).map(time),
)  # fmt: skip
moments = st.integers(1_700_000_000, 1_900_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(asks, wanted, places, moments)
def test_no_decision_goes_where_it_may_not(ask: Ask, wants: Wants, where: Here, at: datetime):
    way = decide(ask, wants, where, at)
    assert way == decide(ask, wants, where, at)
    assert way.reasons
    assert all(one.says for one in way.reasons)
    if way.address is None:
        assert way.suppressed
        return
    assert way.address in wants.addresses
    assert not way.address.stopped
    assert way.channel == way.address.channel
    assert way.channel in where.channels
    assert way.channel not in ask.failed
    assert way.channel in {ask.by_law or ask.only} if ask.by_law or ask.only else way.channel in ask.offered
    assert wants.preference != "none" or ask.must or ask.by_law
    if not (ask.by_law or ask.only):
        assert not any(way.channel in need.never for need in wants.needs)
    assert way.language in ask.languages | {where.language}
    assert way.format == "standard" or where.formats[way.format].goes_by(way.channel)
    if way.channel == "sms" and wants.quiet and not ask.any_hour:
        assert way.send_after == next_allowed(at, where.texts_from, where.texts_until)
    else:
        assert way.send_after == at


@given(asks, wanted, places, moments)
def test_whoever_can_be_reached_is_reached(ask: Ask, wants: Wants, where: Here, at: datetime):
    """Nobody falls between two rules: where a channel is left that nothing forbids, the message goes."""
    if wants.preference == "none" and not (ask.must or ask.by_law):
        return
    names = [ask.by_law] if ask.by_law else [ask.only] if ask.only else ask.offered
    bound = bool(ask.by_law or ask.only)
    left = [
        one for one in names
        if one in where.channels and one not in ask.failed
        and any(a.channel == one and not a.stopped for a in wants.addresses)
        and (bound or not any(one in need.never for need in wants.needs))
    ]  # fmt: skip
    way = decide(ask, wants, where, at)
    assert (way.address is not None) == bool(left)
    carrying = [one for one in left if wants.preference == one and wants.format == "standard" and not wants.needs]
    if carrying:
        assert way.channel == wants.preference
