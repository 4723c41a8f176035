"""People and organisations, their needs, preferences and consent, and who looked."""
