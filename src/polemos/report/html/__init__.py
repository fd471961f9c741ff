"""The markup of pages."""
