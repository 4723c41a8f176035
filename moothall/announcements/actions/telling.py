"""Each word of an announcement goes once to each person it touches, by their own channel, some hundreds to a job."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings

from moothall.announcements.models import How, News, NewsKind, Touched
from moothall.announcements.queries import AnnouncementView, announcement
from moothall.contacts.queries import customer_of_contact
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.values import about_case, reason_words
from moothall.promises.actions import explain_promise
from moothall.promises.queries import PromiseView, promises_of
from moothall.promises.rules import say_day

SIZE = 200
TEMPLATES = {NewsKind.MADE: "announcement-made", NewsKind.NEWS: "announcement-news", NewsKind.OVER: "announcement-over"}
END_OF_WORK = time(17)


def tell_next(news_id: UUID, after: UUID | None, *, at: datetime) -> UUID | None:
    """Tell the next few hundred, and return where to go on; None when all are told. Safe to run again.

    The first word goes to those who had something open; who came later read it before they sent anything. Where what is
    open is to be done on a new day, its own promise is explained with the reason instead: one message, not two.
    """
    news = News.objects.select_related("announcement").filter(id=news_id).first()
    if news is None:
        return None
    shown = announcement(news.announcement_id, at=at)
    if shown is None:
        return None
    rows = Touched.objects.filter(announcement_id=news.announcement_id).order_by("id")
    first = (How.OPEN, How.LIVES)
    rows = rows.filter(how__in=first) if news.kind == NewsKind.MADE else rows.filter(at__lte=news.at)
    batch = list((rows.filter(id__gt=after) if after else rows)[:SIZE])
    cases = [row.case_id for row in batch if row.case_id]
    promises = promises_of(cases, at=at) if shown.new_day and news.kind == NewsKind.MADE else {}
    values = _values(shown, news)
    for row in batch:
        if row.case_id and _explained(shown, promises.get(row.case_id, []), at):
            continue
        _tell(row, news, values, at)
    if len(batch) == SIZE:
        return batch[-1].id
    if news.kind == NewsKind.OVER:  # nobody needs to know any more who lived there: her own record has the messages
        Touched.objects.filter(announcement_id=news.announcement_id, how=How.LIVES).update(customer_id=None)
    return None


def _values(shown: AnnouncementView, news: News) -> dict[str, Any]:
    pack = current_pack()
    return {
        "title": shown.title,
        "place": shown.place,
        "text": news.text,
        "next_news": shown.next_news_words,
        "new_day": say_day(shown.new_day) if shown.new_day else "",
        "reason": reason_words(pack, shown.reason),
        "link": f"{settings.PUBLIC_URL}/announcements/{shown.id}",
    }


def _tell(row: Touched, news: News, values: dict[str, Any], at: datetime) -> None:
    to = _who(row, at)
    if row.how == How.LIVES:  # a letter would come when the bin is long empty; who cannot be told today is not
        to = replace(to, addresses=tuple(one for one in to.addresses if one.channel != "post"))
        if to.customer_id is None or not to.addresses:
            return
    whom = to.customer_id or next((address.value for address in to.addresses), row.id)
    template = TEMPLATES[NewsKind(news.kind)]
    queue_message(
        key=f"{news.id}:{whom}:{template}", template=template, to=to, values=values, at=at, case_id=row.case_id,
        contact_id=row.contact_id,
    )  # fmt: skip


def _who(row: Touched, at: datetime) -> Recipient:
    about = about_case(row.case_id, at) if row.case_id else None
    if about is not None:
        return about.to
    customer = row.customer_id
    if customer is None and row.contact_id is not None:  # who it was may have been found out after they were answered
        customer = customer_of_contact(row.contact_id)
    return recipient(customer)


def _explained(shown: AnnouncementView, promises: list[PromiseView], at: datetime) -> bool:
    """Give the work's own promise its new day and the reason, once; say whether there was one to give."""
    if shown.new_day is None:
        return False
    view = next((one for one in promises if one.kind == "complete" and one.is_open and one.due_at), None)
    if view is None or view.due_at is None:
        return False
    due = view.due_at.astimezone(LONDON)
    ends = due.time().replace(microsecond=0) if view.unit != "working_minutes" else END_OF_WORK
    moment = datetime.combine(shown.new_day, ends, LONDON)
    if view.new_date is not None and view.new_date == moment:
        return True
    if due >= moment and view.new_date is None:
        return False  # what was promised is no sooner than the new day: there is nothing to explain, only the news
    explain_promise(view.id, new_date=moment, reason=shown.reason, by=SYSTEM, at=at)
    return True
