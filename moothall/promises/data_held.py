"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "promises.Promise",
    purpose="To keep what was promised, and say so",
    kept="case",
    personal="customer_id",
    plain="subject_kind terms",
    not_copied="Told with the case it was made for.",
    stays="Dates and codes; the id leads to nobody.",
    room="",
)
holds_nobody("The facts of a promise’s clock, by codes", "promises.ClockFact", "promises.RedressOwed", kept="case")
