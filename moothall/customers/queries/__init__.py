"""Reading people's records."""

from moothall.customers.queries.card import (
    ConsentView,
    CustomerCard,
    NeedView,
    PointView,
    WarningView,
    customer_card,
    household_at,
    names_of,
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

__all__ = [
    "ConsentView",
    "CustomerCard",
    "CustomerLine",
    "LookLine",
    "NeedView",
    "PointView",
    "WarningView",
    "customer_card",
    "customer_of_reference",
    "customer_with_reference",
    "customers_at",
    "customers_with_ids",
    "find_customers",
    "household_at",
    "looks",
    "looks_between",
    "looks_of",
    "names_of",
    "references_of",
    "survivor_of",
]
