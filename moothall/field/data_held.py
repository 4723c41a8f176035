"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

ROOM = "field"

holds(
    "field.Job",
    purpose="To send a crew to the right place",
    kept="case",
    personal="place_text uprn latitude longitude",
    plain="reference skill priority crew day from_day ended_by reason left",
    room=ROOM,
)
holds(
    "field.DeviceReport",
    purpose="To know what a crew did, found and said",
    kept="case",
    personal="words",
    plain="reason left latitude longitude told",
    room=ROOM,
)
holds_nobody(
    "Crews, their devices and days", "field.CrewDay", "field.Device", "field.JobPhoto", "field.PlanRun", kept="case"
)
