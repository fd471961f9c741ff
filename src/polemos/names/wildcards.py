"""Words of another source with * and ? in them: a whole name is matched, whatever its case and the signs in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache


@lru_cache(maxsize=1000)
def _pattern(word: str) -> re.Pattern[str]:
    """A word as a pattern of whole names: * is any text, ? one sign, all else stands for itself."""
    parts = {"*": ".*", "?": "."}
    text = "".join(parts.get(sign, re.escape(sign)) for sign in " ".join(word.split()).casefold())
    return re.compile(text, re.DOTALL)


def meanings_of(name: str, meanings: Mapping[str, str]) -> list[str]:
    """What the words that fit a name mean, each once: of the name itself, else of the longest patterns that fit."""
    folded = " ".join(name.split()).casefold()
    whole = {meaning for word, meaning in meanings.items() if " ".join(word.split()).casefold() == folded}
    if whole:
        return sorted(whole)
    fitting = {word: meaning for word, meaning in meanings.items() if _pattern(word).fullmatch(folded)}
    longest = max(map(len, fitting), default=0)
    return sorted({meaning for word, meaning in fitting.items() if len(word) == longest})
