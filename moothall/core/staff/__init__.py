"""The people who work here: their accounts, what their roles let them do, and signing in."""

from moothall.core.staff.actor import actor_of_client, actor_of_staff, permissions_of

__all__ = ["actor_of_client", "actor_of_staff", "permissions_of"]
