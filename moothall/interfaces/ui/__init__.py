"""What every audience shares: layouts, components, styles, the Jinja environment."""
