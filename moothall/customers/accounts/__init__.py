"""Accounts: how a resident proves step by step who she is, and comes back to what is hers."""
