"""The master index: what other systems say of people, whom each record speaks of, and how that is taken back."""
