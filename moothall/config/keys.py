"""The keys of what is kept so that a copy of the database alone does not give it away."""

from __future__ import annotations

from moothall.config.env import Env

SHORTEST = 32


def keys_at_rest(env: Env, secret_key: str, *, production: bool) -> tuple[str, list[str]]:
    """Return the key of the equality answers' pseudonyms, and the keys that texts are locked with, the newest first."""
    equality = env.text(
        "MOOTHALL_EQUALITY_KEY",
        "The key of the pseudonyms that equality answers are kept under. Keep it away from the database and its copies.",
        default=f"{secret_key}:equality",
        shown="follows from the secret key",
    )
    follows = f"{secret_key}:data"
    data = env.listing(
        "MOOTHALL_DATA_KEYS",
        "The keys that bank accounts and secrets of apps are locked with, the newest first; each a random text of 32 "
        "characters or more. Keep them away from the database and its copies.",
        default=[follows],
        shown="follows from the secret key",
    )
    if production and any(len(one) < SHORTEST for one in data if one != follows):
        env.problem("MOOTHALL_DATA_KEYS", "holds a key that is too short: use at least 32 random characters for each.")
    return equality, data
