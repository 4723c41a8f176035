"""A request's pages in words: one question, the check, what became of it, where it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Final

from django.urls import reverse

from moothall.announcements.queries import AnnouncementView
from moothall.core import clock
from moothall.core.references import show_reference
from moothall.feedback.queries import RatingLine
from moothall.intake.queries import CheckPage, Confirmation, DialoguePage, FoundLine, TrackPage
from moothall.intake.whose import how_to_say
from moothall.interfaces.site.announced import all_announced, announced, follow_link
from moothall.interfaces.site.cards import step_views
from moothall.interfaces.site.pages import (
    CheckView,
    DoneView,
    FileLine,
    NoticeView,
    QuestionView,
    RateView,
    SameView,
    Tile,
    TrackView,
)
from moothall.interfaces.site.place_question import PlaceView
from moothall.interfaces.site.questions import AddressSearch
from moothall.interfaces.site.slots import SlotSearchView
from moothall.interfaces.ui import words
from moothall.interfaces.ui.fields import FieldView, OptionView
from moothall.interfaces.ui.parts import DayView, FactRow, LineEntry
from moothall.payments.pack import DIRECT_DEBIT
from moothall.reports.queries import Candidate
from moothall.services.letters import POST, reaches_her

ADD: Final = FieldView("text", "long_text", "What should we know?", max_length=2000)
NOTHING_TO_PAY: Final = "Nothing to pay"
PAYS: Final = {
    "link": "When it is sent, you get a link to pay by.",
    "phone": "We take the payment when we call you.",
    "place": "You pay at one of our offices.",
    "direct_debit": "It is then set up by you: we show you every day and amount before you agree.",
}
"""What is said before sending of each way to pay but the card, which the next page takes."""
BY_POST: Final = (
    "We’ll write to you by post when something changes, and before you’d have to ask if anything goes wrong."
)
WHY: Final = FieldView("why", "long_text", "Why?", required=False, max_length=2000)
DONE: Final = {
    "added": NoticeView("We’ve added it", "The team can read it now.", "kept"),
    "reopened": NoticeView("We’ve opened this again", "The team can read what you told us.", "kept"),
    "taken-back": NoticeView("You took it back", "They see nothing of you any more, and we have told them.", "kept"),
    "withdrawn": NoticeView("We’ve stopped", "You can ask again whenever you need to.", "kept"),
    "rated": NoticeView("Thank you", "What you say counts in the figures we publish, and the team reads it.", "kept"),
}


def question(
    page: DialoguePage,
    field: FieldView,
    *,
    action: str,
    changing: bool,
    search: AddressSearch | None,
    elsewhere: str = "",
    find: SlotSearchView | None = None,
    place: PlaceView | None = None,
) -> QuestionView:
    """Return one question's page."""
    here = reverse("site:question", args=[page.id, page.question.id])
    back = reverse("site:question", args=[page.id, page.previous]) if page.previous else ""
    if changing:
        back = reverse("site:check", args=[page.id])
    one = page.question
    is_file = one.type in {"photo", "file"}
    sent = [mark for mark in page.value or [] if mark.get("id")] if is_file else []
    finding = search is not None and search.stage in {"find", "none"}
    hidden: tuple[tuple[str, str], ...] = (("as-seen", page.seen),)
    if place is not None and place.stage == "point":
        hidden = (*hidden, (f"{one.id}-latitude", place.latitude), (f"{one.id}-longitude", place.longitude))
    notices = (*all_announced(page.announced), *(found_view(one) for one in page.found))
    if elsewhere:
        notices = (
            *notices,
            NoticeView(
                "You answered this in another window",
                f"There you said: {elsewhere}. Carry on to keep what stands here instead.",
                "risk",
            ),
        )  # fmt: skip
    return QuestionView(
        service=_asked_for(page), field=field, action=action, back=back or reverse("site:service", args=[page.service.code]),
        progress=f"question {page.progress.number} of about {page.progress.about}", hidden=hidden, place=place,
        save_link=reverse("site:keep", args=[page.id]), button="Find the address" if finding else "Carry on", notices=notices,
        finding=finding, links=_address_links(here, search, changing),
        files=tuple(FileLine(mark["id"], mark.get("name", "A file"), _size(mark.get("size", ""))) for mark in sent),
        remove_action=reverse("site:remove-file", args=[page.id, one.id]) if sent else "",
        find=find,
        another=is_file and (one.max_files or 2) > 1 + len(sent), tick=_tick(page, field) if not sent else None,
        code=page.code if page.service.channel("phone").level != "no" else "",
    )  # fmt: skip


