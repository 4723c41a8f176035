"""The same words in another form: read aloud, in Braille. Each is offered only where this machine can make it."""
