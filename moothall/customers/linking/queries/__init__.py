"""The only readers of the master index."""

from moothall.customers.linking.queries.changes import ChangeView, TellingTask, changes_of, telling_tasks
from moothall.customers.linking.queries.deliveries import DeliveryLine, DeliveryPage, deliveries, delivery_page
from moothall.customers.linking.queries.hers import not_used, speaking_for, spoken_for, used_points
from moothall.customers.linking.queries.households import Housemate, household_of
from moothall.customers.linking.queries.likely import likely_customers
from moothall.customers.linking.queries.pairs import (
    DecidedLine,
    PairLine,
    PairPage,
    UnsettledLine,
    Weighing,
    decided_lately,
    next_pair,
    pair_page,
    pairs_waiting,
    unsettled,
    weighing_figures,
)
from moothall.customers.linking.queries.runs import RunLine, runs_lately
from moothall.customers.linking.queries.sources import SourceLine, sources
from moothall.customers.linking.queries.summaries import JoinedLine, SystemSummary, joined_of, summaries_of

__all__ = [
    "ChangeView",
    "DecidedLine",
    "DeliveryLine",
    "DeliveryPage",
    "Housemate",
    "JoinedLine",
    "PairLine",
    "PairPage",
    "RunLine",
    "SourceLine",
    "SystemSummary",
    "TellingTask",
    "UnsettledLine",
    "Weighing",
    "changes_of",
    "decided_lately",
    "deliveries",
    "delivery_page",
    "household_of",
    "joined_of",
    "likely_customers",
    "next_pair",
    "not_used",
    "pair_page",
    "pairs_waiting",
    "runs_lately",
    "sources",
    "speaking_for",
    "spoken_for",
    "summaries_of",
    "telling_tasks",
    "unsettled",
    "used_points",
    "weighing_figures",
]
