"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

ROOM = "notifications"

holds(
    "notifications.Message",
    purpose="To tell her what happens",
    kept="message",
    special="subject body values reasons format language",
    personal="to customer_id given key provider_id error headers",
    plain="sending_by settlement",
    room=ROOM,
)
holds_nobody("What providers said of messages", "notifications.Receipt", kept="message")
holds(
    "notifications.Stopped",
    purpose="To write nothing more to who said STOP",
    basis=Basis.LEGAL,
    kept="for-ever",
    personal="value",
    not_copied="Whose the address is, is not written here.",
    stays="Without it we would write again to who asked us not to.",
)
holds(
    "notifications.Quarantined",
    purpose="To mend what could not be read",
    kept="quarantine",
    personal="raw details reason",
    plain="settlement",
    not_copied="It could not be read, so nobody knows whose it is; gone after the pack’s months.",
    stays="It could not be read, so nobody knows whose it is; gone after the pack’s months.",
)
