"""Names in any alphabet in plain Latin letters, for ids that a person can read: Дніпро is dnipro.

Cyrillic, Greek and Arabic by tables (in the manner of BGN/PCGN, without its signs); other letters by the names that
Unicode gives them: ETHIOPIC SYLLABLE TE is te, GEORGIAN LETTER GAN g. What this is not: how a name is spelt in English,
or a reading of Chinese characters, which have no sounds in Unicode: those are left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

STROKED = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ħ": "h", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
"""Latin letters that no accent makes, as they are typed without them."""
LETTERS = {
    **dict(zip("абвгґдђеєжзиійјклљмнњопрстћуўфхцчџшщъыьэюяёїѓќѕ", (
        *("a", "b", "v", "g", "g", "d", "dj", "e", "ye", "zh", "z", "i", "i", "i", "j", "k", "l", "lj", "m", "n", "nj"),
        *("o", "p", "r", "s", "t", "c", "u", "u", "f", "kh", "ts", "ch", "dz", "sh", "shch", "", "y", "", "e", "yu"),
        *("ya", "yo", "yi", "g", "k", "dz"),
    ), strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", (
        *("a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y"),
        *("f", "ch", "ps", "o"),
    ), strict=True)),
    **dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأإؤئپچژگکی", (
        *("a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "", "gh", "f", "q"),
        *("k", "l", "m", "n", "h", "w", "y", "a", "a", "", "a", "a", "i", "u", "i", "p", "ch", "zh", "g", "k", "y"),
    ), strict=True)),
    **STROKED,
    "ß": "ss",
    "ə": "a",
}  # fmt: skip
SYLLABLES = (
    *("ETHIOPIC", "HANGUL", "HIRAGANA", "KATAKANA", "CHEROKEE", "VAI", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
    *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR", "KHMER", "TIBETAN"),
)
"""Scripts in which the name of a letter is its sound; in those of India its vowel ends where a sign follows."""
NAME = re.compile(r"(?:LETTER|SYLLABLE|VOWEL SIGN) (?:SMALL |CAPITAL )?(?:[A-Z]+ )*?([A-Z]+)(?: WITH .*)?$")
PAIRS = ("TH", "SH", "CH", "KH", "GH", "ZH", "PH", "TS", "DZ", "NG")
VOWELS = "AEIOU"


def latin(text: str) -> str:
    """A text in ASCII letters, small; signs and spaces stay: `latin("Łódź") == "lodz"`."""
    whole = unicodedata.normalize("NFC", text).lower()
    parts: list[str] = []
    for sign in whole:
        name = unicodedata.name(sign, "")
        if parts and parts[-1].endswith("a") and any(word in name for word in ("VOWEL SIGN", "VIRAMA", "ASAT")):
            parts[-1] = parts[-1][:-1]
        parts.append(_sound(sign))
    return "".join(parts)


@cache
def _sound(sign: str) -> str:
    """The Latin letters of one sign, itself where it is ASCII, empty where it has no sound."""
    if sign.isascii():
        return sign
    if sign in LETTERS:
        return LETTERS[sign]
    bare = unicodedata.normalize("NFKD", sign)
    if (
        sign.isalnum()
        and bare != sign
        and (plain := "".join(LETTERS.get(one, one if one.isascii() else "") for one in bare))
    ):
        return plain
    kind = unicodedata.category(sign)
    if kind in ("Pi", "Pf", "Lm", "Sk"):
        # Apostrophes in all their forms.
        return "'"
    name = unicodedata.name(sign, "")
    match = NAME.search(name)
    if not match:
        return " " if kind[0] in "ZP" else ""
    word, script = match[1], name.split()[0]
    if script in SYLLABLES or "VOWEL SIGN" in name:
        return word.lower()
    if word[0] in VOWELS:
        return word[0].lower()
    return word[: 2 if word.startswith(PAIRS) else 1].lower()
