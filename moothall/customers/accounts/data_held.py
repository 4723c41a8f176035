"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "accounts"
IN = "To let her, and nobody else, into what is hers"
HERS_ALONE = "A secret of hers or its digest: copying it would weaken it."

holds("customer_accounts.Account", purpose=IN, kept="account", personal="customer_id password", room=ROOM)
holds("customer_accounts.SignInPoint", purpose=IN, kept="account", personal="value", room=ROOM)
holds("customer_accounts.Code", purpose=IN, kept="technical", personal="value", room=ROOM, not_copied=HERS_ALONE)
holds("customer_accounts.Identity", purpose=IN, kept="account", personal="subject", plain="issuer trust", room=ROOM)
holds(
    "customer_accounts.Passkey",
    purpose=IN,
    kept="account",
    personal="name credential_id public_key",
    plain="sign_count",
    room=ROOM,
)
holds(
    "customer_accounts.Authenticator",
    purpose=IN,
    kept="account",
    personal="secret spare_codes",
    plain="last_step",
    room=ROOM,
    not_copied=HERS_ALONE,
)
holds(
    "customer_accounts.Verification",
    purpose="To know that she showed who she is",
    kept="account",
    personal="customer_id evidence revoked_because",
    plain="level",
    room=ROOM,
)
holds_nobody("Which case was brought into which account", "customer_accounts.Claim", kept="account")
