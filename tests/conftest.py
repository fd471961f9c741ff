"""Fixtures that any test may use."""

from __future__ import annotations

import pytest

from scenarios import tiny as write_tiny


@pytest.fixture
def tiny(tmp_path):
    """Folder of a small invented war (see `scenarios.FILES`)."""
    return write_tiny(tmp_path)
