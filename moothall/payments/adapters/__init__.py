"""Providers of card payments: a folder for each, behind `payments.protocols`."""
