<<<<<<< HEAD
"""What this room holds of people."""

from moothall.core.data_map import holds

holds(
    "customer_colleagues.Colleague",
    purpose="Colleagues and councillors ask the council as anybody does",
    kept="staff",
    room="colleagues",
    personal="customer",
    plain="wards",
=======
"""What this sub-room holds of people."""

from moothall.core.data_map import Basis, holds

holds(
    "customer_colleagues.Colleague",
    purpose="A colleague or councillor is a customer of internal services too",
    basis=Basis.CONTRACT,
    kept="staff",
    personal="customer",
    plain="wards",
    whose="staff",
    not_copied="That the record is a colleague’s is told with her account as one.",
    stays="Ids only, and no longer than somebody works here or sits.",
>>>>>>> 4ad6a88 (Say what tills and colleagues' records hold of people)
)
