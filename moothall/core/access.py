"""Policies: what an actor may see and do. Applied in ``queries.py`` and ``actions.py``, never in a template.

Permissions come from the pack's ``roles.yaml``. A case kind may be *restricted*: its rows are invisible (not merely
locked) to an actor without ``restricted.<kind>``.
"""

from moothall.core.actors import Actor, ActorKind


class Refused(PermissionError):
    """The actor may not do this. Shown as a plain page that says who can help; never says whether the thing exists."""


def require(actor: Actor, permission: str) -> None:
    """Let the actor pass, or raise ``Refused``."""
    if not actor.may(permission):
        raise Refused(f"You need the permission “{permission}” for this. Ask your team leader or an administrator.")


def restrictions_visible_to(actor: Actor) -> frozenset[str] | None:
    """Return the restricted kinds this actor may see; ``None`` means every kind (the system itself)."""
    if actor.kind is ActorKind.SYSTEM:
        return None
    prefix = "restricted."
    return frozenset(code.removeprefix(prefix) for code in actor.permissions if code.startswith(prefix))
