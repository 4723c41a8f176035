"""Advisers and officers, with a caller on the line."""
