"""What this room holds of people."""

from moothall.core.data_map import Basis, holds

holds(
    "customer_monitoring.MonitoringAnswer",
    purpose="To see whether everybody is served alike",
    basis=Basis.CONSENT,
    kept="monitoring",
    special="pseudonym question answer",
    plain="quarter",
    room="monitoring",
)
