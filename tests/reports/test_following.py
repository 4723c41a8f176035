"""A report is public, can be followed, joined and taken apart; everyone who follows is told, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from moothall.cases.actions import close_case, merge_case, reopen_case, set_status, split_case
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.core.ids import new_id
from moothall.core.references import show_reference
from moothall.customers.accounts.models import Account, SignInPoint
from moothall.intake.dialogue.people import read_place
from moothall.notifications.models import Message
from moothall.places.geometry import Box
from moothall.reports.actions import (
    CannotAlert,
    CannotFollow,
    ask_for_alerts,
    confirm_alerts,
    follow,
    hide_report,
    prove_follower,
    rebuild_reports,
    refresh_report,
    stop_alerts,
    stop_following,
    take_off_private,
)
from moothall.reports.actions.following import FROM_ONE_PLACE, stop_token
from moothall.reports.actions.forgetting import forget_followers
from moothall.reports.models import Cell, Follower, Report
from moothall.reports.people import erase
from moothall.reports.queries import ReportFilter, map_view, newest_reports, report_by_reference

pytestmark = pytest.mark.django_db
Make = Callable[..., Case]
ALL = Box(53.7, -1.7, 53.9, -1.4)


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to", flat=True))


def prove(row: Follower, clock: Any) -> None:
    assert prove_follower(row.id, stop_token(row.id), at=clock.now())


def test_an_address_somebody_typed_is_told_and_counted_only_once_its_owner_opened_our_link(
    report: Make, clock: Any
) -> None:
    case = report()
    row = follow(case.id, address="a@example.com", by=ANONYMOUS, at=clock.now())
    follow(case.id, address="invented@example.com", said="me_too", by=ANONYMOUS, at=clock.now())
    assert told("follow-started") == ["a@example.com", "invented@example.com"]
    assert Report.objects.get().followers == 0
    assert prove_follower(row.id, "0" * 32, at=clock.now()) is None
    assert Report.objects.get().followers == 0
    for _ in range(2):
        prove(row, clock)
    assert Report.objects.get().followers == 1
    assert stop_following(row.id, stop_token(row.id), at=clock.now())
    assert Report.objects.get().followers == 0
    still = prove_follower(row.id, stop_token(row.id), at=clock.now())
    assert still is not None
    assert (still.stopped_at is None, Report.objects.get().followers) == (False, 0), "who stopped stays stopped"
    clock.advance(minutes=5)
    follow(case.id, address="a@example.com", by=ANONYMOUS, at=clock.now())
    assert Report.objects.get().followers == 0, "anybody may have typed it again"


def test_whoever_signs_in_by_the_address_is_counted_at_once(report: Make, clock: Any) -> None:
    case, hers = report(), new_id()
    account = Account.objects.create(customer_id=hers, created_at=clock.now())
    SignInPoint.objects.create(account=account, kind="email", value="alma@example.com", confirmed_at=clock.now())
    follow(case.id, address="neighbour@example.com", by=ANONYMOUS, at=clock.now(), signed_in=hers)
    follow(case.id, address="alma@example.com", by=ANONYMOUS, at=clock.now())
    assert Report.objects.get().followers == 0
    follow(case.id, address="Alma@example.com", by=ANONYMOUS, at=clock.now(), signed_in=hers)
    assert (Report.objects.get().followers, told("follow-started").count("alma@example.com")) == (1, 1)


def test_from_one_place_a_household_may_follow_a_report_and_no_crowd(report: Make, clock: Any) -> None:
    case, other = report(), report(53.81, -1.53)
    here = {"by": ANONYMOUS, "sender": "192.0.2.7"}
    for n in range(FROM_ONE_PLACE):
        follow(case.id, address=f"home{n}@example.com", at=clock.now(), **here)
    follow(case.id, address="home0@example.com", at=clock.now(), **here)
    with pytest.raises(CannotFollow, match="from where you are today"):
        follow(case.id, address="crowd@example.com", at=clock.now(), **here)
    assert Follower.objects.count() == FROM_ONE_PLACE
    follow(other.id, address="crowd@example.com", at=clock.now(), **here)
    follow(case.id, address="crowd@example.com", by=ANONYMOUS, at=clock.now(), sender="192.0.2.8")
    clock.advance(days=1, minutes=1)
    follow(case.id, address="late@example.com", at=clock.now(), **here)


def test_erasing_who_follows_lowers_the_count(report: Make, clock: Any) -> None:
    case, hers = report(), report(53.81, -1.53, email="follows@example.com").customer_id
    assert hers is not None
    for address in ("follows@example.com", "b@example.com"):
        prove(follow(case.id, address=address, by=ANONYMOUS, at=clock.now()), clock)
    assert Report.objects.get(case_id=case.id).followers == 2
    assert erase(hers, SYSTEM, clock.now()) >= 1
    assert Report.objects.get(case_id=case.id).followers == 1


def test_everyone_who_follows_hears_of_progress_and_end_once(report: Make, clock: Any) -> None:
    case = report(email="alma.dunn@example.org")
    for address in ("a@example.com", "A@Example.com ", "b@example.net", "07700 900123"):
        prove(follow(case.id, address=address, said="me_too", by=ANONYMOUS, at=clock.now()), clock)
    assert Report.objects.get().followers == 3
    clock.advance(hours=1)
    set_status(case.id, status="in_progress", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    clock.advance(hours=1)
    close_case(case.id, outcome="not-adopted-highway", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    people = ["+447700900123", "a@example.com", "b@example.net"]
    assert [told(f"follow-{part}") for part in ("started", "progress", "closed")] == [people] * 3
    body = Message.objects.get(template="follow-closed", to="a@example.com").body.replace("\\", "")
    assert "Closed: not ours to fix" in body
    assert "Dunn" not in body
    shown = report_by_reference(case.reference)
    assert shown is not None
    assert (shown.ending, shown.is_open, shown.place, shown.name) == (
        "not_ours",
        False,
        "Near Mill Lane, Armley",
        "Pothole or damaged pavement",
    )
    reopen_case(case.id, reason="customer_not_right", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert told("follow-reopened") == people


def test_who_stopped_hears_no_more_and_only_her_link_stops_her(report: Make, clock: Any) -> None:
    case = report()
    row = follow(case.id, address="a@example.com", by=ANONYMOUS, at=clock.now())
    assert not stop_following(row.id, "0" * 32, at=clock.now())
    assert stop_following(row.id, stop_token(row.id), at=clock.now())
    close_case(case.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert told("follow-closed") == []
    for wrong in ("", "nobody", "a@b", "0113 496 0000", "x" * 400):
        with pytest.raises(CannotFollow):
            follow(case.id, address=wrong, by=ANONYMOUS, at=clock.now())


def test_joined_reports_leave_the_map_and_their_followers_go_along_and_may_come_back(report: Make, clock: Any) -> None:
    first, second = report(), report(53.80001, -1.55001)
    prove(follow(second.id, address="late@example.com", by=ANONYMOUS, at=clock.now()), clock)
    assert map_view(ALL, ReportFilter()).total == 2
    merge_case(second.id, into=first.id, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert map_view(ALL, ReportFilter()).total == 1
    assert Report.objects.get(case_id=first.id).followers == 1
    told_of = Message.objects.get(template="follow-joined")
    assert told_of.to == "late@example.com"
    for one in (first, second):
        assert show_reference(one.reference) in told_of.body.replace("\\", "")
    later = follow(second.id, address="new@example.com", by=ANONYMOUS, at=clock.now())
    prove(later, clock)
    assert later.case_id == first.id, "whoever follows what was joined follows what is worked on"
    assert [one.case_id for one in newest_reports(ReportFilter()).rows] == [first.id]
    clock.advance(minutes=5)
    close_case(first.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert told("follow-closed") == ["late@example.com", "new@example.com"]
    with pytest.raises(ValueError, match="not joined"):
        split_case(first.id, by=SYSTEM, at=clock.now())
    split_case(second.id, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    back = Report.objects.get(case_id=second.id)
    assert (back.is_open, back.duplicate_of) == (True, None)
    assert map_view(ALL, ReportFilter(state="open")).total == 1
    assert told("follow-parted") == ["late@example.com"]
    assert [row.address for row in Follower.objects.filter(case_id=first.id)] == ["new@example.com"]
    assert Report.objects.get(case_id=first.id).followers == 1


def test_who_stops_after_two_were_joined_hears_of_neither(report: Make, clock: Any) -> None:
    first, second = report(), report(53.80001, -1.55001)
    old = follow(second.id, address="late@example.com", by=ANONYMOUS, at=clock.now())
    merge_case(second.id, into=first.id, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert stop_following(old.id, stop_token(old.id), at=clock.now()), "the link of the first message"
    assert not Follower.objects.filter(stopped_at=None).exists()
    split_case(second.id, by=SYSTEM, at=clock.now())
    close_case(first.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert told("follow-closed") + told("follow-parted") == []
    assert set(Report.objects.values_list("followers", flat=True)) == {0}


def test_only_public_services_are_public_and_an_officer_can_take_one_off(report: Make, clock: Any) -> None:
    case = report()
    assert Report.objects.count() == 1
    hide_report(case.id, hidden=True, by=SYSTEM, at=clock.now())
    assert report_by_reference(case.reference) is None
    assert map_view(ALL, ReportFilter()).total == 0
    with pytest.raises(CannotFollow):
        follow(case.id, address="a@example.com", by=ANONYMOUS, at=clock.now())


def test_what_is_no_longer_for_everybody_leaves_the_public_pages(
    report: Make, council: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, light = report(), report(53.81, service="street-light", fault="out")
    Case.objects.filter(id=sealed.id).update(restricted="staff")
    assert refresh_report(sealed.id, at=clock.now()) is None
    assert report_by_reference(sealed.reference) is None
    assert map_view(ALL, ReportFilter()).total == 1
    with pytest.raises(LookupError):
        hide_report(sealed.id, hidden=False, by=SYSTEM, at=clock.now())

    private = council.services["street-light"].model_copy(update={"public": False})
    monkeypatch.setitem(council._values["services"], "street-light", private)
    assert take_off_private(council, at=clock.now()) == 1
    assert take_off_private(council, at=clock.now()) == 0
    assert report_by_reference(light.reference) is None
    assert map_view(ALL, ReportFilter()).total == 0


def test_the_sums_of_the_map_are_those_of_a_fresh_count(report: Make, clock: Any) -> None:
    cases = [report(53.80 + n / 500, -1.55 - n / 700) for n in range(6)]
    close_case(cases[0].id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    merge_case(cases[1].id, into=cases[2].id, by=SYSTEM, at=clock.now())
    hide_report(cases[3].id, hidden=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())

    def sums() -> Counter[Any]:
        return Counter(
            {
                (c.level, c.x, c.y, c.service, c.area, c.is_open, c.month): c.reports
                for c in Cell.objects.filter(reports__gt=0)
            }
        )

    kept = sums()
    assert sum(kept.values()) == 4 * 4
    rebuild_reports(by=SYSTEM, at=clock.now())
    assert sums() == kept
    Report.objects.all().delete()
    assert rebuild_reports(by=SYSTEM, at=clock.now()) == 6
    assert Report.objects.get(case_id=cases[0].id).place == "Near Mill Lane, Armley"


def test_alerts_begin_when_confirmed_and_end_when_stopped(report: Make, clock: Any) -> None:
    row = ask_for_alerts(
        address="Watch@example.com", place="Near Mill Lane", latitude=53.8, longitude=-1.55, metres=500, at=clock.now()
    )
    report()
    assert told("alert-place") == []
    assert confirm_alerts(row.id, "x", at=clock.now()) is None
    assert confirm_alerts(row.id, stop_token(row.id), at=clock.now()) is not None
    report()
    report(53.81, -1.55)
    assert told("alert-place") == ["watch@example.com"]
    stop_alerts(row.id, stop_token(row.id), at=clock.now())
    report()
    assert told("alert-place") == ["watch@example.com"]
    with pytest.raises(CannotAlert):
        ask_for_alerts(address="07700 900123", place="x", latitude=53.8, longitude=-1.55, metres=1, at=clock.now())


def test_addresses_of_followers_go_when_they_are_of_no_more_use(report: Make, clock: Any) -> None:
    case = report()
    follow(case.id, address="a@example.com", by=ANONYMOUS, at=clock.now())
    close_case(case.id, outcome="repaired", resolved=True, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert forget_followers(before=clock.now()) == 0
    assert forget_followers(before=clock.advance(days=91)) == 1
    assert not Follower.objects.exists()


def test_what_the_map_shows_of_a_report_never_opens_who_made_it(report: Make, client: Any) -> None:
    """Reference and place are public: by the postcode of the place everybody could read her name, and speak for her."""
    told_us = read_place({"search": "LS12 1AA", "latitude": "53.8000", "longitude": "-1.5500"}, "Where is it?")
    case = report(where=told_us, email="alma@example.net")
    seen = client.get(f"/reports/{show_reference(case.reference)}").content.decode()
    assert "Mill L" in seen, "everybody reads where it is, and finds the postcode of it in any list"
    shown = client.post("/track", {"reference": case.reference, "second": "LS12 1AA"})
    assert shown.status_code == 400
    assert client.get(f"/track/{case.id}").status_code == 302
    Case.objects.filter(id=case.id).update(track_postcode="LS121AB")  # a home close by is soon guessed
    assert client.post("/track", {"reference": case.reference, "second": "LS12 1AB"}).status_code == 400
    assert client.post("/track", {"reference": case.reference, "second": "alma@example.net"}).status_code == 302
    assert "alma@example.net" in client.get(f"/track/{case.id}").content.decode()
