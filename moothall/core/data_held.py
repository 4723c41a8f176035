"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

STAFF = "Not a customer’s: colleagues ask the council as their employer."

holds(
    "core.Staff",
    purpose="Colleagues sign in and act under their name",
    basis=Basis.CONTRACT,
    kept="staff",
    personal="password username name email oidc_subject",
    plain="role_codes team_codes skill_codes",
    whose="staff",
    not_copied=STAFF,
    stays=STAFF,
)
holds(
    "core.Event",
    purpose="History, audit and figures, by ids and codes only",
    kept="event",
    personal="customer_id",
    plain="tx name subject_kind data",
    not_copied="Told as the time line, the looks and the cases themselves.",
    stays="Holds ids and codes only; without the record an id leads to nobody. The chain of seals would break.",
)
holds(
    "core.IdempotencyKey",
    purpose="A form sent twice acts once",
    kept="technical",
    personal="answer fingerprint",
    plain="scope",
    not_copied="Ids and codes of what the other tables hold.",
    stays="Ids and codes, never what was told of a person; gone after a month.",
)
holds(
    "core.Job",
    purpose="Work that waits",
    kept="technical",
    personal="arguments",
    plain="name lock once claimed_by error",
    not_copied="Ids of what the other tables hold.",
    stays="Ids; deleted when done.",
)
holds(
    "core.Attempt",
    purpose="Guessing at secrets is slowed down",
    kept="technical",
    personal="bucket",
    plain="scope",
    not_copied="A digest that leads back to nobody.",
    stays="A digest, gone within days.",
)
holds_nobody(
    "How far readers of the feed have come", "core.Cursor", "core.Heartbeat", "core.Schedule", kept="technical"
)
holds_nobody("Other systems that may call us", "core.ApiClient")
holds_nobody(
    "Services of others that do not answer just now, or are back", "core.AwayService", "core.CameBack", kept="technical"
)
holds_nobody("Proof that events are as they were", "core.EventSeal", kept="event")
holds_nobody("The council as data", "core.PackVersion")
for table, named, not_named in (
    ("otp_totp.TOTPDevice", "name", "t0 last_t"),
    ("otp_static.StaticDevice", "name", ""),
    ("otp_static.StaticToken", "token", ""),
):
    holds(
        table,
        purpose="Second factor of colleagues",
        basis=Basis.CONTRACT,
        kept="staff",
        personal=named,
        plain=not_named,
        whose="staff",
        not_copied=STAFF,
        stays=STAFF,
    )
holds(
    "sessions.Session",
    purpose="Staying signed in",
    kept="technical",
    personal="session_data",
    plain="session_key",
    not_copied="A ticket of one browser.",
    stays="Ends by itself within hours, and at once when an account is closed.",
)
holds_nobody("Django’s own list of tables", "contenttypes.ContentType", "auth.Permission", "auth.Group")
