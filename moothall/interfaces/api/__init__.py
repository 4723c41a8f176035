"""Machines: the REST interface."""
