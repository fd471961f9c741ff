"""A page of HTML to its title, its date and the blocks of text that hold the article."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from polemos.article import extraction
from polemos.article.residue import is_residue

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

DEEPEST = 2_000
"""Elements inside each other; browsers stop at 512, and the parser's time grows with the square."""

TAGS = 1_000_000
"""Tags of a page."""

MOST = 1_500
"""Paragraphs of an article; the rest is cut."""

NODES = 200_000
"""Elements and texts of a page that are walked; the rest is cut."""

DROPPED = [
    *(
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
    ),
    *("button", "select", "input", "textarea", "nav", "footer", "aside", "head", "dialog", "menu"),
]
_BLOCK_WORDS = """
address article blockquote body caption center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5
h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCK_WORDS.split())
BLOATED = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)\s[^<>]{5000,}")
"""Tags with more attributes than anybody wrote; the parser compares each with each."""

SILENT = "script:not([type='application/ld+json']), style, template, svg, math, iframe, object, embed, canvas, noscript"
"""What a page does not show, and what no library need see."""

FEW = 250
"""Characters of text under which a page is read a second way."""

SHORT = 1_500
"""Characters under which an article may be the open part of a paid one."""

LARGEST_DATA = 2_000_000
"""Characters of one script of data that are read."""

PAID = re.compile(
    r"subscribe(?:rs)? (?:now |today )?(?:to|for) (?:continue|read|keep|unlock|full|unlimited)"
    r"|(?:only|exclusive(?:ly)?) (?:for|to) (?:our )?(?:subscribers|members)"
    r"|to (?:read|continue reading) (?:the (?:rest|full)|this) (?:of )?(?:this )?(?:article|story)"
    r"|already a (?:subscriber|member)|(?:log|sign) in to (?:read|continue)|premium (?:content|article)"
    r"|start your (?:free )?trial",
    re.IGNORECASE,
)
"""What stands where a paid article breaks off."""

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_OPEN_WORDS = """
a area base br col embed hr img input link meta param source track wbr p li dd dt td th tr option optgroup
tbody thead tfoot colgroup html head body
"""
UNNESTED = frozenset(_OPEN_WORDS.split())
"""Elements that have no end, or whose end may be left out."""


class ArticleError(ValueError):
    """A file that cannot be read as an article."""


def depth(text: str) -> int:
    """Elements inside each other in a page, from its tags alone; those whose end may be left out do not count."""
    now = deepest = 0
    for tag in TAG.finditer(text):
        if tag[2].lower() in UNNESTED:
            continue
        now = max(now - 1, 0) if tag[1] else now + 1
        deepest = max(deepest, now)
    return deepest


def page(text: str, remarks: list[str]) -> tuple[str, datetime.date | None, Iterable[str]]:
    """Title, date and blocks of text of a page."""
    from selectolax.lexbor import LexborHTMLParser

    tags = text.count("<")
    if tags > TAGS:
        raise ArticleError(
            f"the page has {tags:,} tags, more than the {TAGS:,} that are read; save its text and read that"
        )
    nested = depth(text)
    if nested > DEEPEST:
        raise ArticleError(
            f"the page nests {nested:,} elements, more than the {DEEPEST:,} that are read; save its text and read that"
        )
    tree = LexborHTMLParser(BLOATED.sub(r"<\1", text))
    data = [node.text() for node in tree.css("script[type='application/ld+json']")] if "ld+json" in text else []
    title, date = _title(tree.root), _date(tree.root, text)
    stored, is_paid = article_data(data)
    # Pages of some servers stand in one form from end to end.
    tree.unwrap_tags(["form"])
    blocks: Sequence[str] = ()
    if not extraction.is_installed():
        remarks.append(extraction.MISSING)
    elif extraction.fits(text):
        for node in tree.css(SILENT):
            node.decompose()
        plain = tree.html or ""
        day, guessed = extraction.printed_date(plain)
        if day is not None and not (guessed and date is not None):
            date = day
            if guessed:
                remarks.append(f"the date {day} is a guess from the words of the page; give --date where it is wrong")
        blocks = extraction.main_text(plain, nested)
    if sum(map(len, blocks)) < FEW and tree.body is not None:
        tree.strip_tags(DROPPED, recursive=True)
        own = list(_blocks(_content(tree.body), remarks))
        blocks = own if sum(map(len, own)) > sum(map(len, blocks)) else blocks
    size = sum(map(len, blocks))
    # The text that a page stores for search engines is used where the page itself shows less of it.
    if len(stored) > FEW and (len(stored) > 1.5 * size or len(blocks) < 2):
        blocks = [block for block in re.split(r"\s*\n\s*|</p>|<br */?>", stored) if block.strip()]
        blocks = [re.sub(r"<[^>]{1,200}>", " ", block) for block in blocks]
    elif size < SHORT and (is_paid or PAID.search(" ".join(blocks))):
        remarks.append("this is the open part of an article that is for subscribers; save the whole and read that")
    return title, date, blocks


def article_data(scripts: Iterable[str]) -> tuple[str, bool]:
    """The longest text of an article that a page's JSON-LD holds, and whether it says that the article is paid for."""
    longest, is_paid = "", False
    for script in scripts:
        try:
            waiting = [json.loads(script[:LARGEST_DATA], strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                waiting += value.values()
                body = value.get("articleBody")
                longest = body if isinstance(body, str) and len(body) > len(longest) else longest
                is_paid |= str(value.get("isAccessibleForFree", "")).rpartition("/")[2].lower() == "false"
    return html.unescape(longest), is_paid


def _title(root: LexborNode | None) -> str:
    if root is None:
        return ""
    named = root.css_first("meta[property='og:title']")
    titles = [named.attributes.get("content") or ""] if named is not None else []
    for tag in ("h1", "title"):
        node = root.css_first(tag)
        if node is not None:
            titles.append(node.text(separator=" "))
    for title in titles:
        line = " ".join(
            re.sub(r"<(script|style)\b.*?(</\1\s*>|$)|<[^>]*>?", " ", title[:2_000], flags=re.S | re.I).split()
        )
        if line and not is_residue(line):
            return line[:300]
    return ""


def _date(root: LexborNode | None, text: str) -> datetime.date | None:
    """The day that a page says it was published on."""
    candidates: list[str | None] = []
    if root is not None:
        for query, name in (
            ("meta[property='article:published_time']", "content"),
            ("meta[itemprop='datePublished']", "content"),
            ("meta[name='date'], meta[name='dc.date'], meta[name='DC.date.issued'], meta[name='pubdate']", "content"),
            ("time[datetime]", "datetime"),
        ):
            node = root.css_first(query)
            candidates.append(node.attributes.get(name) if node is not None else None)
    published = re.search(r'"datePublished"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})', text[:1_000_000])
    candidates.append(published[1] if published else None)
    for candidate in candidates:
        try:
            if candidate:
                return datetime.date.fromisoformat(candidate.strip()[:10])
        except ValueError:
            continue
    return None


def _content(body: LexborNode) -> LexborNode:
    """The part of a page that holds the article: the parent of most of its long paragraphs, or the body."""
    weight: dict[int, tuple[float, LexborNode]] = {}
    total = 0.0
    for paragraph in body.css("p")[: 4 * MOST]:
        length = len(paragraph.text(strip=True))
        if length < 60:
            continue
        total += length
        node, share = paragraph.parent, 1.0
        # Paragraphs may stand in divisions of their own: their grandparents count, a little less.
        for _ in range(3):
            if node is None or node.tag == "html":
                break
            weight[node.mem_id] = (weight.get(node.mem_id, (0.0, node))[0] + length * share, node)
            node, share = node.parent, share * 0.9
    if not weight:
        return body
    best, node = max(weight.values(), key=lambda pair: pair[0])
    return node if best > 0.5 * total else body


def _blocks(top: LexborNode, remarks: list[str]) -> Iterator[str]:
    """Texts of the blocks below a node, in order; those that are little but links are left out."""
    parts: list[str] = []
    linked = length = 0
    inside = 0
    broke = False

    def flush() -> list[str]:
        nonlocal linked, length, broke
        block = "".join(parts)
        menu = linked > 0.6 * max(length, 1) and length < 200
        parts.clear()
        linked = length = 0
        broke = False
        return [] if menu else [line for line in block.split("\n") if line.strip()]

    node: LexborNode | None = top
    walked = 0
    while node is not None:
        tag = node.tag
        walked += 1
        if walked > NODES:
            remarks.append(f"cut at {NODES:,} elements of the page")
            break
        if node.is_text_node:
            text = node.text_content or ""
            count = len(text) - text.count(" ")
            length += count
            linked += count if inside else 0
            if text.strip():
                broke = False
            parts.append(text.replace("\n", " ").replace("\r", " "))
        elif tag == "br":
            parts.append("\n" if broke else " ")
            broke = True
        elif tag in BLOCKS:
            yield from flush()
        elif tag == "a":
            inside += 1
        down = node.first_child
        if down is not None:
            node = down
            continue
        while node is not None:
            if node.tag in BLOCKS:
                yield from flush()
            elif node.tag == "a":
                inside -= 1
            if node.mem_id == top.mem_id:
                node = None
                break
            after = node.next
            if after is not None:
                node = after
                break
            node = node.parent
    yield from flush()
