"""Write what the docs say of files from the table of attributes: `python tools/docs.py`."""

from __future__ import annotations

from pathlib import Path

from polemos.scenario.schema import markdown

PAGE = Path(__file__).parent.parent / "docs" / "scenario-files.md"
HEAD = """# The files of a scenario

A scenario is a folder. Tables are CSV with a header, settings YAML; columns may come in any order, rows too. This page
is written from the table that the checks use (`python tools/docs.py`); `polemos check FOLDER` reports every error.

"""


def text() -> str:
    """The page."""
    return HEAD + markdown()


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text(), encoding="utf-8")
