"""Measures over events: read models, never a typed figure."""
