"""Copy a finished board into the book: python tools/board_page.py FOLDER.

FOLDER is what `polemos board --out FOLDER` wrote. Its protocol, tables and pictures go to docs/board/, the mean skill
over wars into docs/board.md, between its markers, and the rows of the wars that ship to where their pages look them up.
Nothing is computed here.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path
from typing import Any

from polemos.forecasters.registry import NAME_OF_STRICT

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "docs" / "board"
FILES = ("protocol.json", "board.md", "board.svg", "means.svg")
PAGES = (ROOT / "docs" / "board.md",)
PACKAGE = ROOT / "src" / "polemos"
LIBRARY_BOARD = PACKAGE / "report" / "page" / "library_board.json"
SHOWN = ("war", "lead", "forecaster", "best_rule", "skill")


def tables(markdown: str) -> dict[str, str]:
    """The tables of a board by their titles, each with what stands below it up to the next title."""
    parts = re.split(r"(?m)^\*\*(.+?)\*\*$", markdown)
    return {title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def filled(page: str, table: str) -> str:
    """A page with the table between its markers. Raises `ValueError` where the page has not one pair of markers."""
    text, count = re.subn(
        r"(?s)(<!-- board -->\n).*?(<!-- /board -->)", lambda marks: f"{marks[1]}{table}\n{marks[2]}", page
    )
    if count != 1:
        raise ValueError("the page has not one pair of markers <!-- board --> and <!-- /board -->")
    return text


def library_rows(board: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a page says of earlier forecasts, by war that ships: digest of the record, number of origins, rows.

    The strict variant is left out: a reader of one war has no use for a second forecast that is a point apart.
    """
    return {
        name: {
            "origins": len(war["origins"]),
            "record": war["digest"],
            "rows": [
                {key: row[key] for key in SHOWN}
                for row in board["rows"]
                if row["war"] == name and row["forecaster"] != NAME_OF_STRICT
            ],
        }
        for name, war in board["protocol"]["wars"].items()
        if (PACKAGE / "library" / name).is_dir()
    }


def copy(folder: Path, book: Path, pages: tuple[Path, ...]) -> None:
    """Copy the files of a board, and fill the pages with its first table: mean skill over wars."""
    first = next(iter(tables((folder / "board.md").read_text(encoding="utf-8")).values()))
    texts = {page: filled(page.read_text(encoding="utf-8"), first) for page in pages}
    book.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(folder / name, book / name)
    for page, text in texts.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="what `polemos board --out FOLDER` wrote")
    parser.add_argument("--to", type=Path, help="another folder for the files; then no page is filled")
    options = parser.parse_args()
    copy(options.folder, options.to or BOOK, () if options.to else PAGES)
    if not options.to:
        rows = library_rows(json.loads((options.folder / "board.json").read_text(encoding="utf-8")))
        LIBRARY_BOARD.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
