"""How each channel is used from a service's first question to its case, as somebody would use it."""
