"""The only writers of people's records. Each runs in one transaction and records what happened."""

from moothall.customers.actions.details import (
    add_need,
    add_warning,
    end_need,
    end_warning,
    give_consent,
    review_warning,
    withdraw_consent,
)
from moothall.customers.actions.importing import ImportedCustomer, import_customers
from moothall.customers.actions.looking import log_look, log_shown
from moothall.customers.actions.reaching import points_proved, points_unproved
from moothall.customers.actions.record import (
    add_contact_point,
    change_customer,
    create_customer,
    remove_contact_point,
    resume_contact_point,
    stop_contact_point,
)

__all__ = [
    "ImportedCustomer",
    "add_contact_point",
    "add_need",
    "add_warning",
    "change_customer",
    "create_customer",
    "end_need",
    "end_warning",
    "give_consent",
    "import_customers",
    "log_look",
    "log_shown",
    "points_proved",
    "points_unproved",
    "remove_contact_point",
    "resume_contact_point",
    "review_warning",
    "stop_contact_point",
    "withdraw_consent",
]
