"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "linking"
ONE = "To keep one record of each person, and be able to take it back"
SAYS = "To know what the council’s other systems hold"

holds_nobody("Lots of records that came", "customer_linking.Delivery", kept="record")
holds_nobody("How far feeds and folders were read", "customer_linking.Source")
holds(
    "customer_linking.RefusedRow",
    purpose="To mend what could not be read",
    kept="record",
    personal="raw",
    plain="reason",
    room=ROOM,
)
holds("customer_linking.SourceRecord", purpose=SAYS, kept="record", personal="fields summary own key", room=ROOM)
holds("customer_linking.RecordVersion", purpose=SAYS, kept="record", personal="raw", room=ROOM)
holds(
    "customer_linking.Link",
    purpose=ONE,
    kept="record",
    personal="customer parts reason undone_why",
    plain="weight",
    room=ROOM,
)
holds(
    "customer_linking.Merge",
    purpose=ONE,
    kept="record",
    personal="joined into parts reason undone_why",
    plain="weight",
    room=ROOM,
)
holds("customer_linking.Apart", purpose=ONE, kept="record", personal="one other reason", room=ROOM)
holds("customer_linking.Pair", purpose=ONE, kept="record", personal="one other parts reason", plain="weight", room=ROOM)
holds(
    "customer_linking.OwnValue",
    purpose=ONE,
    kept="record",
    personal="customer value shown",
    plain="field origin",
    room=ROOM,
)
holds(
    "customer_linking.Unsettled",
    purpose=ONE,
    kept="record",
    personal="settled_to",
    room=ROOM,
    not_copied="Says only that somebody has to decide whose a contact is; the contact is copied where it is.",
    stays="Ids only.",
)
holds(
    "customer_linking.Change",
    purpose="To tell every system once",
    kept="record",
    personal="customer values",
    plain="asked_by_kind",
    room=ROOM,
)
holds(
    "customer_linking.Telling",
    purpose="To know which system has heard",
    kept="record",
    personal="receipt reason",
    room=ROOM,
)

holds(
    "customer_linking.HouseholdTie",
    purpose="To know who lives together",
    kept="customer",
    personal="one other uprn ended_why",
    plain="relation",
    room=ROOM,
)

holds_nobody(
    "Pairs of records found in bulk, by id alone, until they are taken",
    "customer_linking.BulkRun",
    "customer_linking.FoundPair",
    kept="technical",
)
