"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "reception.Visit",
    purpose="To call visitors in their turn, in the way that suits them",
    kept="contact",
    personal="customer_id shown_as phone find_by about",
    special="needs language",
    plain="centre day ticket how interpreter ended_because desk call_by",
    room="reception",
)
holds_nobody(
    "Tickets of the day, officers on duty, and who was called in",
    "reception.Line",
    "reception.Duty",
    "reception.ExpertAsk",
    kept="contact",
)
