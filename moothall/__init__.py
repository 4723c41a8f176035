"""Moothall: one front door to a whole council."""

__version__ = "0.1.0"
