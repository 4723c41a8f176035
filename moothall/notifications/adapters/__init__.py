"""One folder per vendor who carries messages."""
