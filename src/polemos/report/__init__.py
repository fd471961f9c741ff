"""Charts, maps and pages of results."""
