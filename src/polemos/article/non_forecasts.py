"""Sentences about the future that are no forecasts: promises, refusals to predict, wishes, questions, plans.

Such words are blanked before words of confidence are looked for, so that "we will support the talks" has no "will" and
"I cannot say when it will fall" none either, while "we will lose the coast" keeps its own.
"""

from __future__ import annotations

import re

_ADVERBS = r"(?:\s+(?:\w+ly|also|still|now|never|not|always|again|all|soon|then)){0,3}"
_WILL = r"(?:\s+(?:will|shall|would|should)|['’]ll|\s+['’]ll)"

_POLICY = r"""(?:support|help|assist|aid|back|work|seek|ask|meet|respond|consider|discuss|give|grant|strive|act|try
    |propose|request|recommend|regard|entertain|adjust|reach|share|show|keep|maintain|honou?r|provide|pursue|insist|welcome|speak|talk|listen
    |report|submit|send|offer|uphold|respect|consult|cooperate|co-operate|encourage|urge|press\s+for|expand|increase|reduce|invest
    |fund|train|equip|protect|promote|examine|study|review|address|proceed|endeavou?r|refrain|remember|hope|watch|focus|welcome|tolerate|allow|permit|accept|rest|waver|hesitate|be\s+intimidated|have\s+to\s+(?:keep|work|do|make|give|continue|invest|be)
    |continue(?:\s+(?:our|its|the|this)\s+(?:\w+\s+){0,2}(?:policy|efforts?|support|care|aid|work))
    |continue\s+to\s+(?:support|help|assist|aid|work|seek|take|try|speak|reach|be|consult|press|provide|hope|call|urge|insist|train))"""
"""What a government does by deciding it, and no war decides."""

_SPEECH = r"""(?:say|argue|deny|ask|wonder|recall|note|add|suppose|claim|observe|remark|imagine|think|seem|believe
    |object|disagree|be\s+(?:\w+ly\s+)?(?:said|argued|denied|called|asked|objected|noted|added|supposed|claimed|described
    |observed|regarded|esteemed|considered|viewed|deemed|forgiven|expected))"""

PROMISE = re.compile(
    rf"""\bi{_WILL}{_ADVERBS}\s+(?!(?:bet|guess|say|wager|predict|argue|expect|not\s+be\s+surprised|be\s+surprised|lose|win|die)\b)\w+
    |\bwe{_WILL}{_ADVERBS}\s+{_POLICY}\b
    |\b(?:nor|neither|never)\s+(?:will|shall|would)\s+i\b
    |\byou\s+(?:will|would)\s+(?:remember|recall|note|notice|observe|find|agree|understand|forgive|have\s+(?:all|what|everything|the))\b
    |\b(?:i|we)\s+(?:repeat|declared|pledge|promise[d]?\s+to|vow)\b.*""",
    re.VERBOSE,
)
"""A promise of policy, of the speaker or of the speaker's side."""

_KNOW = r"(?:tell|say|know|prophesy|foretell|predict|forecast|foresee|guess|judge|explain)"

UNTOLD = re.compile(
    rf"""(?:^(?:how|when|where|whether|what)\b[^,;]*?)?\b(?:cannot|can\s+not|can?\s?n?['’]t|could\s+not|do\s+not|don['’]t|nobody\s+can|no\s+one\s+can
    |nobody|no\s+one|impossible\s+to|too\s+early\s+to|too\s+soon\s+to|hard\s+to)\s+(?:yet\s+|now\s+)?{_KNOW}s?\b
    (?:\s+(?:\w+\s+){{0,2}}?(?:when|where|whether|if|how|what|who|which|why)\b[^.;]*)?""",
    re.VERBOSE,
)
"""A refusal to foretell, with what is not foretold."""

