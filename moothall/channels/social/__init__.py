"""Posts and direct messages of social networks."""
