"""Names of the events this sub-room records. Their data are ids, codes and numbers only."""

READ = "delivery.read"
LINKED = "record.linked"
UNLINKED = "record.unlinked"
MERGED = "customer.merged"
UNMERGED = "customer.unmerged"
APART = "customer.kept_apart"
PAIR = "pair.decided"
