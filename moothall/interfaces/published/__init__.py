"""Everyone: standards kept, definitions, open data."""
