"""From an account to an actor: the roles of the pack say what it may do."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from moothall.core.access import IMPLIED
from moothall.core.actors import Actor, ActorKind
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.packs.sections import ROLES
from moothall.core.rows import prepared_cursor

TOKEN_PREFIX = "mth_"  # noqa: S105  tells our tokens from others in a leak scanner; not a secret


def permissions_of(role_codes: Iterable[str], pack: Pack) -> frozenset[str]:
    """Return all that these roles may do. A role the pack no longer has lets nobody do anything."""
    roles = pack.of(ROLES)
    return frozenset(permission for code in role_codes if code in roles for permission in roles[code].may)


def actor_of_staff(staff: Staff, pack: Pack, *, purpose: str = "service") -> Actor:
    """Return the actor for a member of staff; an account that is closed may do nothing."""
    roles = frozenset(staff.role_codes)
    return Actor(
        kind=ActorKind.STAFF,
        id=staff.id,
        name=staff.name,
        roles=roles,
        teams=frozenset(staff.team_codes),
        permissions=permissions_of(roles, pack) if staff.is_active else frozenset(),
        purpose=purpose,
    )


def token_digest(token: str) -> str:
    """Return what is kept of a token. A token is 32 random bytes, so one SHA-256 is enough (nothing to guess)."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_client(token: str, *, at: datetime, purpose: str = "service") -> Actor | None:
    """Return the actor for another system's token, or ``None`` when it is unknown, closed or run out."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT id, name, team_codes, scopes, expires_at FROM core_apiclient WHERE token_digest = %s AND is_active",
            [token_digest(token)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    id_, name, team_codes, scopes, expires_at = row
    if expires_at is not None and expires_at <= at:
        return None
    permissions = frozenset(scopes).union(*(IMPLIED.get(scope, frozenset()) for scope in scopes))
    return Actor(
        kind=ActorKind.PARTNER, id=id_, name=name, teams=frozenset(team_codes), permissions=permissions, purpose=purpose
    )
