"""The only readers of this room: what was sent on, and the directory of help."""

from moothall.partners.queries.directory import HelpLine, HelpPage, help_page, search_help, topics
from moothall.partners.queries.referrals import ReferralLine, case_of_photo, referrals_of, referrals_open

__all__ = [
    "HelpLine",
    "HelpPage",
    "ReferralLine",
    "case_of_photo",
    "help_page",
    "referrals_of",
    "referrals_open",
    "search_help",
    "topics",
]
