"""Published figures beside the model's, within the tolerances of `verification/`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "verification"
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "reading")))


@pytest.fixture(autouse=True)
def _beside(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    yield
    for name in (*NAMES, "reading", "run"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", NAMES)
def test_readings_are_within_their_tolerance(name):
    module = importlib.import_module(name)
    readings = module.readings()
    assert readings
    for reading in readings:
        assert reading.within, f"{reading.what}: published {reading.published:g}, model {reading.found:g}"
        assert "[" in reading.source


def test_every_file_is_run_and_described():
    run = importlib.import_module("run")
    assert set(run.NAMES) == set(NAMES)
    told = (HERE / "README.md").read_text()
    assert all(f"`{name}.py`" in told for name in NAMES)


def test_a_reading_outside_is_seen():
    reading = importlib.import_module("reading")
    assert not reading.Reading("x", 1.0, 1.2, 0.1, "[c]").within
    assert reading.Reading("x", 1.0, 1.05, 0.1, "[c]").within
