"""Charts as Altair objects and as files."""
