"""The crews' audience: an app that works all day without a signal, and what its devices send and fetch."""
