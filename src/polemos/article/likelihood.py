"""How likely a sentence is a forecast: a logistic regression on twenty-one traits, learnt on labelled texts.

The rules of `confidence_words` find words that speak of the time to come; whether such a sentence forecasts a war, or
settles an affair of law and policy, depends on more than one word. The weights stand in `forecast_weights.csv`, a row a
trait, which `python tools/detection.py --fit` writes from `tests/data/articles/`.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from polemos.article.confidence_words import Confidence, lowered
from polemos.article.non_forecasts import LONGEST, blank_non_forecasts

LIKELY = 0.25
"""A sentence at or over this is drafted as a forecast: it keeps nine in ten of those in the texts it was learnt on."""

_MODAL = r"(?:will|would|shall|may|might|could|can|cannot|can\s+not|wo\s?n['’]t|['’]ll)"

WAR = re.compile(
    r"""\b(?:wars?|warfare|troops?|army|armies|forces?|enem(?:y|ies)|insurgents?|rebel\w*|insurrection
    |revolt|hostilities
    |invasion|invaders?|attacks?|aggressors?|aggression|terrorists?|battles?|fight\w*|fought|victor\w+|defeat\w*
    |conquest|conquer\w*
    |siege|surrender\w*|peace|armistice|truce|cease-?fire|militar\w+|soldiers?|offensive|campaign|front|weapons?
    |missiles?|bomb\w*
    |strikes?|struggle|conflict|combat|naval|navy|fleet|guerr?illas?|regime|bloodshed|killed|killers|violence
    |annihilat\w+
    |destroy\w*|destruction|occup\w+|withdraw\w*|retreat\w*|collapse\w*|subjugat\w+|independence|captur\w+|win|won
    |lose|lost|overthrow\w*)\b""",
    re.VERBOSE,
)
"""Words of war."""

POLICY = re.compile(
    r"""\b(?:congress|legislat\w+|laws?|acts?|recommend\w*|polic(?:y|ies)|budget|tax\w*|bill|program\w*
    |appropriat\w+|fund\w*|treat(?:y|ies)
    |constitution\w*|proposal\w*|proclamation|pardon\w*|oath|recogni[sz]\w+|questions?|dut(?:y|ies)|obligations?
    |rights?|commission\w*
    |negotiat\w+|conference\w*|message|aid|help|assist\w*|support|plans?|request\w*|consider\w*)\b""",
    re.VERBOSE,
)
"""Words of law and policy."""

FUTURE = re.compile(r"\b(?:will|would|shall|may|might|could|wo\s?n['’]t)\b|['’]ll\b|going\s+to")

_OUTCOME = r"""(?:win|won|lose|fail|fall|end|ends|ended|succeed|prevail|defeat\w*|destroy\w*|collapse|surrender
    |withdraw|retreat|withstand
    |continue[ds]?|continuance|continuation|last|endure|hold|take|strike|attack|fight|grow|spread|increase|come
    |suffer|die|kill|perish
    |crush\w*|advance|conquer\w*|overcome|stand|return|recover|restore\w*|break|face|bring|lead|result|follow
    |produce|become|remain
    |persist|stop|cease|be\s+(?:over|won|lost|long|hard|difficult|defeated|destroyed|able|no|ended|accomplished
    |brought|crushed|finished
    |driven|held|sent))"""

PATTERNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.VERBOSE)
    for name, pattern in {
        "early modal": rf"^.{{0,60}}?\b{_MODAL}\b",
        "would": r"\bwould\b",
        "shall": r"\bshall\b",
        "can": r"\bcan\b(?!\s?not|['’]t)",
        "if": r"\b(?:if|unless|should\s+(?:the|they|it|he|we)|were\s+(?:the|we|it|they)\b)",
        "purpose": r"\b(?:in\s+order\s+to|so\s+that|aims?|purpose|goals?|objectives?|intent\w*|determin\w+|resol\w+)\b",
        "expectation": r"""\b(?:expect\w*|anticipat\w+|predict\w*|confiden\w+|belie[fv]\w*|doubt\w*|certain\w*
        |sure|inevitabl\w*|likely
            |probab\w+|prospects?|possib\w+|danger|risk|threat\w*|fear\w*)\b""",
        "past": r"\b(?:was|were|had|did|said|came|went|took|made|gave|became|began)\b",
        "perfect": r"\b(?:has|have|['’]ve)\s+(?:\w+\s+)?(?:been|\w+ed|done|made|come|gone|begun|taken|shown|become)\b",
        "not": r"\b(?:not|no|nor|neither|never)\b|n['’]t\b",
        "present": r"\b(?:is|are|am|['’]re)\b",
        "outcome": rf"""\b(?:will|would|shall|may|might|could|can|cannot|can\s+not|['’]ll)\b
            (?:\s+\w+){{0,3}}?\s+{_OUTCOME}\b""",
        "no other course": r"""\bno\s+(?:course|alternative|choice|other\s+way|option)\b|\bcourse\s+is\s+clear\b
            |\bin\s+no\s+(?:other\s+)?way\b""",
        "affair of law": rf"""\b(?:question|measures?|plan|proposition|proclamation|terms?|oath|reconstruction
        |recognition|example|views?
            |objections?|protection|policy|step|suggestion|course|control|pardons?|message|commission|arrangement
            |government)s?\b
            [^,;]{{0,60}}?\b{_MODAL}\b""",
        "requires": rf"""\b{_MODAL}\s+(?:also\s+|still\s+)?(?:require|need|demonstrate|show|consider|permit|allow
        |control|estimate
            |deplore|treat)\b""",
    }.items()
}
"""Traits that a sentence has where the pattern is met, in small letters."""


def traits(sentence: str, confidence: Confidence | None) -> dict[str, float]:
    """The traits of a sentence by name; `confidence` is what `read_hedges` makes of it."""
    low = lowered(sentence[:LONGEST])
    words = len(low.split())
    war, policy = (min(len(pattern.findall(low)), 4) / 2 for pattern in (WAR, POLICY))
    stated = float(confidence is not None and confidence.reading == "stated")
    return {
        "stated": stated,
        "stated, under 25 words": stated * (words < 25),
        "stated, of war": stated * war,
        "future": float(FUTURE.search(blank_non_forecasts(low)) is not None),
        "policy": policy,
        "length": math.log(max(words, 1)) / 2,
        **{name: float(pattern.search(low) is not None) for name, pattern in PATTERNS.items()},
    }


@cache
def weights() -> dict[str, float]:
    """The weight of each trait, and of `constant`."""
    text = files(__package__).joinpath("forecast_weights.csv").read_text(encoding="utf-8")
    return {row["trait"]: float(row["weight"]) for row in csv.DictReader(text.splitlines())}


def likelihood(sentence: str, confidence: Confidence | None) -> float:
    """The probability that a reader calls a sentence a forecast of a war, 0 to 1."""
    of = weights()
    score = of["constant"] + sum(of[name] * value for name, value in traits(sentence, confidence).items())
    return 1 / (1 + math.exp(-score))
