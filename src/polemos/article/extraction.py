"""Text and date of a page by trafilatura and htmldate, where the extra `read` is installed.

Barbaresi (2021), Trafilatura: a web scraping library; Barbaresi (2020), htmldate. What they may be asked is limited
here: time grows with the number of elements and their depth.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import Any

LARGEST_PAGE = 1_000_000
"""Characters of a page without its scripts that are given to the libraries."""

MOST_TAGS = 12_000
"""Tags of such a page."""

DEEPEST_PAGE = 100
"""Elements inside each other."""

MISSING = "text and date of the page were read by rules of our own; pip install 'polemos[read]' reads pages better"


def is_installed() -> bool:
    """Whether the extra `read` is installed."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("trafilatura", "htmldate", "lxml_html_clean"))


def fits(page: str) -> bool:
    """Whether a page may be small enough for the libraries once its scripts are out."""
    return len(page) < 5 * LARGEST_PAGE and page.count("<") - 2 * page.count("<script") < 3 * MOST_TAGS


def main_text(page: str, depth: int) -> list[str]:
    """Blocks of text of the article of a page (without scripts, `depth` elements deep); none where it is too large."""
    if len(page) > LARGEST_PAGE or page.count("<") > MOST_TAGS or depth > DEEPEST_PAGE:
        return []
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    document: Any = trafilatura.bare_extraction(page, include_comments=False, include_tables=True)
    return [] if document is None or document.body is None else list(_blocks(document.body))


def _blocks(body: Any) -> Iterator[str]:
    """Texts of the blocks of an extracted article, each once."""
    for element in body:
        inner = [child for child in element if child.tag in ("p", "item", "row", "quote", "list", "table", "head")]
        if inner:
            if element.text and element.text.strip():
                yield element.text
            yield from _blocks(element)
        else:
            yield (
                " ".join(" ".join(element.itertext()).split()) if element.tag == "row" else "".join(element.itertext())
            )
        if element.tail and element.tail.strip():
            yield element.tail


def printed_date(page: str) -> tuple[datetime.date | None, bool]:
    """The day on which a page was published, and whether it is a guess from the words of the page."""
    if len(page) > LARGEST_PAGE or page.count("<") > MOST_TAGS:
        return None, False
    import htmldate

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    for extensive in (False, True):
        text = htmldate.find_date(page, original_date=True, extensive_search=extensive)
        if text:
            return datetime.date.fromisoformat(text), extensive
    return None, False
