"""What this room holds of people."""

from moothall.core.data_map import holds

holds(
    "repairs.Order",
    purpose="To have homes repaired, and whoever is at risk first",
    kept="case",
    personal="what reason",
    special="why_at_risk",
    plain="contractor reference way kind service priority state since due_at offers starts_at ends_at their_reference raised",
    room="repairs",
)
holds(
    "repairs.Step",
    purpose="To know what a contractor said and when, and to show it to the tenant",
    kept="case",
    personal="words",
    plain="key kind by starts_at ends_at offers hazard",
    room="repairs",
)
holds(
    "repairs.Telling",
    purpose="To tell a contractor what changed, however long it takes to reach it",
    kept="case",
    plain="kind state trouble",
    room="repairs",
    not_copied="That a contractor was told; what it was told stands in the order, which is copied.",
)
