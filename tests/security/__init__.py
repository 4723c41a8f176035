"""Attacks tried against the whole product, kept so that what held goes on holding."""