NON_FORECASTS = (
    PROMISE,
    UNTOLD,
    # What did not happen, or would not have.
    re.compile(
        r"\b(?:could|would|might|may|can|should)\s+(?:not\s+|never\s+|only\s+|well\s+)?(?:\w+ly\s+)?have\s+"
        r"(?:\w+ly\s+|already\s+|long\s+|ever\s+)?(?:been|had|done|gone|come|become|taken|made|fallen|lost|won|held|kept|left"
        r"|brought|fought|fled|begun|seen|known|given|got|gotten|built|cut|led|met|sent|put|set|let|\w{2,}ed)\b"
    ),
    re.compile(r"^(?:imagine|suppose)\b.*\bif\b.*\bhad\b.*"),
    re.compile(r"\b(?:i|we|they)\s+wish(?:ed)?\b[^.;]*"),
    # Will as a noun.
    re.compile(
        r"\b(?:our|their|his|its|your|my|whose|free|good|ill|political|popular|public|national|god['’]s|the\s+\w+['’]s?)\s+will\b"
        r"(?=\s*[,.;:]|\s+(?:to|and|or|of|is|was|can|has|in|that|by|with)\b|$)|\bat\s+will\b|\bthe\s+will\s+of\b"
    ),
    # What may be said, and how it may be called.
    re.compile(
        rf"""\b(?:may|might|could|can)\s+(?:(?:well|safely|also|truly|fairly|rather|not|perhaps|even)\s+){{0,3}}{_SPEECH}\b
        |\bwould\s+(?:seem|appear|welcome|love|like\s+to|rather|be\s+(?:said|called|argued|described))\b""",
        re.VERBOSE,
    ),
    re.compile(r"\bas\s+(?:may|might|would|could)\b|\bnothing\s+(?:could|would|can)\s+be\s+(?:more|further)\b"),
    # To do this would be to do that: what an act amounts to.
    re.compile(r"\b(?:will|would)\s+be\s+(?:again\s+)?to\s+(?!the\b|his\b|her\b|their\b|our\b|its\b)"),
    # What was expected once.
    re.compile(
        r"\b(?:expected|predicted|anticipated|promised|forecast|hoped)\s+(?:\w+\s+){0,3}?(?:ago|last\s+\w+|in\s+\d{4}|before\s+the\s+war)\b"
    ),
    # Before a noun these words do not foretell.
    re.compile(r"\b(?:these|those|such|its|their|our)\s+(?:inevitable|unavoidable|decisive|imminent|impending)\s+\w+"),
    re.compile(
        r"\b(?:possibly|perhaps|potentially|probably)\s+(?:worthy|one\s+of|the\s+(?:most|best|worst|first|only|last))\b"
    ),
    re.compile(r"\bthere\s+(?:is|are|can\s+be|was)\s+(?:no|little)\s+(?:doubt|question)\b"),
    # An open question.
    re.compile(r"(?<!doubt\s)(?<!doubts\s)(?<!doubtful\s)(?<!doubted\s)\bwhether\b[^,.;]*"),
    re.compile(r"\b(?:wonder(?:ed|ing|s)?|ask(?:ed|ing|s)?)\s+(?:if|how|what|when|why)\b[^.;]*"),
    # What somebody may choose.
    re.compile(r"\b(?:as|what|whatever|whoever|wherever|whichever|whenever)\s+(?:\w+\s+){0,3}?(?:may|might|shall)\b"),
    re.compile(r"\bthere\s+may\s+be\s+(?:some|those|many|people)\b"),
    # A hope, a pledge, a chance that is given.
    re.compile(
        r"\bhop(?:e|es|ed|ing)\s+(?:that\s+)?(?!will\b|would\b|may\b|might\b)(?:\S+\s+){1,8}?(?:will|would|may|might|can|could)\b"
    ),
    re.compile(
        r"\b(?:pledge[sd]?|promise[sd]?|vow(?:s|ed)?|undertook|agreed?|committed)\s+(?:that\s+)?(?:they|he|she|it|we)\s+(?:will|would)\b"
    ),
    re.compile(r"\b(?:assurances?|assured|promises?|pledges?|orders|instructions)\b[^.;,]{0,60}?\b(?:will|would)\b"),
    re.compile(r"\bgiv(?:e|es|en|ing)\s+(?:\w+\s+){0,3}chance\s+to\b"),
    re.compile(
        r"\b(?:avoid|prevent|exclude|without)\s+(?:any\s+|the\s+|all\s+)?(?:possibility|risk|danger|chance|prospect)\b"
    ),
    # What is decided, not what happens.
    re.compile(
        r"\b(?:will|shall|would)\s+(?:then\s+|all\s+)?be\s+(?:determined|faced|considered|submitted|reported|discussed|reviewed|examined|laid"
        r"|(?:made|decided|taken)\s+(?:by|in)|given(?!\s+up))\b"
    ),
    re.compile(r"\bplans?\s+(?:\w+\s+){0,3}(?:by|under|in)\s+which\b[^.;]*"),
    re.compile(r"\bwill\s+(?:never|not|long|always)\s+(?:be\s+)?(?:forget|forgotten|remember(?:ed)?)\b"),
    re.compile(r"\bcould\s+not\s+(?:tolerate|bear|believe|understand|mistake|stand\s+by|be\s+expected)\b"),
    re.compile(r"\b(?:may|might|can)\s+(?:sometimes|often|always)\b"),
    re.compile(r"\b(?:task|work|road|job|challenges?|difficulties)\s+(?:that\s+(?:is|are|lies|lie)\s+)?ahead\b"),
    # Shall of others is a rule or a wish.
    re.compile(r"(?<!\bwe\s)(?<!\bi\s)\bshall\b"),
    # A purpose.
    re.compile(r"\b(?:we|i)(?:['’]re|['’]ve|\s+are|\s+have|\s+must|\s+need)\b[^.;]*?\bso\s+that\b.*"),
)
"""What is blanked."""

ONCE = re.compile(
    r"\b(?:was|were|been|became)\s+(?:\w+ly\s+)?(?:impossible|unavoidable|inevitable|impending|imminent|unthinkable|unlikely|likely|possible|bound\s+to|about\s+to"
    r"|doomed|powerless)\b"
)
SAYING = re.compile(
    r"\b(?:says?|said|thinks?|thought|believ\w+|argu\w+|warn\w*|predict\w*|told|claim\w*|insist\w*|fear\w*|according)\b"
)
"""What was likely once, where nobody is said to have said so."""

LONGEST = 3_000
"""Characters of a sentence that are looked through."""

HINT = re.compile(
    r"will|shall|would|could|\bmay\b|might|\bcan|\bca\s|should|['’]ll|know|doubt|hope|wish|wonder|expect|predict|promis|inevit|decis|immin|chance|possib"
)
"""Without one of these there is nothing to blank."""

PLAN = re.compile(
    r"\b(?:objective|aim|goal|purpose|plan|task|mission|intention|policy|ambition)s?\b[^.;]{0,60}?\b(?:is|are|remains?)\s+to\b"
)
"""A plan, whose dates forecast nothing."""


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def blank_non_forecasts(sentence: str) -> str:
    """A sentence in small letters with such words blanked, as long as it was; a question is blank."""
    if sentence.rstrip("\"”’') ").endswith("?"):
        return " " * len(sentence)
    if HINT.search(sentence) is None or len(sentence) > LONGEST:
        return sentence
    if SAYING.search(sentence) is None:
        sentence = ONCE.sub(_blank, sentence)
    for pattern in NON_FORECASTS:
        sentence = pattern.sub(_blank, sentence)
    return sentence
