"""Reading people's records."""

from moothall.customers.queries.card import (
    ConsentReceipt,
    ConsentView,
    CustomerCard,
    NeedView,
    PointView,
    WarningView,
    consent_receipts,
    customer_card,
    household_at,
    ids_of,
    names_of,
    people_at,
    survivor_of,
)
from moothall.customers.queries.finding import (
    CustomerLine,
    customer_with_reference,
    customers_at,
    customers_with_ids,
    find_customers,
)
from moothall.customers.queries.looks import (
    LookLine,
    customer_of_reference,
    looks,
    looks_between,
    looks_of,
    references_of,
)
from moothall.customers.queries.organisations import Alike, is_organisation, organisations_alike, organisations_like

__all__ = [
    "Alike",
    "ConsentReceipt",
    "ConsentView",
    "CustomerCard",
    "CustomerLine",
    "LookLine",
    "NeedView",
    "PointView",
    "WarningView",
    "consent_receipts",
    "customer_card",
    "customer_of_reference",
    "customer_with_reference",
    "customers_at",
    "customers_with_ids",
    "find_customers",
    "household_at",
    "ids_of",
    "is_organisation",
    "looks",
    "looks_between",
    "looks_of",
    "names_of",
    "organisations_alike",
    "organisations_like",
    "people_at",
    "references_of",
    "survivor_of",
]
