"""An article, from the page or the text that it came in, to numbered paragraphs.

HTML goes through lexbor's parser first. Then, for both, a filter of lines: scrapers leave style sheets and scripts in
the text, where no parser of tags can see them. Limits are stated and what they cut is told.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

LARGEST = 20_000_000
"""Bytes that are read of a file; the rest is cut."""

DEEPEST = 2_000
"""Elements inside each other; browsers stop at 512, and the parser's time grows with the square."""

TAGS = 1_000_000
"""Tags of a page."""

LONGEST = 20_000
"""Characters of a paragraph; the rest is cut."""

MOST = 1_500
"""Paragraphs of an article; the rest is cut."""

ALL = 200_000
"""Characters of an article once cleaned; the rest is cut."""

NODES = 200_000
"""Elements and texts of a page that are walked; the rest is cut."""

FOOTER = 10
"""Lines at the end that may be about the page."""

BREAK = "\n\n"
"""What stands between the paragraphs of the cleaned text; offsets count it."""

_PROSE_WORDS = """
a about after against all also although an and any are as at be because been before being both but by can
could did do does during each for from had has have he her his how however i if in into is it its may more
most no nor not now of on once only or other our out over own same she should since so some such than that the
their them then there these they this those though through to too under until up upon was we were what when
where which while who whom why will with without would you your
"""
FUNCTION_WORDS = frozenset(_PROSE_WORDS.split())
"""Words that prose cannot do without and code hardly has."""

SYMBOLS = dict.fromkeys(map(ord, '{}()[];=<>|&$_/\\:#"+*@%^~`'))

MARKERS = re.compile(
    r"""@(media|import|charset|font-face|keyframes|supports)\b | !important | \bfunction\s*\w*\s*\( | =>\s*[{(] |
    \b(var|let|const)\s+[\w$]+\s*= | \b(window|document|navigator|console|module|self)\.\w |
    \.(push|forEach|addEventListener|getElement\w+|querySelector\w*|createElement)\b |
    \.(appendChild|insertBefore|innerHTML|ready)\b | \w\s*=\s*\w+\s*\|\|
    | </?[a-z][a-z0-9-]*(\s[^>]*)?/?> | ^\s*(//|/\*|\*/|<!--|-->|<!\[CDATA|\]\]>) | [\w.\#:>-]\s*\{[^}]*:[^}]*\}? |
    ["']\s*:\s*["'{\[\d] | \breturn\s+(!?\w+[.(;]|true|false|null) | \b(else\s*)?if\s*\([^)]*\)\s*[{\w] |
    ^\s*-?[a-z][a-z-]+\s*:\s*[^;{}]{1,120};\s*(\}\s*)?$ | ^\s*[.\#]?[\w-]+([\s,>+~.\#:]+[\w-]+)*\s*\{\s*$""",
    re.VERBOSE,
)
"""Turns of style sheets, scripts, markup and their data."""

FURNITURE = re.compile(
    "|".join(
        (
            r"advertisements?|sponsored( content)?|share( (this|on|via)\b.{0,40})?:?",
            r"click to (share|e-?mail|print|tweet)\b.*|tweet|e-?mail|print( this)?( page)?",
            r"(\d+ )?comments?|leave a (comment|reply)|no comments( yet)?",
            r"(read|see|learn|show|load) more|continue reading|click here.{0,60}",
            r"(related|recommended|popular) \w+|subscribe( now| today)?|sign (in|up)|log ?in",
            r"follow us.{0,60}|skip to (main )?content|menu|search|home|loading",
            r"(cookie|privacy) (policy|settings|notice)|terms of (use|service)|all rights reserved",
            r"back to top|previous|next|like this:?|save|sources?:?|via|filed under.{0,80}",
            r"tags?:.{0,80}|.{0,20}\bmin(ute)?s? read",
        )
    )
    + r"[.…]*",
    re.IGNORECASE,
)
"""Lines of a page that are no part of what it says."""

COLOPHON = re.compile(
    r"^(the post .+ (appeared|was published) first on .+|(copyright|©|\(c\)) .+|.*all rights reserved\.?)$",
    re.IGNORECASE,
)

ENDED = re.compile(r"""[.!?…:;]["'”’»)\]]*$""")

CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
"""Control characters, invisible ones and those that turn the direction of writing."""

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
    *("form", "button", "select", "input", "textarea", "nav", "footer", "aside", "head", "dialog", "menu"),
]
_BLOCK_WORDS = """
address article blockquote body caption center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5
h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCK_WORDS.split())
BLOATED = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)\s[^<>]{5000,}")
"""Tags with more attributes than anybody wrote; the parser compares each with each."""

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_OPEN_WORDS = """
a area base br col embed hr img input link meta param source track wbr p li dd dt td th tr option optgroup
tbody thead tfoot colgroup html head body
"""
UNNESTED = frozenset(_OPEN_WORDS.split())
"""Elements that have no end, or whose end may be left out."""

PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype|html|head|title|meta|body|article|main|section|div|p|h\d|ul|table)\b",
    re.I | re.S,
)
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)

SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip, or an office document",
    b"\x1f\x8b": "a gzip",
    b"\x89PNG": "a PNG",
}


class ArticleError(ValueError):
    """A file that cannot be read as an article."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its number from 1, its first character in the cleaned text, its line in the file (0: HTML)."""

    number: int
    start: int
    line: int
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """An article as cleaned. `date` is the page's own, None where it names none; `notes` say what was cut."""

    title: str
    date: datetime.date | None
    paragraphs: tuple[Paragraph, ...]
    removed: int
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text: the paragraphs with an empty line between."""
        return BREAK.join(paragraph.text for paragraph in self.paragraphs)


def read_article(path: Path | str) -> Article:
    """An article from a file of HTML or text. Raises `ArticleError`.

    Reads the first 20 MB; refuses what is no text and pages nested deeper than 2,000 elements.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise ArticleError(f"{path} is a folder; give a file of HTML or text")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ArticleError(f"{path} cannot be read ({error.strerror}); give a file of HTML or text") from None
    notes = []
    if len(data) > LARGEST:
        data = data[:LARGEST]
        notes.append(f"cut at {LARGEST:,} bytes")
    for signature, what in SIGNATURES.items():
        if data.startswith(signature):
            raise ArticleError(f"{path} is {what}, not HTML or text; save the article as one of these")
    text, how = decode(data)
    notes += how
    return clean(text, html=True if path.suffix.lower() in (".html", ".htm", ".xhtml") else None, notes=notes)


