"""Where letters about a request go: the question that asks it of whoever wants letters, and what her answers say of it. Pure.

Who has neither email nor telephone answers a service's contact question with post. Where no question of the service tells an
address of hers, the pack's own (`letters.yaml`) is laid in after it as the pack is read from its files: once written for all
services, and from then on a question of each, drawn, printed, kept and told like any other (adr/0086).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, ValidationError

from moothall.core.packs.reader import Mapping as Tree
from moothall.core.packs.reader import Node, Sequence, marked, plain
from moothall.core.packs.registry import PackModel, register_single
from moothall.core.packs.sections import ChannelCode

from .questions import Condition, Id, Line, Question, Wording

if TYPE_CHECKING:
    from .pack import Service

POST: Final = "post"
"""What a contact question is answered `by` by who wants letters, and how conditions see it."""


class Letters(PackModel):
    """The question that asks whoever chose post where to write to. Without a `label` a pack asks nobody."""

    id: Id = "write_to"
    label: Line | None = None
    hint: Line | None = None
    words: dict[ChannelCode, Wording] = Field({}, description="Where a channel says it differently.")


LETTERS = register_single("letters", Letters)


@dataclass(frozen=True, slots=True)
class LettersTo:
    """Whom and where letters about a request go, as it was said with it; ``name`` is empty where none was given."""

    name: str
    address: str


def reaches_her(question: Question) -> bool:
    """Say whether a question asks how the customer herself is reached: there she may choose post."""
    return question.type == "contact" and question.known_from is not None


def takes_letters(question: Question) -> bool:
    """Say whether letters about the request go to what answers this question."""
    if question.type != "address":
        return False
    return question.known_from == "address" if question.letters is None else question.letters


def chose_post(service: Service, answers: Mapping[str, Any]) -> bool:
    """Say whether these answers ask for letters."""
    given = (answers.get(question.id) for question in service.questions if reaches_her(question))
    return any(isinstance(value, Mapping) and value.get("by") == POST for value in given)


def letters_to(service: Service, answers: Mapping[str, Any]) -> LettersTo | None:
    """Return where letters about a request go: what was answered for them alone, else her own address.

    ``None`` where she did not choose post, or no address is among the answers.
    """
    if not chose_post(service, answers):
        return None
    asked = sorted((one for one in service.questions if takes_letters(one)), key=lambda one: one.letters is None)
    told = (_part(answers.get(one.id), "text") for one in asked)
    address = next((text for text in told if text), "")
    people = (one for one in service.questions if one.known_from in {"contact", "person", "name"})
    names = (_part(answers.get(one.id), "name") for one in people)
    return LettersTo(next((name for name in names if name), ""), address) if address else None


def _part(value: Any, part: str) -> str:
    return str(value.get(part) or "").strip() if isinstance(value, Mapping) else str(value or "").strip()


def never_told_where(service: Service) -> Iterator[int]:
    """Return which questions of a service let her choose post though none that she then meets asks where to write to."""
    if service.elsewhere is not None:
        return
    for number, question in enumerate(service.questions):
        if reaches_her(question) and not _is_told(question.id, service.questions):
            yield number


def _is_told(contact: str, questions: Iterable[Question]) -> bool:
    """Whether who chooses post at this contact question must tell an address, whatever else she answers."""
    own = [question for question in questions if takes_letters(question)]
    left = {question.id for question in own}
    met = (one for one in own if one.required and not one.skip_on)
    return any(one.show_when is None or _meets(one.show_when, contact, left - {one.id}) for one in met)


def _meets(condition: Condition, contact: str, own: set[str]) -> bool:
    """Whether a condition holds for all who chose post and told no address so far, as far as it can be seen from itself."""
    if condition.all_of is not None:
        return all(_meets(part, contact, own) for part in condition.all_of)
    if condition.any_of is not None:
        return any(_meets(part, contact, own) for part in condition.any_of)
    if condition.question == contact:
        return POST in (condition.is_any_of or ()) or condition.answered is True
    return condition.question in own and condition.answered is False


def lay_in(trees: dict[str, Node]) -> dict[str, Node]:
    """Lay the pack's question into every service that lets her choose post and does not ask where to write already."""
    letters, services = trees.get(LETTERS.name), trees.get("services")
    if not isinstance(letters, Tree) or not isinstance(services, Tree):
        return trees
    wanted = {"id": "write_to", **plain(letters)}
    if not wanted.get("label"):
        return trees
    made = {code: _with_question(service, wanted, letters) for code, service in services.items.items()}
    return {**trees, "services": replace(services, items=made)}


def _with_question(service: Node, wanted: Mapping[str, Any], letters: Tree) -> Node:
    listed = service.items.get("questions") if isinstance(service, Tree) else None
    if not isinstance(service, Tree) or not isinstance(listed, Sequence) or "elsewhere" in service.items:
        return service
    try:
        asked = {number: one for number, node in enumerate(listed.items) if (one := _of_interest(plain(node)))}
    except ValidationError:
        return service  # what is wrong with it is said when the service itself is read
    contact = next((number for number, one in asked.items() if reaches_her(one)), None)
    if contact is None or any(one.id == wanted["id"] for one in asked.values()):
        return service
    if _is_told(asked[contact].id, asked.values()):
        return service
    own = {number: one for number, one in asked.items() if takes_letters(one)}
    chosen = {"question": asked[contact].id, "is_any_of": [POST]}
    untold = [{"question": one.id, "answered": False} for one in own.values()]
    question = {
        **wanted, "type": "address", "known_from": "address", "letters": True,
        "show_when": {"all": [chosen, *untold]} if untold else chosen,
    }  # fmt: skip
    after = max([contact, *own]) + 1
    laid = marked(question, letters.mark)
    questions = replace(listed, items=[*listed.items[:after], laid, *listed.items[after:]])
    return replace(service, items={**service.items, "questions": questions})


def _of_interest(question: Any) -> Question | None:
    """A contact or an address question as it is written; ``None`` for any other."""
    if not isinstance(question, dict) or question.get("type") not in {"contact", "address"}:
        return None
    return Question.model_validate(question)
