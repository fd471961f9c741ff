"""Fixtures that any test may use."""

from __future__ import annotations

import pytest
from hypothesis import settings

from scenarios import tiny as write_tiny

# The first call compiles; a deadline would time that.
settings.register_profile("polemos", deadline=None)
settings.load_profile("polemos")


@pytest.fixture(autouse=True)
def no_width_of_a_terminal(monkeypatch):
    """What a command prints is as wide as in a pipe, whatever shell runs the tests."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def tiny(tmp_path):
    """Folder of a small invented war (see `scenarios.FILES`)."""
    return write_tiny(tmp_path)
