"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

UNKNOWN = "Nobody knows yet whose it is; all of it goes when the letter is filed, with which it is copied and erased."
holds(
    "postroom.Scan",
    purpose="To read what came by post and give it to whom it is for",
    kept="contact",
    special="name path sha256",
    plain="channel source error",
    not_copied=UNKNOWN,
    stays=UNKNOWN,
)
holds(
    "postroom.Sheet",
    purpose="To read what came by post and give it to whom it is for",
    kept="contact",
    special="path text codes filled",
    plain="language sure turned",
    not_copied=UNKNOWN,
    stays=UNKNOWN,
)
holds(
    "postroom.Original",
    purpose="To give back what is theirs",
    kept="contact",
    personal="customer_id description how",
    plain="kind",
    room="postroom",
)
holds_nobody("Where a letter went, by ids", "postroom.Letter", kept="contact")
holds_nobody("How forms are printed", "postroom.PrintedForm")
