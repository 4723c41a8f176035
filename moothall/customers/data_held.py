"""What this room holds of people."""

from moothall.core.data_map import Basis, holds

KNOW = "To know who somebody is and how to reach her"
ROOM = "customers"

holds(
    "customers.Customer",
    purpose=KNOW,
    kept="customer",
    room=ROOM,
    personal="title given_name family_name organisation_name date_of_birth search uprn address_text language"
    " preferred_channel preferred_format joined_to",
    plain="proof company_number sealed",
)
holds(
    "customers.NameWord",
    purpose="To find people by words of their name, mistyped too",
    kept="customer",
    personal="word keys",
    room=ROOM,
    not_copied="Words alone, which say nothing of whose they are; her own are in her record.",
)
holds(
    "customers.ContactPoint", purpose=KNOW, kept="customer", personal="customer value shown", plain="sealed", room=ROOM
)
holds("customers.Need", purpose="To serve her as she needs", kept="customer", special="customer code note", room=ROOM)
holds(
    "customers.Warning",
    purpose="To keep her and our people safe",
    kept="warning",
    personal="customer code note",
    plain="visible_to_roles review_on",
    room=ROOM,
)
holds(
    "customers.Consent",
    purpose="To do what she agreed to",
    basis=Basis.CONSENT,
    kept="customer",
    personal="customer code",
    plain="asked why withdrawn_channel",
    room=ROOM,
)
holds(
    "customers.Look",
    purpose="To answer for who looked at whom",
    basis=Basis.LEGAL,
    kept="look",
    personal="customer_id",
    room=ROOM,
    stays="Ids only; an auditor must still be able to say who looked.",
)
