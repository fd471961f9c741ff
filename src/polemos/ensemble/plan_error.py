"""The error of a plan, in a file of its own so that reporting it does not import the model."""

from __future__ import annotations


class PlanError(ValueError):
    """A plan that makes no sense."""
