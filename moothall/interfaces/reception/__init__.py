"""Reception: booking visitors in, who waits, the officer's own desk, the floor, and the screen in the room."""
