"""Hindcasts: forecasts from past origins, kept on disk, and how good they were."""
