"""Case, task, assignment, escalation, closing."""
