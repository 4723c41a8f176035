"""The only readers of cases, by screen: lists, one case, tracking, a person's."""

from moothall.cases.queries.joined import cases_under, joined_chain
from moothall.cases.queries.lists import (
    CaseFilter,
    CaseLine,
    asked_at_address,
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
    raised_at_address,
    tasks_of_team,
)
from moothall.cases.queries.page import CasePage, NoteLine, TaskLine, case_page
from moothall.cases.queries.sealed import sealed_by_reference, sealed_cases_of, sealed_kind
from moothall.cases.queries.tracking import TrackedCase, case_with, decided_of, proven_case, tracked_case
from moothall.cases.queries.wards import FEW, AreaCount, open_in_area
from moothall.cases.queries.work import QueueFilter, late_cases, pressing_cases, queue, teams_with_work

__all__ = [
    "FEW",
    "AreaCount",
    "CaseFilter",
    "CaseLine",
    "CasePage",
    "NoteLine",
    "QueueFilter",
    "TaskLine",
    "TrackedCase",
    "asked_at_address",
    "case_page",
    "case_with",
    "cases_by_id",
    "cases_made_with",
    "cases_of",
    "cases_opened_in",
    "cases_under",
    "decided_of",
    "find_by_reference",
    "hidden_among",
    "hidden_cases",
    "is_case_of",
    "joined_chain",
    "late_cases",
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
    "tracked_case",
]
