"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "rounds.Flag",
    purpose="A crew must not pass this door",
    kept="case",
    special="uprn kind",
    plain="begins ends",
    room="rounds",
)
holds_nobody(
    "Rounds and what crews recorded, by premises",
    "rounds.Collection",
    "rounds.Stop",
    "rounds.StreetPlan",
    "rounds.CabEvent",
    kept="round",
)
