"""The five councils' own packs."""
