"""A conversation: the one dialogue, asked by call or by text. Everything here is pure; `intake.actions.talking` writes."""
