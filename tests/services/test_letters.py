"""Whoever chooses post is asked where to write: one question, laid into each service that does not ask it already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moothall.core.packs import PackErrors, load_pack, pack_from_content
from moothall.core.packs.problems import Mark
from moothall.core.packs.reader import marked, plain
from moothall.intake.dialogue.known import Known, known_from_answers, offer
from moothall.intake.dialogue.words import answer_words
from moothall.intake.paper import only_if
from moothall.services.letters import LettersTo, lay_in, letters_to, never_told_where
from moothall.services.pack import Question
from moothall.services.rules import canonical, questions_to_ask
from tests.core.packs.conftest import SERVICE, packs

from .test_rules import TODAY, service

__all__ = ["packs"]
CONTACT = {"id": "contact", "type": "contact", "label": "How do we reach you?", "known_from": "contact"}
AGENT = {"id": "agent", "type": "contact", "label": "How do we reach your agent?"}
TOLD = {"id": "told", "type": "yes_no", "label": "Have you told us before?"}
POST = {"question": "contact", "is_any_of": ["post"]}
LABEL = "What address should we write to?"
HERE = {"text": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA", "uprn": 72000014}


def home(**more: Any) -> dict[str, Any]:
    return {"id": "home", "type": "address", "label": "Where?", "known_from": "address", **more}


def laid(*questions: Any, label: str = LABEL, **more: Any) -> list[dict[str, Any]]:
    """A service's questions once the pack's own has been laid in where it is needed."""
    thing = {"code": "thing", "questions": list(questions), **more}
    letters = {"label": label} if label else {}
    trees = lay_in({"services": marked({"thing": thing}, Mark("s")), "letters": marked(letters, Mark("l"))})
    made: list[dict[str, Any]] = plain(trees["services"])["thing"]["questions"]
    return made


NEEDS_IT = {
    "no address at all": (CONTACT,),
    "somebody else’s address": ({"id": "other", "type": "address", "label": "Where are they?"}, CONTACT),
    "a site nobody lives at": (home(letters=False), CONTACT),
    "an address she may leave out": (home(required=False), CONTACT),
    "an address some answers ask for": (TOLD, home(show_when={"question": "told", "is_any_of": ["yes"]}), CONTACT),
    "an address one channel leaves out": (home(skip_on=["voice"]), CONTACT),
}
HAS_IT = {
    "her own address": (home(), CONTACT),
    "her own address afterwards": (CONTACT, home()),
    "an address for letters": (home(known_from=None, letters=True), CONTACT),
    "asked of who chose post": (CONTACT, home(show_when=POST)),
    "nobody chooses post here": (TOLD,),
    "somebody else’s contact": (AGENT,),
}


@pytest.mark.parametrize("case", NEEDS_IT)
def test_it_is_laid_in_after_contact_and_address_and_asked_of_who_chose_post_alone(case: str) -> None:
    asked = NEEDS_IT[case]
    assert list(never_told_where(service(questions=asked))) == [asked.index(CONTACT)], "the check sees the same"
    made = laid(*asked)
    assert [one["id"] for one in made] == [*(one["id"] for one in asked), "write_to"]
    thing = service(questions=made)
    assert list(never_told_where(thing)) == []
    assert laid(*made) == made, "laid in once"

    def asks(contact: Any, **more: Any) -> bool:
        return thing.by_question["write_to"] in questions_to_ask(thing, {"contact": contact, **more}, TODAY)

    assert asks({"by": "post"})
    assert asks({"by": "post", "name": "Amina Dunn"})
    assert not asks({"email": "amina.dunn@example.com"})
    assert not asks(None)
    if "may leave" in case or "some answers" in case:
        assert not asks({"by": "post"}, told="yes", home=HERE), "told already"


@pytest.mark.parametrize("case", HAS_IT)
def test_it_is_not_asked_twice(case: str) -> None:
    asked = HAS_IT[case]
    assert [one["id"] for one in laid(*asked)] == [one["id"] for one in asked]
    assert list(never_told_where(service(questions=asked))) == []


def test_it_stands_right_after_the_contact_question() -> None:
    assert [one["id"] for one in laid(CONTACT, TOLD)] == ["contact", "write_to", "told"]


def test_a_pack_without_the_words_and_what_another_body_does_ask_nobody() -> None:
    assert [one["id"] for one in laid(CONTACT, label="")] == ["contact"]
    theirs = laid(CONTACT, elsewhere={"who": "The county", "says": "They do it."})
    assert [one["id"] for one in theirs] == ["contact"]


def test_what_is_wrong_with_a_service_is_left_to_be_said_when_it_is_read() -> None:
    broken = {**CONTACT, "known_from": "nobody"}
    assert laid(broken) == [broken]


REACHED = SERVICE.replace(
    "tables:\n",
    "  - id: contact\n    type: contact\n    label: How do we reach you?\n    known_from: contact\ntables:\n",
)


def test_a_pack_in_which_nobody_could_write_to_her_is_refused(packs: Callable[..., Path]) -> None:
    with pytest.raises(PackErrors) as caught:
        load_pack("town", packs(files={"base/services/missed-bin.yaml": REACHED}))
    (said,) = map(str, caught.value.problems)
    assert said.startswith(
        "base/services/missed-bin.yaml:28:5: who chooses post here is never asked where to write to;"
    )
    assert "letters.yaml" in said


def test_it_is_content_of_the_version_and_a_stored_version_stays_as_it_was(packs: Callable[..., Path]) -> None:
    files = {"base/services/missed-bin.yaml": REACHED, "base/letters.yaml": f"label: {LABEL}\n"}
    pack = load_pack("town", packs(files=files))
    (held,) = pack.content["services"]
    assert [one["id"] for one in held["questions"]] == ["bin", "late", "contact", "write_to"]
    before = {**held, "questions": held["questions"][:-1]}
    old = pack_from_content("town", pack.content | {"services": [before]})
    assert "write_to" not in old.services["missed-bin"].by_question
    assert pack_from_content("town", pack.content).sha256 == pack.sha256


def test_only_an_address_says_whether_letters_go_there() -> None:
    with pytest.raises(ValueError, match="only an address is where letters go"):
        Question.model_validate({**CONTACT, "letters": True})


def test_conditions_see_that_she_chose_post() -> None:
    assert canonical("contact", {"by": "post"}, TODAY) == "post"
    assert canonical("contact", {"by": "email", "email": "a@example.com"}, TODAY) == "given"
    assert canonical("person", {"by": "post"}, TODAY) == "given"
    assert canonical("contact", {}, TODAY) is None


SITE = home(id="site", letters=False)
ALL = service(questions=laid(SITE, {"id": "who", "type": "person", "label": "Who?", "known_from": "person"}, CONTACT))


@pytest.mark.parametrize(
    ("answers", "to"),
    [
        ({"contact": {"by": "post", "name": "A. Dunn"}, "write_to": HERE}, LettersTo("A. Dunn", HERE["text"])),
        ({"contact": {"by": "post"}, "who": {"name": "Amina Dunn"}, "write_to": HERE}, LettersTo("Amina Dunn", HERE["text"])),
        ({"contact": {"by": "post"}, "write_to": HERE}, LettersTo("", HERE["text"])),
        ({"contact": {"by": "post"}, "site": HERE}, None),
        ({"contact": {"email": "a@example.com"}, "write_to": HERE}, None),
        ({"contact": {"by": "post"}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_where_letters_go_by_her_answers(answers: dict[str, Any], to: LettersTo | None) -> None:
    assert letters_to(ALL, answers) == to


def test_her_own_address_is_where_letters_go_too() -> None:
    asks_it = service(questions=(home(), CONTACT))
    assert letters_to(asks_it, {"home": HERE, "contact": {"by": "post"}}) == LettersTo("", str(HERE["text"]))


def test_where_to_write_is_offered_and_is_not_where_she_lives() -> None:
    question = ALL.by_question["write_to"]
    assert offer(question, Known(address="14 Mill Lane, Otley", uprn=72000014)) == {
        "text": "14 Mill Lane, Otley", "uprn": 72000014,
    }  # fmt: skip
    known = known_from_answers(ALL.by_question, {"site": HERE, "contact": {"by": "post"}, "write_to": HERE})
    assert (known.address, known.postcode, known.uprn, known.by) == (HERE["text"], "LS21 1AA", None, "post")
    assert known_from_answers(ALL.by_question, {"site": HERE}) == Known(), "a site is no address of hers"


def test_on_paper_it_says_of_whom_it_is_asked() -> None:
    question = ALL.by_question["write_to"]
    numbers = {one.id: number for number, one in enumerate(ALL.questions, 1)}
    assert only_if(question.show_when, ALL.by_question, numbers) == (
        "Only if you chose “Write to me by post” at question 3."
    )


def test_that_she_chose_post_is_said_back_beside_what_else_she_gave() -> None:
    contact = ALL.by_question["contact"]
    assert answer_words(contact, {"by": "post", "email": "a@example.com"}) == "a@example.com\nBy post"
    assert answer_words(contact, {"by": "email", "email": "a@example.com"}) == "a@example.com"
