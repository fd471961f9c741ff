"""Every tool of a checkout starts, says what it is for, and takes its options by one parser."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = (Path(__file__).parents[1] / "tools").glob("*.py")
TOOLS = sorted(path for path in SCRIPTS if "__main__" in path.read_text(encoding="utf-8"))
"""What is run; the other files are parts of a tool."""


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.stem)
def test_a_tool_says_how_it_is_used(tool):
    if tool.stem == "fuzz" and importlib.util.find_spec("atheris") is None:
        pytest.skip("needs atheris, which has no wheel for every Python")
    done = subprocess.run([sys.executable, tool, "--help"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()
