"""Visitors: who is here, in which queue, called to which desk, with which expert, and who left."""
