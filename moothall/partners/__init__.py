"""Who else looks after things: whose job it is, what was sent on, and the directory of help from others."""
