"""Every touch on every channel."""
