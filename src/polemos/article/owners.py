"""Who holds the view that a sentence reports."""

from __future__ import annotations

import re

_SAY = r"""(?:say|says|said|told|tells|warn(?:s|ed)?|believe[sd]?|thinks?|thought|argue[sd]?|claim(?:s|ed)?
    |insist(?:s|ed)?
    |expect(?:s|ed)?|predict(?:s|ed)?|fear(?:s|ed)?|worr(?:y|ies|ied)|hope[sd]?|maintain(?:s|ed)?|assert(?:s|ed)?
    |suspect(?:s|ed)?|conclude[sd]?|forecast(?:s|ed)?|reckon(?:s|ed)?|wrote|writes|promise[sd]?|vow(?:s|ed)?|added)"""

_NAME = r"(?:(?:[A-Z][\w.’'-]*|the|of|de|al|for|and)\s+){0,6}[A-Z][\w’'-]+"

_NOUNS = r"""(?:commentators?|pundits?|analysts?|experts?|critics?|observers?|officials?|officers?|commanders?
    |spokes(?:man|woman|person|men)|diplomats?|generals?|colonels?|residents?|aides?|ministers?|sources?|historians?
    |scholars?|researchers?|economists?|politicians?|activists?|doctors?|optimists?|pessimists?|sceptics|skeptics
    |media|governments?|president|ministry|governor|king|army|report)"""

_GROUP = rf"""(?:(?:[\w’'-]+\s+){{0,3}}?{_NOUNS}(?:\s+(?:in|at|from|of|with|for)\s+(?:[\w’'-]+\s+){{0,3}}?[\w’'-]+)?)"""

_GAP = r"(?:\s*,[^,.;]{1,80},|\s+who\s+(?:\w+\s+){1,6}?\w+)?\s+(?:\w+ly\s+|has\s+|have\s+|also\s+|now\s+|still\s+){0,2}"

BEFORE = re.compile(rf"(?P<who>(?i:{_GROUP})|{_NAME}){_GAP}{_SAY}\b", re.VERBOSE)
"""Somebody, perhaps with a place or a clause between, and a verb of saying or holding."""

AFTER = re.compile(
    rf"""[,”"’']\s+(?:{_SAY}\s+(?P<who>{_NAME}|(?i:{_GROUP}))|(?P<who2>{_NAME}|(?i:{_GROUP}))\s+{_SAY})\b""", re.VERBOSE
)
"""The same behind what was said."""

ACCORDING = re.compile(r"\b[Aa]ccording\s+to\s+(?P<who>[^,.;:]{2,80})")

QUOTED = re.compile(rf"\bquot(?:ed|es|ing)\s+(?P<who>{_NAME}|(?i:{_GROUP}))\s+as\s+say", re.VERBOSE)

PRONOUN = re.compile(r"(?:he|she|it|i|they|we|you|who|which|that|this|what|there|nobody|one|the|and)", re.IGNORECASE)
LEADING = re.compile(
    r"^(?:(?:but|and|so|yet|however|still|meanwhile|then|when|while|as|that|if|though|although)\s+)+", re.IGNORECASE
)
HINT = re.compile(rf"\b{_SAY}\b|\b[Aa]ccording\b|\bquot\w+\b", re.VERBOSE)


def owner(sentence: str) -> str:
    """Who is said to hold the view of a sentence, in its own words: `owner("Officials in Alder said it will fall.")`.

    Empty where nobody is named; a pronoun names nobody.
    """
    if len(sentence) > 2_000 or HINT.search(sentence) is None:
        return ""
    for pattern in (ACCORDING, QUOTED, BEFORE, AFTER):
        for match in pattern.finditer(sentence):
            who = LEADING.sub("", " ".join((match["who"] or match.groupdict().get("who2") or "").split()))
            if len(who) > 2 and PRONOUN.fullmatch(who) is None:
                return who[:100]
    return ""
