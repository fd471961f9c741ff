"""Matching names of places and organisations, in tables and in prose."""
