"""What this room holds of people."""

from moothall.core.data_map import holds

holds(
    "customer_colleagues.Colleague",
    purpose="Colleagues and councillors ask the council as anybody does",
    kept="staff",
    room="colleagues",
    personal="customer",
    plain="wards",
)