def _asked_for(page: DialoguePage | CheckPage) -> str:
    """What is asked for, and for whom where it is not for oneself."""
    return f"{page.service.name}, for {page.for_whom}" if page.for_whom else page.service.name


def found_view(one: FoundLine) -> NoticeView:
    """Return what one of our own records says about what is being asked."""
    return NoticeView(one.label, one.says)


def _tick(page: DialoguePage, field: FieldView) -> tuple[str, str, str, bool] | None:
    """A way to answer for who has no file here, or neither email nor telephone. Nobody is stopped by what she lacks."""
    if not field.required:
        return None
    if page.question.type in {"file", "photo"}:
        return field.id, "later", "I don’t have it here: I’ll send it later", False
    if reaches_her(page.question):
        return f"{field.id}-by", POST, "I have neither: write to me by post", field.part_value("by") == POST
    return None


def _address_links(here: str, search: AddressSearch | None, changing: bool) -> tuple[tuple[str, str], ...]:
    from moothall.interfaces.ui.jinja import with_query

    if search is None:
        return ()
    change = "1" if changing else ""
    by_hand = (
        "Write the address instead",
        with_query(here, by="hand", postcode=search.postcode.strip(), change=change),
    )
    again = ("Try another postcode", with_query(here, change=change))
    return {"find": (by_hand,), "none": (by_hand,), "choose": (again,)}.get(search.stage, ())


def _size(text: str) -> str:
    return words.file_size(int(text)) if text.isdigit() else ""


def _same(one: Candidate, here: str) -> SameView:
    report = one.report
    link = reverse("site:report", args=[show_reference(report.reference)])
    detail = f"{report.place}. {report.says}. Reported {words.day_year(report.opened_at)}."
    return SameView(f"{report.name}", detail, one.likeness.because.capitalize(), link, f"{link}?too={here}#follow")


def check(page: CheckPage) -> CheckView:
    """Return the check before sending."""
    rows = tuple(
        FactRow(
            line.label, line.words, reverse("site:question", args=[page.id, line.question]) + "?change=1",
            f"your answer to {line.label}",
        )
        for line in page.lines
    )  # fmt: skip
    refused = ""
    if page.refused_because:  # what was found is said above it, and says why
        why = () if page.settled and page.course.say else (page.refused_because,)
        refused = " ".join((*why, *page.course.say))
    return CheckView(
        service=_asked_for(page), rows=rows, action=reverse("site:send", args=[page.id]),
        promise=_if_sent(page), when=page.booked or page.due_words, refused=refused, settled=page.settled,
        disagree=_disagree(page) if refused else ("", ""),
        cost=_cost(page), cost_how=_cost_how(page),
        back=reverse("site:question", args=[page.id, page.lines[-1].question]) if page.lines else "",
        button="Finish" if refused else "Send it anyway" if page.announced else _send_words(page),
        save_link=reverse("site:keep", args=[page.id]),
        same=tuple(_same(one, str(page.id)) for one in page.same),
        notices=tuple(found_view(one) for one in page.found) + _theirs(page),
        announced=tuple((announced(one), follow_link(page.id, one.id)) for one in page.announced),
    )  # fmt: skip


def _if_sent(page: CheckPage) -> str:
    """What sending it now leads to; its day or date follows."""
    if page.booked:
        return "If you send it now, it is booked for"
    return "If you send it now, we tell you what they say by" if page.theirs else "If you send it now, we’ll do it by"


