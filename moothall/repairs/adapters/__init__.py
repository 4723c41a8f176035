"""Ways to contractors."""