def decode(data: bytes) -> tuple[str, list[str]]:
    """Bytes to text: as UTF-8, as the page says, or as Windows-1252; and what had to be done."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        # A cut may fall inside a character.
        if error.start >= len(data) - 4:
            return data.decode("utf-8-sig", "ignore"), []
    named = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,40})", data[:4096])
    encoding = named[1].decode("ascii") if named else "cp1252"
    try:
        return data.decode(encoding, "replace"), [f"not UTF-8: read as {encoding}"]
    except LookupError:
        return data.decode("cp1252", "replace"), ["not UTF-8: read as cp1252"]


def clean(text: str, *, html: bool | None = None, notes: Iterable[str] = ()) -> Article:
    """Text (of a page where `html`, which is guessed by default) to an article. Raises `ArticleError`."""
    said = list(notes)
    text, taken = CONTROL.subn("", text)
    if taken:
        said.append(f"{taken:,} control or invisible characters taken out")
    if html is None:
        html = PAGE.match(text[:20_000]) is not None or len(PARAGRAPH.findall(text[:200_000])) > 2
    title, date = "", None
    lines: Iterable[tuple[int, str]]
    if html:
        title, date, blocks = _page(text, said)
        lines = ((0, block) for block in blocks)
    else:
        lines = enumerate(re.split(r"\r\n|[\n\r\f\x85\u2028\u2029]", text), start=1)
    kept: list[tuple[int, str]] = []
    removed = size = 0
    for number, raw in lines:
        line = " ".join(raw.split())
        if not line:
            continue
        # In a page, a word or two in a block of its own are a button or a label.
        if is_residue(line) or (html and is_colophon(line)):
            removed += 1
            continue
        if len(kept) > MOST or size > ALL:
            said.append(f"cut at {MOST:,} paragraphs or {ALL:,} characters")
            kept.pop()
            break
        if len(line) > LONGEST:
            said.append(f"a paragraph cut at {LONGEST:,} of {len(line):,} characters")
            line = line[:LONGEST]
        size += len(line)
        kept.append((number, line))
    if not html:
        title, kept = _headline(kept)
    elif kept and title and kept[0][1].casefold() == title.casefold():
        kept = kept[1:]
    for _ in range(FOOTER):
        if len(kept) > 1 and is_colophon(kept[-1][1]):
            kept.pop()
            removed += 1
    if not kept:
        raise ArticleError("no paragraph is left once markup, style sheets and scripts are taken out")
    words = " ".join(line for _, line in kept[:50]).lower().split()
    if sum(word in FUNCTION_WORDS for word in words) < 0.15 * len(words):
        said.append("few of its words are English, and the rules read nothing else")
    paragraphs: list[Paragraph] = []
    at = 0
    for count, (number, line) in enumerate(kept, start=1):
        paragraphs.append(Paragraph(count, at, number, line))
        at += len(line) + len(BREAK)
    return Article(title, date, tuple(paragraphs), removed, tuple(said))


def is_residue(line: str) -> bool:
    """Whether a line is style sheet, script, markup or furniture of the page, and no prose."""
    if len(line) < 100 and FURNITURE.fullmatch(line):
        return True
    head = line[:LONGEST]
    symbols = len(head) - len(head.translate(SYMBOLS))
    if symbols == 0:
        return not any(character.isalnum() for character in head)
    if re.fullmatch(r"[\W_]+|(https?://|www\.|data:\w+/)\S+|[\w$.]+\(['\"\[{].*\);?|\S{120,}", head):
        return True
    words = head.lower().split()
    prose = sum(word.strip(".,;:!?()\"'") in FUNCTION_WORDS for word in words) / len(words)
    density = symbols / len(head)
    if density < 0.06 and prose > 0.1:
        return False
    if MARKERS.search(head):
        return (density > 0.06 and prose < 0.2) or density > 0.15 or prose < 0.08
    return density > 0.12 and prose < 0.1


def is_colophon(line: str) -> bool:
    """Whether a line at the end of a page is about the page; short and without a full stop, or a set phrase."""
    return bool(COLOPHON.match(line)) or (len(line.split()) <= 3 and not ENDED.search(line))


def _headline(kept: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """The title of a text, which is a short first line that ends like none and stands alone, and the rest."""
    if len(kept) < 2:
        return "", kept
    (number, line), (after, _) = kept[:2]
    if len(line) > 200 or ENDED.search(line.rstrip("?!")):
        return "", kept
    return (line, kept[1:]) if after > number + 1 or len(line.split()) <= 14 else ("", kept)


def depth(text: str) -> int:
    """Elements inside each other in a page, from its tags alone; those whose end may be left out do not count."""
    now = deepest = 0
    for tag in TAG.finditer(text):
        if tag[2].lower() in UNNESTED:
            continue
        now = max(now - 1, 0) if tag[1] else now + 1
        deepest = max(deepest, now)
    return deepest


def _page(text: str, said: list[str]) -> tuple[str, datetime.date | None, Iterable[str]]:
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
    title, date = _title(tree.root), _date(tree.root, text)
    tree.strip_tags(DROPPED, recursive=True)
    body = tree.body
    if body is None:
        return title, date, []
    return title, date, _blocks(_content(body), said)


def _title(root: LexborNode | None) -> str:
    if root is None:
        return ""
    named = root.css_first("meta[property='og:title']")
    found = [named.attributes.get("content") or ""] if named is not None else []
    for tag in ("h1", "title"):
        node = root.css_first(tag)
        if node is not None:
            found.append(node.text(separator=" "))
    for title in found:
        line = " ".join(
            re.sub(r"<(script|style)\b.*?(</\1\s*>|$)|<[^>]*>?", " ", title[:2_000], flags=re.S | re.I).split()
        )
        if line and not is_residue(line):
            return line[:300]
    return ""


def _date(root: LexborNode | None, text: str) -> datetime.date | None:
    """The day that a page says it was published on."""
    found: list[str | None] = []
    if root is not None:
        for query, name in (
            ("meta[property='article:published_time']", "content"),
            ("meta[itemprop='datePublished']", "content"),
            ("meta[name='date'], meta[name='dc.date'], meta[name='DC.date.issued'], meta[name='pubdate']", "content"),
            ("time[datetime]", "datetime"),
        ):
            node = root.css_first(query)
            found.append(node.attributes.get(name) if node is not None else None)
    published = re.search(r'"datePublished"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})', text[:1_000_000])
    found.append(published[1] if published else None)
    for given in found:
        try:
            if given:
                return datetime.date.fromisoformat(given.strip()[:10])
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


def _blocks(top: LexborNode, said: list[str]) -> Iterator[str]:
    """Texts of the blocks below a node, in order; those that are little but links are left out."""
    parts: list[str] = []
    linked = length = 0
    inside = 0
    broke = False

    def taken() -> list[str]:
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
            said.append(f"cut at {NODES:,} elements of the page")
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
            yield from taken()
        elif tag == "a":
            inside += 1
        down = node.first_child
        if down is not None:
            node = down
            continue
        while node is not None:
            if node.tag in BLOCKS:
                yield from taken()
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
    yield from taken()