def _disagree(page: CheckPage) -> tuple[str, str]:
    """What she does who says that we are wrong: answer so where it is asked, else tell a person."""
    if page.settled and page.dispute:
        here = reverse("site:question", args=[page.id, page.dispute])
        return "That is not right: tell us", f"{here}?change=1"
    return "If you think that is wrong, tell us", reverse("site:contact")


def _theirs(page: CheckPage) -> tuple[NoticeView, ...]:
    """Whose job it is, before it is sent: what we do for her, and how to reach them herself."""
    if page.theirs is None:
        return ()
    title, *more = page.theirs.says, *how_to_say(page.theirs)
    return (NoticeView(title.rstrip("."), " ".join(more).removeprefix(title).strip(), "risk"),)


def _cost(page: CheckPage) -> str:
    if page.price is not None:
        if page.price.free:
            return "" if page.refused_because else NOTHING_TO_PAY
        return f"You pay {words.pence(page.price.pence)}."
    return f"The charge is {words.pence(page.course.fee)}." if page.course.fee else ""


def _cost_how(page: CheckPage) -> str:
    """How it is paid, where not by card at once; or why there is nothing to pay."""
    if page.price is None or page.refused_because:
        return ""
    return page.price.because if page.price.free else PAYS.get(page.pays, "")


def _send_words(page: CheckPage) -> str:
    """The button says that paying comes next, where it does."""
    if page.price is None or page.price.free:
        return "Send it"
    return {"card": "Send it and pay", DIRECT_DEBIT: "Send it and go to the Direct Debit"}.get(page.pays, "Send it")


def done(page: Confirmation, tracked: TrackPage | None, names: dict[str, str], *, chosen: bool = False) -> DoneView:
    """Return what became of a request: taken, or answered by rule."""
    again = tuple(Tile(names[code], reverse("site:service", args=[code])) for code in page.course.offer)
    if tracked is None:
        why = tuple(one.says for one in page.found) if page.settled else (page.because,)
        disputed = page.settled and page.dispute
        wrong = "If you think we’re wrong, tell us: a person will look at it."
        return DoneView(
            title="We’ve noted that you asked" if page.settled else "We can’t do this one", reference="", promise="",
            when="", steps=(), again=again, answer=" ".join((*why, *page.course.say)),
            told_by=wrong if page.settled else f"We’ve kept a note that you asked. {wrong}",
            disagree_link="" if disputed else reverse("site:contact"),
            disagree_action=reverse("site:dispute", args=[page.id]) if disputed else "",
        )  # fmt: skip
    return DoneView(
        title="We have it", reference=show_reference(tracked.case.case.reference),
        promise="We’ll tell you what they say by" if _is_passed_on(tracked) else "We’ll do it by",
        when=tracked.promise_words, steps=tuple(step_views(tracked.steps)), told_by=_told_by(page),
        told_by_action=reverse("site:told-by", args=[page.id]),
        told_by_options=() if page.for_whom or page.by_post else _told_by_options(page),
        notices=(NoticeView("We’ll do that", "You can change it whenever you ask for something.", "kept"),) if chosen else (),
        calendar_link=reverse("site:calendar", args=[page.id]) if tracked.promise_words else "",
        track_link=reverse("site:case", args=[tracked.case.case.id]), again=again, answer=" ".join(page.course.say),
        chosen=chosen,
    )  # fmt: skip


def free_of_charge(because: str) -> tuple[NoticeView, ...]:
    """Return what a request's own pages say where it costs nothing though its service asks for money."""
    return (NoticeView(NOTHING_TO_PAY, because, "kept"),) if because else ()


def told_instead(page: Confirmation, one: AnnouncementView) -> DoneView:
    """Return what became of a request that asked for what is announced already: we tell her when it is over."""
    whom = page.email or page.phone
    how = f"We write to {whom}" if whom else "It stands on our website"
    return DoneView(
        title="We’ll tell you when it’s over", reference="", promise="", when="", steps=(), notices=(announced(one),),
        answer=f"You sent nothing else, and need not. {how} when there is news and when it is over.", told_by="",
    )  # fmt: skip


