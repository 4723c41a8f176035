"""What people can book: courts, rooms, officers, crews and places in a session. Never twice, never more than there is."""
