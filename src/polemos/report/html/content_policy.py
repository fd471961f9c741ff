"""The content security policy of a page: it runs only the scripts and styles that it was written with.

Each script and style sheet of the page is named by its SHA-256, so a browser refuses any that somebody slips in, and
every address outside. `style` attributes are let in: marks get their places and colours so, and they can load nothing.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode

MARK = "content-policy-of-this-page"
"""Stands in the page where its policy goes, once, before anything that is not the program's own."""
META = f'<meta http-equiv="Content-Security-Policy" content="{MARK}">'
SCRIPT, STYLE = (re.compile(rf"<{tag}>(.*?)</{tag}>", re.DOTALL) for tag in ("script", "style"))


def sealed(page: str, images: str = "data:") -> str:
    """A page with the policy that fits it instead of `MARK`. `images` are the sources that images may have."""
    directives = (
        "default-src 'none'",
        _only("script-src", SCRIPT, page),
        _only("style-src", STYLE, page),
        "style-src-attr 'unsafe-inline'",
        f"img-src {images}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    policy = "; ".join(directives)
    # Text of others has no bare quotation marks.
    return page.replace(f'content="{MARK}"', f'content="{policy}"', 1)


def _only(directive: str, element: re.Pattern[str], page: str) -> str:
    """A directive that lets in the elements of the page, by the hash of their text."""
    digests = (b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in element.findall(page))
    hashes = [f"'sha256-{digest}'" for digest in dict.fromkeys(digests)]
    return " ".join((directive, *(hashes or ["'none'"])))
