"""Messages out and receipts back: queued once, sent once, shown when in doubt."""
