"""One writing as its screen shows it: what it says, what is known of where it came from, what fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from moothall.cases.queries import CaseLine, cases_by_id
from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.staff import staff_names
from moothall.documents.actions import ORIGINAL
from moothall.documents.queries import DocumentLine, documents_of_writing
from moothall.feedback.pack import FEEDBACK
from moothall.inbox.pack import INBOXES, SOCIAL
from moothall.inbox.post_queries import PostView, post_view
from moothall.inbox.queries import WritingView, ending_words, machine_words, warns
from moothall.intake.draft_queries import draft
from moothall.intake.drafts import DraftView
from moothall.intake.written.suggesting import Suggested, suggest
from moothall.intake.written.ways import way_of
from moothall.intake.written.working import answer_key
from moothall.interfaces.desk import labels
from moothall.interfaces.policy import Request
from moothall.interfaces.ui.fields import OptionView

CHECKS: Final = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}
RESULTS: Final = {
    "pass": ("done", "passed"), "fail": ("late", "failed"), "softfail": ("at_risk", "nearly failed"),
    "neutral": ("waiting", "says nothing"), "none": ("waiting", "not published"),
    "temperror": ("waiting", "could not be checked"),
    "permerror": ("waiting", "could not be checked"), "policy": ("at_risk", "failed by policy"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """What the templates draw of a writing. ``typed`` is what a form held that was not taken; ``open`` which that was."""

    view: WritingView
    inbox: str
    owner: str
    staff: Mapping[Any, str]
    case: CaseLine | None
    files: tuple[DocumentLine, ...]
    original: DocumentLine | None
    checks: tuple[tuple[str, str, str], ...]
    suspicious: bool
    machine: str
    ended: str
    suggested: Suggested
    can_answer: bool
    works: bool
    mine: bool
    causes: tuple[OptionView, ...]
    draft: DraftView
    post: PostView | None = None
    network: str = ""
    hidden: str = ""
    abuse: tuple[tuple[str, str], ...] = ()
    may_mute: bool = False
    checks_others: bool = False
    open: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether everyone can read it, and our answer."""
        return self.post is not None and not self.post.private

    @property
    def asks(self) -> bool:
        """Whether they may be asked how we did when this is answered."""
        return self.view.channel in current_pack().one(FEEDBACK).asks and not self.is_public

    @property
    def no_ask(self) -> bool:
        """Whether the officer has said not to ask them."""
        return bool(self.typed.get("no-ask") if self.open else self.draft.first("no-ask"))

    @property
    def words(self) -> str:
        """What stands in the box for the answer: what was just typed, what was kept, or an answer that was chosen."""
        return str(self.typed.get("text", "")) if self.open == "answer" else self.draft.first("text")


def panel(request: Request, view: WritingView, *, what: str = "", typed: Mapping[str, Any] | None = None) -> Panel:
    """Bring together what a writing's screen shows: four queries, and those of a post."""
    actor, pack = request.actor, current_pack()
    people = {view.assignee_id, *(a.staff_id for a in view.answers)}
    people |= {one for q in view.questions for one in (q.asked_by, q.answered_by)}
    people |= {a.staff_id for line in view.thread for a in line.answers}
    post = post_view(view.id, visible_to=actor, at=clock.now()) if view.channel == "social" else None
    people |= {one for r in (post.replies if post else ()) for one in (r.written_by, r.checked_by)}
    terms = pack.one(SOCIAL)
    staff = staff_names({one for one in people if one})
    may = actor.may("case.view") and view.case_id is not None
    case = cases_by_id([view.case_id], visible_to=actor).get(view.case_id) if may and view.case_id else None
    documents = documents_of_writing(view.id, visible_to=actor)
    box = pack.of(INBOXES).get(view.inbox)
    kept = draft(answer_key(view.contact_id or view.id), visible_to=actor)
    chosen = str((typed or {}).get("cause", "")) or kept.first("cause")
    return Panel(
        view=view, inbox=box.name if box else view.inbox, owner=staff.get(view.assignee_id, "") if view.assignee_id else "",
        staff=staff, case=case, files=tuple(one for one in documents if one.question != ORIGINAL),
        original=next((one for one in documents if one.question == ORIGINAL), None),
        checks=tuple(
            (CHECKS[name], *RESULTS.get(view.verdicts[name], ("waiting", view.verdicts[name])))
            for name in CHECKS if name in view.verdicts
        ),
        suspicious=warns(view.verdicts), machine=machine_words(view.machine), ended=ending_words(view.ended),
        suggested=suggest(pack, view.subject, view.text) if view.state != "done" else Suggested(),
        can_answer=way_of(view.channel).answer is not None and bool(view.answer_to),
        works=actor.may("inbox.answer") and view.state != "done", mine=view.assignee_id == actor.id,
        causes=tuple(OptionView(c.code, c.says, c.about, checked=c.code == chosen) for c in labels.causes()[:9]),
        draft=kept, open=what, typed=typed or {}, post=post,
        network=terms.names.get(post.network, post.network) if post else "",
        hidden=next((one.says for one in terms.abuse if post and one.code == post.hidden), ""),
        abuse=tuple((one.code, one.says) for one in terms.abuse), may_mute=actor.may("social.mute"),
        checks_others=terms.two_people,
    )  # fmt: skip
