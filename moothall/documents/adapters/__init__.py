"""Scanners of files, one folder a vendor."""
