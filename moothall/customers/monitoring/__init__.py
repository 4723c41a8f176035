"""Equalities monitoring: answers given freely, kept apart from who gave them, read only as sums."""
