"""Matching: whether two records speak of the same person, how sure we are, and why."""
