"""Announcements: one word for what fails for many at once, told before they call."""
