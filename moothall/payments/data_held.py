"""What this room holds of people."""

from moothall.core.data_map import Basis, holds, holds_nobody

BOOKS = "The council’s accounts: the law has it keep its books for six years after the year they are of."

holds(
    "payments.Intent",
    purpose="To be paid, and show what for",
    basis=Basis.LEGAL,
    kept="payment",
    personal="customer_id lines",
    plain="description amount_pence vat_pence deposit_pence why_void income",
    room="payments",
    stays=BOOKS,
)
holds(
    "payments.Refund",
    purpose="To give money back",
    basis=Basis.LEGAL,
    kept="payment",
    personal="note",
    plain="amount_pence reason provider_id error",
    room="payments",
    stays=BOOKS,
)
holds(
    "payments.Attempt",
    purpose="To be paid",
    basis=Basis.LEGAL,
    kept="payment",
    personal="provider_id next_url call",
    plain="amount_pence failure fee_pence",
    room="payments",
    stays=BOOKS,
)
holds(
    "payments.Deposit",
    purpose="To give a deposit back, or say why some of it was kept",
    basis=Basis.CONTRACT,
    kept="payment",
    personal="why",
    plain="pence kept_pence",
    room="payments",
    stays=BOOKS,
)
holds_nobody(
    "The books: accounts, amounts and the providers’ own numbers",
    "payments.Entry",
    "payments.Posting",
    "payments.Notice",
    "payments.Refusal",
    "payments.Statement",
    "payments.StatementLine",
    "payments.Difference",
    kept="payment",
)
holds(
    "payments.Mandate",
    purpose="Leave to take payments from an account",
    basis=Basis.CONTRACT,
    kept="payment",
    personal="customer_id holder sort_code account agreement",
    plain="scheme plan why_ended ended_by",
    room="payments",
    stays=BOOKS,
)
holds_nobody("What is taken when, by an agreement", "payments.Instalment", kept="payment")
holds(
    "payments.DebitFile",
    purpose="To take what was agreed, by the bank’s files",
    basis=Basis.CONTRACT,
    kept="payment",
    personal="content unknown",
    plain="name pence processing_on",
    not_copied="A file of many people; her own line is copied with her agreement.",
    stays=BOOKS,
)
holds_nobody(
    "Cash machines: what was put in and given out",
    "payments.Till",
    "payments.Sale",
    "payments.JournalLine",
    kept="payment",
)
