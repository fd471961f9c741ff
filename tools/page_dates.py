"""How often `polemos read` dates a page right: python tools/page_dates.py FOLDER [--own].

FOLDER is `tests/` of a checkout of htmldate (Apache-2.0, github.com/adbar/htmldate), whose eval_*.json give 1,000 pages
of many languages and their days. `--own` measures the rules that stand in where the extra `read` is not installed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from polemos.article import extraction
from polemos.article.read_article import read_article
from polemos.article.webpage import ArticleError


def day_of(path: Path) -> str:
    """The day that is read of a page; empty where there is none."""
    try:
        return str(read_article(path).date or "")
    except ArticleError:
        return ""


def main() -> None:
    """Print, for each list of pages, how many are dated right, wrong and not at all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--own", action="store_true", help="without htmldate")
    asked = parser.parse_args()
    if asked.own:
        extraction.is_installed = lambda: False
    print("| pages | read | right | wrong | none | share right |\n|---|---|---|---|---|---|")
    for table in sorted(asked.folder.glob("eval_*.json")):
        days = {}
        for page in json.loads(table.read_text(encoding="utf-8")).values():
            for place in ("cache", "eval", "test_set"):
                path = asked.folder / place / page["file"]
                if path.is_file():
                    days[path] = page["date"] or ""
        found = [(day_of(path), day) for path, day in days.items()]
        right = sum(a == b for a, b in found)
        none = sum(a == "" and b != "" for a, b in found)
        share = f"{right / len(found):.2f}" if found else ""
        print(f"| {table.stem} | {len(found)} | {right} | {len(found) - right - none} | {none} | {share} |")


if __name__ == "__main__":
    main()
