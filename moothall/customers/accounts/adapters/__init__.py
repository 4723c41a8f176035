"""Identity providers, one folder for each way they speak."""
