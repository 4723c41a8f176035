"""Conversations as they go: calls by the telephone menu, and texts."""
