"""A request by text and by telephone in another language: what is asked, what is answered and what comes after. Our own words
work always, and no sentence is half in one language."""

from __future__ import annotations

import io
import re
from typing import Any, BinaryIO, cast
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from moothall.cases.models import Case, CaseContact
from moothall.channels.sms.text import understand
from moothall.channels.voice import twiml, vxml
from moothall.channels.voice.agi import Menu, Session
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.references import show_reference, spell_reference
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.customers.pack import LANGUAGES, PHRASES, phrasebook, words_always
from moothall.customers.rules.phrasebook import Phrasebook
from moothall.intake.actions.talking.texts import text_came
from moothall.intake.models import Conversation
from moothall.intake.pack import TALK
from moothall.intake.talking.keypad import keys_of
from moothall.intake.talking.shapes import Prompt, Takes, choices_of
from moothall.intake.talking.tongue import Hers, Piece, meant, pieces_of, written_in
from moothall.intake.talking.turns import Say, Then, Turn
from moothall.notifications.actions import Wish
from moothall.notifications.models import Message, Stopped

from .conftest import MOBILE, Caller, Texter

CODES = ("cy", "pl", "tr", "ur", "zh")
SOMETHING_OF_BINS = {
    "cy": "Sbwriel heb ei gasglu", "pl": "śmieci", "tr": "çöpüm alınmadı", "ur": "کوڑا", "zh": "垃圾桶"
}  # fmt: skip
SPOKEN = ("cy", "pl", "tr", "zh")


class InHers(Texter):
    """Somebody who writes in another language, and is answered in it."""

    def __init__(self, clock: Any, council: Pack, code: str) -> None:
        super().__init__(clock)
        self.code, self.held = code, council.of(PHRASES)[code]
        book = phrasebook(council, code)
        assert book is not None
        self.book = book

    def says(self, english: str) -> str:
        """What our text is in hers."""
        own = self.book.say(english)
        assert own, english
        return own

    def word(self, ours: str) -> str:
        """What she writes for a word of ours."""
        return self.held.words[ours][0]  # type: ignore[index]

    def text(self, words: str, **more: Any) -> str:
        """Write, and read an answer of which all is hers."""
        said = super().text(words, **more)
        message = Message.objects.filter(to=self.number).latest("created_at", "id")
        assert message.language == self.code, said
        return said


@pytest.mark.row("A7", "A13")
@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_a_missed_bin_by_text_in_her_language_from_its_name_to_the_reference(
    code: str, council: Pack, clock: Any
) -> None:
    anna = InHers(clock, council, code)
    assert "ENGLISH" in anna.text(str(council.of(LANGUAGES)[code].own_name))
    named = anna.text(SOMETHING_OF_BINS[code])
    assert f"0 {anna.says('None of these')}" in named
    key = re.search(rf"^(\d) {re.escape(anna.says('Report a missed bin'))}$", named, re.M)
    assert key is not None, named
    asked = anna.text(key[1])
    assert anna.says("Which address was missed?") in asked
    assert "14 Mill Lane, Otley, LS21 1AA" in anna.text("14 LS21 1AA")
    assert anna.says("Which bin was not emptied?") in anna.text(anna.word("yes"))
    asked = anna.text(anna.says("Recycling").upper())
    assert f"1 {anna.says('The night before')}" in asked
    assert anna.says("Reply with a number from 1 to {}.").format("4") in anna.text("xyzzy")
    anna.text(anna.says("The night before"))
    anna.text("1")
    anna.text(anna.word("no"))
    anna.text("NO")  # our own words work always
    anna.text(anna.word("yes"))
    check = anna.text(anna.word("yes"))
    assert f"{anna.says('Which bin was not emptied?').rstrip('?؟？ ')}: {anna.says('Recycling')}." in check
    anna.text(anna.word("back"))
    check = anna.text(anna.word("yes"))
    assert anna.says("Reply SEND to send it, or BACK to change your last answer.") in check
    told = anna.text(anna.word("send"))
    case = Case.objects.get()
    assert (case.service, case.channel, case.uprn) == ("missed-bin", "sms", 72000014)
    assert (case.answers["bin"], case.answers["tag"], case.answers["still_out"]) == ("recycling", "no", "yes")
    assert anna.says(f"Reference {show_reference(case.reference)}.") in told
    assert f"lang={code}" in told
    assert Customer.objects.get(id=case.customer_id).language == code, "our later messages and officers know it"


