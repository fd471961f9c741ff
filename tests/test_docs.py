"""What the docs say is what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_page_on_files_is_written_from_the_table_of_attributes():
    page = (ROOT / "docs" / "scenario-files.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(ROOT / "tools" / "docs.py"))["text"](), "run: python tools/docs.py"
