"""Administrators: packs, people, messages, jobs."""
