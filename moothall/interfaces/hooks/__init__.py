"""Call-backs from providers."""
