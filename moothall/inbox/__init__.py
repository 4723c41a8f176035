"""What people write to us on any channel, and who deals with each piece of it."""
