"""Repairs in council homes: orders to contractors, appointments, visits, follow-on work, and what must not be forgotten."""
