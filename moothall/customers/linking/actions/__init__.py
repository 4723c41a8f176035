"""The only writers of the master index."""

from moothall.customers.linking.actions.changing import change_once, settle_telling
from moothall.customers.linking.actions.deliveries import accept_losses, receive, refuse_delivery
from moothall.customers.linking.actions.joining import keep_apart, merge, unmerge
from moothall.customers.linking.actions.linking import link_record, unlink_record
from moothall.customers.linking.actions.pairs import decide_pair, note_pair, settle
from moothall.customers.linking.actions.reaching import hear_point
from moothall.customers.linking.actions.refreshing import refresh
from moothall.customers.linking.actions.searching import (
    NothingToCompare,
    ask_for_search,
    search_all,
    search_firms,
    take_found,
)

__all__ = [
    "NothingToCompare",
    "accept_losses",
    "ask_for_search",
    "change_once",
    "decide_pair",
    "hear_point",
    "keep_apart",
    "link_record",
    "merge",
    "note_pair",
    "receive",
    "refresh",
    "refuse_delivery",
    "search_all",
    "search_firms",
    "settle",
    "settle_telling",
    "take_found",
    "unlink_record",
    "unmerge",
]
