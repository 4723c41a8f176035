"""What people owe and pay: prices, payments, the ledger, refunds, reconciliation."""
