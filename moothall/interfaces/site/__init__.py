"""Residents: find, ask, track, rate."""
