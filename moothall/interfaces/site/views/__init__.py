"""The public site's screens: parse, one action or query, render."""
