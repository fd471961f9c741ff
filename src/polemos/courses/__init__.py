"""The courses that a war may take: its simulated wars, grouped by similarity."""
