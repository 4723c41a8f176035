"""Collection rounds: which bin goes when, how far the round has got, and what the crew recorded at the kerb."""
