"""Counterfactuals: wars simulated with and without a change, every draw shared."""
