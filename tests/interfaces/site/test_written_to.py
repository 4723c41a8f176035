"""Who has neither email nor telephone says where to write, without a script, and reads that letters come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.test import Client

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.intake.dialogue.known import Known
from moothall.intake.queries import dialogue_page
from moothall.intake.tokens import token_of
from moothall.interfaces.site.request_shapes import BY_POST
from moothall.notifications.models import Message

from ...notifications.test_on_paper import Printer, printer

__all__ = ["printer"]
ASKED = "What address should we write to?"
HER = {"contact": {"by": "post", "name": "Grace Okoro"}}


def test_from_the_tick_to_the_letter(resident: Client, walk: Callable[..., str], printer: Printer) -> None:
    check = walk("complaint", HER)
    page = resident.get(check).content.decode()
    assert all(words in page for words in ("Grace Okoro", "By post", ASKED, "14 Mill Lane, Leeds, LS1 1UR"))
    here = check.removesuffix("check")
    sent = resident.post(f"{here}send", follow=True).content.decode()
    assert BY_POST in sent
    assert "You gave us no email address" not in sent
    resident.post(f"{here}send", follow=True)
    case = Case.objects.get()
    jobs.drain()
    assert Message.objects.get().to == "Grace Okoro, 14 Mill Lane, Leeds, LS1 1UR"
    assert [one.channel for one in printer.taken] == ["post"]
    tracked = Client().post("/track", {"reference": case.reference, "second": "ls1 1ur"}, follow=True)
    assert tracked.redirect_chain[-1][0] == f"/track/{case.id}", "the postcode we write to shows it is hers"


def test_it_counts_as_a_question_only_once_it_is_asked(resident: Client, walk: Callable[..., str]) -> None:
    here = walk("complaint").removesuffix("check")
    assert "question 10 of about 10" in resident.get(f"{here}contact?change=1").content.decode()
    assert ASKED not in resident.get(f"{here}check").content.decode()
    there = resident.post(f"{here}contact", {"contact-by": "post"})["Location"]
    assert there == f"{here}write_to"
    page = resident.get(there).content.decode()
    assert "question 11 of about 11" in page
    assert ASKED in page


def test_the_tick_stands_when_she_looks_at_it_again(resident: Client, walk: Callable[..., str]) -> None:
    here = walk("complaint", HER).removesuffix("check")
    again = resident.get(f"{here}contact?change=1").content.decode()
    assert 'name="contact-by" value="post" checked' in again
    resident.post(f"{here}contact?change=1", {"contact-email": "grace.okoro@example.com"})
    assert 'name="contact-by" value="post">' in resident.get(f"{here}contact?change=1").content.decode()
    assert ASKED not in resident.get(f"{here}check").content.decode()


def test_what_we_hold_of_her_is_offered(resident: Client, walk: Callable[..., str], council: Any, clock: Any) -> None:
    here = walk("complaint").removesuffix("check")
    resident.post(f"{here}contact", {"contact-by": "post"})
    row = UUID(here.rstrip("/").rsplit("/", 1)[1])
    page = dialogue_page(
        row, token_of(row), question="write_to", at=clock.now(), held=Known(address="9 High Street, Otley")
    )
    assert page is not None
    assert page.offered == {"text": "9 High Street, Otley"}