@pytest.mark.django_db
def test_who_has_a_language_on_her_record_is_asked_in_it_and_may_have_english(council: Pack, clock: Any) -> None:
    create_customer(
        given_name="Anna", family_name="Kowalska", contact_points=[("phone", MOBILE)], language="pl", by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    anna = InHers(clock, council, "pl")
    assert "Który adres pominięto?" in anna.text("Report a missed bin")
    asked = Texter.text(anna, "English", id_=str(uuid4()))
    assert "Which address was missed?" in asked
    assert Message.objects.filter(to=MOBILE).latest("created_at", "id").language == "en"
    Texter.text(anna, "14 LS21 1AA", id_=str(uuid4()))
    Conversation.objects.update(ended_at=clock.now())
    assert "Where is the graffiti?" in Texter.text(anna, "graffiti", id_=str(uuid4())), "what she chose last holds"


@pytest.mark.django_db
def test_her_own_words_begin_it_in_her_language_and_she_may_want_none_of_it(council: Pack, clock: Any) -> None:
    anna = InHers(clock, council, "pl")
    assert "Zgłoś nieopróżniony kosz" in anna.text("Mój kosz nie został opróżniony")
    assert "Numer sprawy" in anna.text("0")


@pytest.mark.django_db
def test_what_the_pack_has_not_is_english_whole_and_the_message_says_so(council: Pack, clock: Any) -> None:
    anna = InHers(clock, council, "pl")
    anna.text("Polski")
    said = Texter.text(anna, "graffiti", id_="en")
    lines = said.split("\n")
    assert lines[0] == "Report graffiti or fly-posting."
    assert "Where is the graffiti?" in said
    assert Message.objects.filter(to=MOBILE).latest("created_at", "id").language == "en"


@pytest.mark.django_db
def test_the_name_of_a_language_that_answers_a_question_is_an_answer(council: Pack, clock: Any, texter: Texter) -> None:
    assert "What is it about?" in texter.text("Make a comment or suggestion")
    assert "What is your idea?" in texter.text("Polish")
    assert Conversation.objects.get().language == ""


@pytest.mark.django_db
def test_the_name_of_a_language_that_a_case_waits_for_goes_to_the_case(
    council: Pack, clock: Any, texter: Texter
) -> None:
    create_customer(
        given_name="Anna", family_name="Kowalska", contact_points=[("phone", MOBILE)], by=SYSTEM, at=clock.now()
    )
    for words in ("graffiti", "14 LS21 1AA", "yes", "no", "1", "skip", "skip", "skip", "yes", "send"):
        texter.text(words)
    case = Case.objects.get()
    Case.objects.update(customer_id=Customer.objects.get(family_name="Kowalska").id, state="waiting")
    texter.text("Polish")
    assert not Conversation.objects.exclude(language="").exists()
    assert CaseContact.objects.filter(case=case, role="added").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_stop_and_help_in_her_language_and_in_ours(code: str, council: Pack, clock: Any) -> None:
    words = council.of(PHRASES)[code].words
    hers = ((words["stop"][0], Wish.STOP), (words["help"][0], Wish.HELP))
    for said, wish in (*hers, ("STOP", Wish.STOP), ("Help!", Wish.HELP)):
        for written in (said, said.upper(), f" {said}. "):
            assert understand(written, words_always(council)).wish.value == wish.value, written
    assert understand(f"{words['stop'][0]} 12", words_always(council)).wish.value == Wish.OTHER.value
    anna = InHers(clock, council, code)
    anna.text(str(council.of(LANGUAGES)[code].own_name))
    anna.text("Report a missed bin")
    read = understand(words["stop"][0], words_always(council))
    text_came(
        external_id="stop-hers", sender=MOBILE, words=read.words, wish=Wish(read.wish.value), received_at=clock.now(),
        at=clock.now(),
    )  # fmt: skip
    assert Stopped.objects.filter(value=MOBILE).exists()
    assert Conversation.objects.filter(ended_at=None).count() == 0


# -- the sentences themselves ----------------------------------------------------------------------------------------------


POLISH = Hers(
    Phrasebook(
        "pl", {"Yes": "Tak", "No": "Nie", "Is it {}?": "Czy to {}?", "Reply YES or NO.": "Odpowiedz TAK lub NIE.",
               "Wall": "Mur", "Where is it?": "Gdzie to jest?"}, right_to_left=False,
    ),
    {"yes": ("tak",), "skip": ("pomiń",)},
)  # fmt: skip


def test_a_sentence_is_in_one_language_whole() -> None:
    assert pieces_of(POLISH, "Where is it? A street will do. Reply YES or NO.") == [
        Piece("Gdzie to jest?", True), Piece("A street will do.", False), Piece("Odpowiedz TAK lub NIE.", True),
    ]  # fmt: skip
    assert pieces_of(POLISH, "Is it the blue one?") == [Piece("Is it the blue one?", False)]
    assert pieces_of(POLISH, "Is it 14 Mill Lane, Otley?") == [Piece("Czy to 14 Mill Lane, Otley?", True)]
    assert written_in(POLISH, "Where is it?\n1 Wall\n2 Bus shelter, open") == (
        "Gdzie to jest?\n1 Mur\n2 Bus shelter, open", False,
    )  # fmt: skip
    assert written_in(POLISH, "Where is it: Wall.\n4HTK-7W2C") == ("Gdzie to jest: Mur.\n4HTK-7W2C", True)


def test_what_fills_a_sentence_is_never_the_next_one() -> None:
    says = {"By {}.": "Do: {}.", "Reference {}.": "Numer {}.", "Is it {}?": "Czy to {}?", "How? Say.": "Jak? Powiedz.",
            "How?": "Jak?"}  # fmt: skip
    book = Hers(Phrasebook("pl", says, right_to_left=False))
    assert written_in(book, "By 5 March, 5pm. Reference 4HTK.") == ("Do: 5 March, 5pm. Numer 4HTK.", True)
    assert written_in(book, "Is it 3 St. Mary’s Row?") == ("Czy to 3 St. Mary’s Row?", True)
    assert written_in(book, "How? Say.") == ("Jak? Powiedz.", True)


@pytest.mark.parametrize(
    ("said", "understood"),
    [("Tak", "1"), ("TAK.", "1"), ("nie", "2"), ("yes", "yes"), ("2", "2"), ("pomiń", "skip"), ("może", "może")],
)
def test_what_she_answers_is_understood(said: str, understood: str) -> None:
    prompt = Prompt("Is it?", Takes.CHOICE, choices_of([("yes", "yes"), ("no", "no")]), optional=True)
    assert meant(POLISH, prompt, said) == understood


def test_to_a_question_for_words_her_words_are_hers() -> None:
    assert meant(POLISH, Prompt("What happened?", Takes.WORDS), "Tak") == "Tak"
    assert meant(POLISH, Prompt("What happened?", Takes.WORDS), "pomiń") == "pomiń"


# -- by telephone ----------------------------------------------------------------------------------------------------------


@pytest.mark.row("A3", "A13")
@pytest.mark.django_db
@pytest.mark.parametrize("code", SPOKEN)
def test_a_missed_bin_by_telephone_in_the_language_of_a_key(code: str, council: Pack, clock: Any) -> None:
    clock.set("2026-11-23T07:30:00+00:00")
    voice, book = council.one(TALK).voices[code], phrasebook(council, code)
    assert book is not None
    caller = Caller(clock)
    assert "For another language, press 8." in caller.turn.words
    offered = caller.press("8")
    own = book.say(f"For this language, press {SPOKEN.index(code) + 1}.")
    assert own is not None
    assert own in offered
    assert {one.language for one in caller.turn.says if one.words == own} == {voice}, "each language by its own voice"
    caller.press(str(SPOKEN.index(code) + 1))
    assert all(one.language == voice or one.words == "For another language, press 8." for one in caller.turn.says)
    for keys in ("2", "1", f"{keys_of('LS21 1AA')}#", "14#", "1", "2", "1", "1", "2", "2", "1", "1"):
        caller.press(keys)
        assert all(one.language == voice for one in caller.turn.says), [
            one.words for one in caller.turn.says if not one.language
        ]
    told = caller.press("1")
    case = Case.objects.get()
    assert (case.service, case.channel, case.answers["bin"]) == ("missed-bin", "voice", "recycling")
    assert str(book.say(f"Your reference is {spell_reference(case.reference)}.")) in told
    assert all(one.language == voice for one in caller.turn.says)
    assert Customer.objects.get(id=case.customer_id).language == code
    texted = caller.press("2")
    assert texted
    message = Message.objects.get(template="text-asked")
    assert (message.language, message.to) == (code, MOBILE)


@pytest.mark.django_db
def test_a_known_caller_is_greeted_in_her_language_and_the_way_out_of_it_is_said_in_english(
    council: Pack, clock: Any
) -> None:
    create_customer(
        given_name="Anna", family_name="Kowalska", contact_points=[("phone", MOBILE)], language="pl", by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    caller = Caller(clock)
    assert caller.turn.words.startswith("Dzień dobry.")
    assert ("For another language, press 8.", "") in [(one.words, one.language) for one in caller.turn.says]
    assert "For English, press 5." in caller.press("8")
    assert "For bins and recycling, press 2." in caller.press("5")
    assert {one.language for one in caller.turn.says} == {""}
    assert Caller(clock, call_id="again").turn.words.startswith("Hello."), "what she chose last holds"


@pytest.mark.django_db
def test_each_line_says_each_sentence_in_its_language(council: Pack, clock: Any) -> None:
    caller = Caller(clock)
    caller.press("8")
    page = ET.fromstring(twiml.render(caller.turn, action="/next", desk="", voice="en-GB"))
    said = {one.get("language"): one.text for one in page.iter("Say")}
    assert said["pl-PL"] == "Po polsku: naciśnij 2."
    assert said["en-GB"] == "For the first menu, press 9."
    form = ET.fromstring(vxml.render(caller.turn, action="/next", over="/over", desk="", voice="en-GB"))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert form.get(lang) == "en-GB"
    heard = {one.get(lang): one.text for one in form.iter("{http://www.w3.org/2001/vxml}s")}
    assert heard["pl-PL"] == "Po polsku: naciśnij 2."
    assert heard[None] == "For the first menu, press 9."


class Channel:
    """What Asterisk is told, and what it answers."""

    def __init__(self, answers: list[bytes]) -> None:
        self.told: list[str] = []
        self.reading = io.BytesIO(b"".join(answers))

    def write(self, words: bytes) -> None:
        self.told.append(words.decode().strip())

    def flush(self) -> None: ...


def test_asterisk_is_told_the_language_where_it_changes_and_given_its_own_back() -> None:
    polish = [Say(words, language="pl-PL") for words in ("Po polsku.", "Tak, tak.\nHANGUP")]
    begun = Turn(1, (*polish, Say("Ours.")), Then.HANG_UP)
    menu = Menu(lambda _call, _caller: begun, lambda *_: begun, lambda *_: None)
    channel = Channel([b"agi_uniqueid: 1.1\nagi_language: en_GB\n\n", *[b"200 result=0\n"] * 8])
    Session(channel.reading, cast(BinaryIO, channel), menu, desk="", say="Festival").run()
    assert channel.told == [
        "ANSWER", 'SET VARIABLE CHANNEL(language) "pl_PL"', 'EXEC Festival "Po polsku."',
        'EXEC Festival "Tak - tak. HANGUP"', 'SET VARIABLE CHANNEL(language) "en_GB"', 'EXEC Festival "Ours."', "HANGUP",
    ]  # fmt: skip
