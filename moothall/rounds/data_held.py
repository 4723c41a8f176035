"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "rounds.Flag",
    purpose="A crew must not pass this door; of a list it goes with the class door",
    kept="case",
    special="uprn kind note",
    plain="begins ends source",
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
