"""Signing in to the desk and the console, and what is said when someone may not come in."""