def _is_passed_on(page: TrackPage) -> bool:
    return page.promise is not None and page.promise.kind == "referral"


def _told_by_options(page: Confirmation) -> tuple[OptionView, ...]:
    """The ways to be kept told that there are; none where she gave only one or none."""
    ways = [("email", "By email", page.email), ("sms", "By text message", page.phone)]
    offered = [OptionView(code, label) for code, label, address in ways if address]
    return (*offered, OptionView("none", "Don’t write to me", exclusive=True)) if offered else ()


def _told_by(page: Confirmation) -> str:
    if page.for_whom:
        return f"We tell {page.for_whom} how it goes. You see it in your account too."
    if page.by_post:
        return BY_POST
    if page.email:
        return (
            f"We’ll write to {page.email} when something changes, and before you’d have to ask if anything goes wrong."
        )
    if page.phone:
        return "We’ll text or call you when something changes, and before you’d have to ask if anything goes wrong."
    return "You gave us no email address or telephone number. Keep your reference: it shows you where your request is."


def track(page: TrackPage, rating: RatingLine | None, *, add: FieldView = ADD, done: str = "") -> TrackView:
    """Return a request as its customer sees it."""
    line = page.case.case
    ended = page.closed and line.outcome != "withdrawn"
    promise = page.promise
    return TrackView(
        service=page.service.name, reference=show_reference(line.reference), now_says=page.now_words,
        promise=_promised(page),
        when=page.promise_words if page.promise_state else "", state=page.promise_state or "on_track",  # type: ignore[arg-type]
        state_words=_state_words(page), redress=promise.redress if promise else "", steps=tuple(step_views(page.steps)),
        notices=(DONE[done],) if done in DONE else (), days=_days(page),
        rows=tuple(FactRow(answer.label, answer.words) for answer in page.answers),
        add_action="" if page.closed else reverse("site:case-add", args=[line.id]), add_field=_add_field(page, add),
        asked=page.asked,
        wrong_link=reverse("site:case-not-right", args=[line.id]) if ended else "",
        rate_link=reverse("site:case-rate", args=[line.id]) if ended else "",
        withdraw_action=reverse("site:case-withdraw", args=[line.id]) if page.can_withdraw else "",
    )  # fmt: skip


def _add_field(page: TrackPage, add: FieldView) -> FieldView | None:
    """The box to tell us more; the answer to our question, while we wait for it."""
    if page.closed:
        return None
    return replace(add, label="Your answer") if page.asked else add


def _promised(page: TrackPage) -> str:
    if _is_passed_on(page):
        return "We promised to tell you what they say by"
    return "We promised to do it by" if page.promise and page.promise.is_open else "We promised it by"


def _state_words(page: TrackPage) -> str:
    if page.promise is None:
        return ""
    again = page.promise.new_date
    if page.promise.tag == "late" and again is not None and again > clock.now():
        return "First date missed"
    return {"kept": "Kept", "kept_late": "Done late", "paused": "Waiting"}.get(page.promise.tag, "")


def _days(page: TrackPage) -> tuple[DayView, ...]:
    """What was said, by day, newest first."""
    newest = sorted(page.said, key=lambda said: said.at, reverse=True)
    return tuple(
        DayView(
            heading,
            tuple(
                LineEntry(
                    words.clock_time(one.at), "You told us" if one.who == "You" else "We told you", one.text,
                    how=one.how, language=None if one.language == "en" else one.language or "",
                )
                for one in group
            ),
        )
        for heading, group in groupby(newest, key=lambda said: words.day(said.at))
    )  # fmt: skip


def rate(page: TrackPage, rating: RatingLine | None, *, score: str = "", why: str = "", error: str = "") -> RateView:
    """Return the page that asks how we did."""
    return RateView(
        service=page.service.name, action=reverse("site:case-rate", args=[page.case.case.id]),
        why=replace(WHY, value=why or (rating.why if rating else "")),
        score=score or (rating.score if rating else ""), error=error,
    )  # fmt: skip
