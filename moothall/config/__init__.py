"""Settings, urls and server entry points; nothing else knows the environment."""
