"""The diffs of CONTRIBUTING.md apply to the tree as it is, and the tests that they bring pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DIFFS = re.findall(r"```diff\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git to apply a diff")
def test_the_diffs_of_the_page_apply_and_their_tests_pass(tmp_path):
    assert len(DIFFS) == 3
    skipped = shutil.ignore_patterns("__pycache__", "fuzz_cases", "test_*.py")
    for folder in ("src", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for diff in DIFFS:
        done = subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    brought = sorted((tmp_path / "tests").glob("test_*.py"))
    assert len(brought) == 3
    # Without compiling: the kernels of a changed tree would be compiled anew.
    changed = {"PYTHONPATH": str(tmp_path / "src"), "NUMBA_DISABLE_JIT": "1", "GIT_DIR": os.devnull}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, brought)]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | changed, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
