"""Standards, clocks and calendars: what was promised, and is it being kept."""
