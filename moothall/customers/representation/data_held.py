"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "customer_representation.Representation",
    purpose="To know who may speak for whom",
    kept="customer",
    room="representation",
    personal="customer representative role ended_because",
    plain="areas services evidence since until",
)
holds_nobody("Which contact somebody spoke in", "customer_representation.Acting", kept="contact")
