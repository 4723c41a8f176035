"""My account: coming in, proving who one is, and what is one's own."""
