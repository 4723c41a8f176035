"""The only readers of this room: what was sent on, and the directory of help."""

from moothall.partners.queries.directory import HelpLine, HelpPage, help_named, help_page, search_help, topics
from moothall.partners.queries.helping import (
    Answering,
    PartnerPage,
    PersonReferralLine,
    answering,
    cases_of_references,
    partner_page,
    person_referrals_of,
)
from moothall.partners.queries.referrals import ReferralLine, case_of_photo, referrals_of, referrals_open
from moothall.partners.queries.served import Wanted, changed_at, help_beside, served, served_one, topics_served

__all__ = [
    "Answering",
    "HelpLine",
    "HelpPage",
    "PartnerPage",
    "PersonReferralLine",
    "ReferralLine",
    "Wanted",
    "answering",
    "case_of_photo",
    "cases_of_references",
    "changed_at",
    "help_beside",
    "help_named",
    "help_page",
    "partner_page",
    "person_referrals_of",
    "referrals_of",
    "referrals_open",
    "search_help",
    "served",
    "served_one",
    "topics",
    "topics_served",
]
