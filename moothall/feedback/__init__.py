"""Ratings tied to service, channel and standard."""
