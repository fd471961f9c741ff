"""Fixtures that any test may use."""

from __future__ import annotations

import pytest
from hypothesis import settings

from scenarios import tiny as write_tiny

# The first call compiles; a deadline would time that.
settings.register_profile("polemos", deadline=None)
settings.load_profile("polemos")


@pytest.fixture
def tiny(tmp_path):
    """Folder of a small invented war (see `scenarios.FILES`)."""
    return write_tiny(tmp_path)
