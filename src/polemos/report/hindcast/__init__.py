"""Hindcasts and boards as tables, charts and Markdown."""
