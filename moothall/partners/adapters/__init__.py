"""The systems of others, a package for each way to speak to them."""
