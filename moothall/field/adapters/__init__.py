"""Optimisers, one package each."""
