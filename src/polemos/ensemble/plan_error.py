"""The error of a plan, apart from plans, so that who reports one need not import the model."""

from __future__ import annotations


class PlanError(ValueError):
    """A plan that makes no sense."""
