"""The capture hazard: what a front looks like, what the record teaches of it, and how it is simulated."""
