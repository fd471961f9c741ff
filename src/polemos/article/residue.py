"""Tells the prose of a page from style sheets, scripts, menus and other furniture."""

from __future__ import annotations

import re

from polemos.names.function_words import FUNCTION_WORDS

LONGEST = 20_000
"""Characters of a paragraph; the rest is cut."""

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
