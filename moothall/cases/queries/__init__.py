"""The only readers of cases, by screen: lists, one case, tracking, a person's."""

from moothall.cases.queries.joined import cases_under, joined_chain
from moothall.cases.queries.lists import (
    CaseLine,
    QueueFilter,
    cases_by_id,
    cases_made_with,
    cases_of,
    cases_opened_in,
    find_by_reference,
    hidden_among,
    hidden_cases,
    is_case_of,
    newest_cases,
    own_case_of,
    pressing_cases,
    queue,
    raised_at_address,
    tasks_of_team,
    teams_with_work,
    times_raised_at_address,
)
from moothall.cases.queries.page import CasePage, NoteLine, TaskLine, case_page
from moothall.cases.queries.sealed import sealed_by_reference, sealed_cases_of, sealed_kind
from moothall.cases.queries.tracking import TrackedCase, case_with, proven_case, tracked_case
from moothall.cases.queries.wards import FEW, AreaCount, open_in_area

__all__ = [
    "FEW",
    "AreaCount",
    "CaseLine",
    "CasePage",
    "NoteLine",
    "QueueFilter",
    "TaskLine",
    "TrackedCase",
    "case_page",
    "case_with",
    "cases_by_id",
    "cases_made_with",
    "cases_of",
    "cases_opened_in",
    "cases_under",
    "find_by_reference",
    "hidden_among",
    "hidden_cases",
    "is_case_of",
    "joined_chain",
    "newest_cases",
    "open_in_area",
    "own_case_of",
    "pressing_cases",
    "proven_case",
    "queue",
    "raised_at_address",
    "sealed_by_reference",
    "sealed_cases_of",
    "sealed_kind",
    "tasks_of_team",
    "teams_with_work",
    "times_raised_at_address",
    "tracked_case",
]
