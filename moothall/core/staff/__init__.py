"""The people who work here: their accounts, what their roles let them do, and signing in."""

from moothall.core.staff.accounts import (
    CannotKeep,
    change_own_password,
    change_staff,
    close_staff,
    create_staff,
    new_password,
    open_staff,
    reset_password,
    reset_second_factor,
)
from moothall.core.staff.actor import actor_of_client, actor_of_staff, permissions_of
from moothall.core.staff.clients import ClientLine, close_client, create_client, list_clients
from moothall.core.staff.demo import DemoStaff, ensure_demo_staff
from moothall.core.staff.queries import (
    StaffLine,
    list_staff,
    names_of,
    skills_of,
    staff_id_of,
    staff_line,
    staff_names,
    staff_of_team,
    team_codes_of,
    username_of,
)

__all__ = [
    "CannotKeep",
    "ClientLine",
    "DemoStaff",
    "StaffLine",
    "actor_of_client",
    "actor_of_staff",
    "change_own_password",
    "change_staff",
    "close_client",
    "close_staff",
    "create_client",
    "create_staff",
    "ensure_demo_staff",
    "list_clients",
    "list_staff",
    "names_of",
    "new_password",
    "open_staff",
    "permissions_of",
    "reset_password",
    "reset_second_factor",
    "skills_of",
    "staff_id_of",
    "staff_line",
    "staff_names",
    "staff_of_team",
    "team_codes_of",
    "username_of",
]
