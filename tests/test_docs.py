"""What the docs say is what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WRITTEN = runpy.run_path(str(ROOT / "tools" / "docs.py"))["pages"]()


@pytest.mark.parametrize("path", WRITTEN)
def test_a_written_page_is_what_the_code_says(path):
    assert (ROOT / "docs" / path).read_text(encoding="utf-8") == WRITTEN[path], "run: python tools/docs.py"
