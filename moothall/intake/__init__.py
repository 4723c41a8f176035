"""The front door itself: recognise, run the dialogue, record the contact, open or join the case, answer with the promise."""
