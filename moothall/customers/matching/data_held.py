"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds(
    "customer_matching.PersonKey",
    purpose="To find that two records are one person",
    kept="customer",
    room="matching",
    personal="customer_id keys given given_roots given_sound middles family family_parts family_sound generation dob sex"
    " phones emails email_name uprn number street locality postcode outward id_number other other_2",
    plain="source",
)
holds(
    "customer_matching.FirmKey",
    purpose="To find that two records are one organisation",
    kept="customer",
    room="matching",
    personal="customer_id keys name postcode company_number charity_number vat_number uprn",
    plain="source",
)
holds_nobody("Weights learnt, without the records", "customer_matching.TrainedModel", "customer_matching.TermShare")
