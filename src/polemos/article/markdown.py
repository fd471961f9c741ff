"""Markdown to plain text: the front matter read, the marks of headings, links and stress taken out."""

from __future__ import annotations

import datetime
import re

FRONT = re.compile(
    r"\s*---[ \t]*\r?\n(?P<head>(?:[\w-]+[ \t]*:[^\n]*\n|[ \t]+\S[^\n]*\n|-[ \t][^\n]*\n|#[^\n]*\n|[ \t]*\r?\n){1,60}?)"
    r"(?:---|\.\.\.)[ \t]*(?:\r?\n|$)"
)
LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\((?:https?://|/|\#|mailto:)[^()\s]{0,2000}(?:[ \t]+\"[^\"\n]{0,200}\")?\)")


def front_matter(text: str) -> tuple[str, datetime.date | None, str]:
    """Title and date of the front matter of a text, and the text without it; empty and None where it has none."""
    front = FRONT.match(text[:20_000])
    if front is None:
        return "", None, text
    pairs = dict(re.findall(r"^(\w+)[ \t]*:[ \t]*(\S.*?)\s*$", front["head"], re.MULTILINE))
    fields = {name.lower(): value.strip("'\"") for name, value in pairs.items()}
    date = None
    for name in ("date", "published", "created"):
        try:
            date = date or datetime.date.fromisoformat(fields.get(name, "")[:10])
        except ValueError:
            continue
    # An empty line in place of each of the head's keeps the numbers of lines.
    return fields.get("title", "")[:300], date, "\n" * front[0].count("\n") + text[front.end() :]


def unmarked(text: str) -> str:
    """A text of Markdown without its marks; lines stay lines."""
    text = LINK.sub(r"\1", text)
    text = re.sub(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]{0,3}>[ \t]?", "", text, flags=re.MULTILINE)
    return re.sub(r"(?<![\w*])(\*\*|__|\*|_)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1(?![\w*])", r"\2", text)
