"""Words of confidence, and the interval of probabilities that each is proposed to mean.

Readers of the same word differ by 15 points or so (Kent 1964; Budescu, Por & Broomell 2012; Wintle et al. 2019), hence
intervals, which a person confirms or changes. Two tables: estimative words as Kent defined them (Words of Estimative
Probability, Studies in Intelligence 8(4), 49-65), and the flat, bare and evidential wordings that he has no entry for,
coded by us. Where a sentence has several, the strongest doubt decides: "will possibly" is a "possibly".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from polemos.article.non_forecasts import LONGEST, blank_non_forecasts

Reading = Literal["stated", "implied"]

KENT = "Kent 1964"
OWN = "own coding"


@dataclass(frozen=True, slots=True)
class Hedge:
    """A family of wordings: its name, interval, source, pattern, and what a sentence with it is read as.

    `reading`: `stated` says what will be or cannot be; `implied` says that a state or a course of things goes on, which
    is a forecast if extended, or marks confidence alone.
    """

    name: str
    low: float
    mid: float
    high: float
    source: str
    reading: Reading
    pattern: re.Pattern[str]


def _hedge(name: str, interval: tuple[float, float, float], source: str, reading: Reading, pattern: str) -> Hedge:
    return Hedge(name, *interval, source, reading, re.compile(rf"\b(?:{pattern})\b", re.VERBOSE))


_ADV = r"(?:\s+(?:\w+ly|now|still|also|not|never|so|all|already|once|thus|therefore|far|rather|soon|again)){0,3}"
_GOING = r"""(?:gain|los|collaps|disintegrat|advanc|retreat|shrink|contract|crumbl|fall|break|weaken|strengthen|grow|
    expand|spread|mov|turn|shift|clos|approach|push|press|driv|clear|surround|encircl|tighten|squeez|recover|restor|regain|
    reassert|rebuild|regroup|defect|surrender|desert|flee|evaporat|erod|declin|ris|increas|decreas|fail|win|melt|unravel|
    fragment|split|withdraw|prepar|gather|build|arm|switch|wan|fad|wither|starv|run|bleed|dwindl|deteriorat|improv|fight|
    roam|hold|head|slip|slid|drift|emerg|com|becom|mak|tak|begin|stall|stagnat|escalat|mount|drain|exhaust|choke?|consolidat)"""

_LASTING = r"""(?:be\s+(?:\w+ly\s+)?(?:sustained|held|won|established|achieved
    |resolved|settled|secured|broken|contained|defeated|saved|stopped|reversed|restored|relieved|beaten)|go|come|hold|last|win|surviv|outlive|outlast|withstand|endur|recover|return|retak|recaptur|regain|reconcil|continu
    |escap|prevail|succeed|stop|resist|hope|expect|remain|stay|defeat|prevent|avoid|take|keep|sustain|replac|reverse
    |rebuild|yield|surrender|capitulate|abandon|reaccept|hang\s+on|be\s+(?:any|the|more|a|an|long|far)|end|fail|lose|break)\w*"""
"""What an inability now says of the time to come: to last, to win, to return."""

ESTIMATE = (
    r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty)\s+(?:more\s+)?"
    r"(?:days?|weeks?|months?|years?|decades?),?\s+(?:minimum|maximum|at\s+(?:the\s+)?(?:very\s+)?(?:least|most|earliest|minimum)|tops)"
    r"|a\s+(?:minimum|maximum)\s+of\s+\w+\s+(?:days?|weeks?|months?|years?|decades?)"
)
"""How long something takes: "three years, minimum"."""

HEDGES: tuple[Hedge, ...] = (
    # What Kent has an entry for.
    _hedge("almost certainly not", (0.02, 0.07, 0.12), KENT, "stated",
           r"almost\s+certainly\s+(?:not|won['’]t)|(?:virtually|almost|nearly|all\s+but|next\s+to)\s+impossible"
           r"|highly\s+(?:unlikely|doubtful|improbable)|very\s+(?:unlikely|doubtful)|(?:only\s+)?a\s+slight\s+chance"
           r"|remote\s+(?:chance|possibility|prospect)|little\s+(?:chance|prospect|hope|likelihood)"),
    _hedge("probably not", (0.20, 0.30, 0.40), KENT, "stated",
           r"(?:i|we)\s+(?:do\s+not|don['’]t|cannot|can['’]t)\s+(?:think|believe|expect|see|imagine|suppose)"
        r"|(?:hard|difficult)\s+to\s+(?:see|imagine|believe)\s+(?:how|that|why|a|any|the)"
        r"|probably\s+(?:not|won['’]t)|unlikely|improbable|(?<!little\s)(?<!no\s)(?<!any\s)doubt(?:s|ed)?\s+(?:that|whether|if)|doubtful"
           r"|(?:do|does|did)\s+not\s+expect|don['’]t\s+expect"
           r"|(?:would|will|['’]d|['’]ll)\s+(?:be|come\s+as)\s+(?:\w+\s+){0,2}(?:surpris\w+|astonish\w+|amaz\w+)\s+(?:if|to\s+see)"
           r"|(?:no\s?one|nobody|do\s+not|don['’]t)\s+(?:should\s+|can\s+)?(?:count|bank|bet)\s+on"),
    _hedge("chances about even", (0.40, 0.50, 0.60), KENT, "stated",
           r"chances?\s+(?:are\s+|is\s+)?(?:about\s+)?even|even\s+(?:chance|odds|money)|fifty[\s-]fifty"
           r"|50[\s/-]50|toss[\s-]up"
           r"|could\s+go\s+either\s+way|touch\s+and\s+go"),
    _hedge("almost certain", (0.87, 0.93, 0.99), KENT, "stated",
           r"(?:almost|virtually|nearly|all\s+but)\s+(?:certain(?:ly)?|inevitabl[ey]|assured)"
           r"|highly\s+(?:probable|likely)"
           r"|(?:very|most|extremely|overwhelmingly)\s+(?:probabl[ey]|likely)|odds\s+(?:are\s+)?overwhelming"
           r"|in\s+all\s+likelihood"),
    _hedge("probable", (0.63, 0.75, 0.87), KENT, "stated",
           r"probabl[ey]|likely|likelihood|presumably|odds\s+are|in\s+all\s+probability|chances\s+are"
           r"|should\s+(?:soon|eventually|be\s+able\s+to)"
           r"|(?:we|i)\s+(?:believe|estimate|expect|think|suspect|reckon|judge|bet|guess)\s+(?:that|it|the|they|he|she)"
           r"|(?:not|n['’]t|hardly)\s+(?:be|come\s+as)\s+(?:\w+\s+){0,2}(?:surpris\w+|astonish\w+|amaz\w+)\s+(?:if|to\s+see)"
        r"|(?:most|more)\s+(?:plausible|probable)|(?:smart|my)\s+money|my\s+(?:own\s+)?(?:bet|guess|hunch|expectation|forecast|prediction)(?=:|\s+(?:is|would)\b)"
        r"|(?:it\s+is\s+)?easy\s+to\s+(?:see|imagine)\s+(?:how|that|the|a)"),
    # Coded by us.
    _hedge("estimate of a length", (0.63, 0.75, 0.87), OWN, "stated", ESTIMATE),
    _hedge("remote possibility", (0.15, 0.30, 0.45), OWN, "stated",
           r"possibly|conceivabl[ey]|if\s+there\s+(?:is|are|were)\s+(?:one|any|such)|just\s+possible"
           r"|cannot\s+be\s+(?:ruled\s+out"
           r"|excluded)|can['’]t\s+be\s+ruled\s+out|not\s+(?:impossible|inconceivable|unthinkable)|at\s+a\s+pinch|outside\s+chance"),
    _hedge("possibility", (0.30, 0.50, 0.65), OWN, "stated",
           r"(?:may|might)(?!\s+(?:\d|of)\b)|perhaps|maybe|potential(?:ly)?"
           r"|possibility\s+(?:of|that)|(?:is|are|be|remains?)\s+possible"
           r"|could(?!\s+(?:n['’]t\s+have|see|hear|smell|feel)\b)|can\s+(?:still|yet)|can\s+(?:\w+ly\s+)?(?:hold\s+out|survive|last|outlast|endure|go\s+on|win|prevail|retake|be\s+(?:contained|defeated|beaten|won|held))|risks?\s+(?:of\s+)?\w+ing|risk\s+that"
           r"|threatens?\s+to|danger\s+(?:of|that)"
           r"|(?:years?|summer|autumn|winter|spring|weeks|months|\d{4}|offensive|campaign|battle)(?:\s+of\s+\d{4})?\s+can\s+(?:and\s+must\s+)?(?:be|see|bring|end|decide|become)|can\s+(?:and\s+must\s+)?see\s+the\s+(?:\w+\s+)?(?:end|ending|beginning|collapse|defeat|fall|closing|return)"
           r"|in\s+(?:the|a)\s+(?:best|worst)(?:[\s-]case)?(?:\s+scenario)?(?=\s*[,:])"
           r"|chance\s+(?:of|that|to)|prospects?\s+(?:of|for|that)"),
    _hedge("impression", (0.70, 0.82, 0.92), OWN, "implied",
           r"seem(?:s|ingly)?|appears?\s+(?:to|that|likely|set|increasingly)|it\s+appears|apparent(?:ly)?"
           r"|suggest(?:s|ing)?"
           r"|largely|(?:looks?|looking)\s+(?:like|set|likely|as|increasingly|to)|reported(?:ly)?"
           r"|reports?\s+(?:say|suggest|indicate)"
           r"|indicat(?:es?|ions?|ing)|sign(?:s)?\s+(?:that|of|is|are)|points?\s+to|tend(?:s)?\s+to"
           r"|by\s+all\s+accounts|evidence\s+(?:that|of|is)"),
    _hedge("expectation", (0.70, 0.82, 0.92), OWN, "stated",
           r"expect(?:s|ed|ing)?|anticipat(?:e[sd]?|ing)|predict(?:s|ed|ing)?|forecast(?:s|ed|ing)?"
           r"|(?:is|are|am|['’]m|['’]re)\s+(?:\w+ly\s+)?(?:confident|convinced|certain|sure|optimistic|pessimistic)\s+(?:that|of)"
           r"|foresee(?:s|n|able)?|prophes(?:y|ied|ies)"
           r"|poised\s+to|about\s+to|on\s+the\s+(?:verge|brink|cusp)"
           r"|on\s+(?:course|track)\s+(?:to|for)|set\s+to|due\s+to\s+(?:be|begin|start|end|fall|arrive)"
           r"|ripe\s+for|in\s+the\s+offing|on\s+the\s+horizon"),
    _hedge("turning point", (0.85, 0.92, 0.98), OWN, "stated",
           r"tipping[\s-]point|turning[\s-]point|point\s+of\s+no\s+return|death[\s-]knell|(?:begins?|beginning|start|starts)\s+of\s+the\s+end"
           r"|end[\s-]?game|final\s+(?:days|weeks|months|stages?|phase|chapter|blow|collapse|defeat|offensive|push|act)"
           r"|last\s+(?:days|gasp|throes|stand|legs|redoubts?)"
           r"|not\s+far\s+(?:off|away)|(?:days|weeks|months)\s+away|at\s+hand|in\s+sight|bodes?\s+(?:ill|well|badly)"
           r"|spell(?:s|ed)?\s+(?:the\s+end|disaster|defeat|doom)|time\s+is\s+(?:not\s+)?on\s+\S+\s+side"
           r"|(?:near|close\s+to|nearing|approaching|head(?:ed|ing)\s+(?:for|towards?)|fac(?:e|es|ing)|on\s+the\s+(?:way|road|path)\s+to)\s+(?:\w+\s+){0,2}"
           r"(?:defeat|collapse|ruin|disaster|stalemate|surrender|victory|climax|certain|annihilation|extinction|exhaustion|partition)"
           r"|fac(?:e|es|ing)\s+(?:more|years|months|a\s+long|another)|drag(?:s|ging)?\s+on"
           r"|mortal\s+blow|(?:days|weeks|months|years)\s+are\s+numbered|imminent(?:ly)?|impending"
           r"|pending\s+(?:defeat|collapse|fall|end|loss|victory)|loom(?:s|ing)?"
           r"|(?:prov(?:ed|en|es))\s+(?:to\s+be\s+)?(?:\w+ly\s+)?(?:wrong|false|right|correct|mistaken)"
           r"|decisive(?:ly)?"
           r"|time\s+(?:\w+\s+){0,5}(?:is\s+)?(?:almost\s+|nearly\s+)?up|running\s+out"
           r"|(?:has|have|with)\s+(?:\S+\s+){0,3}(?:days|weeks|months|years)\s+(?:left|to\s+(?:live|go|run))"),
    _hedge("bare future", (0.80, 0.88, 0.95), OWN, "stated",
           r"will(?!\s+(?:of|to\s+(?:fight|live|resist|win))\b)(?<!\sthe\swill)(?<!\sown\swill)(?<!political\swill)"
           r"|shall|\w+\s?['’]ll|wo\s?n['’]t|\w+\s['’](?:s|re)\s+(?:not\s+)?going\s+to"
           r"|(?:am|is|are|['’]s|['’]re)(?:n['’]t|\s+(?:not|now|never|all|only))?\s+going\s+(?:to\s+[a-z]+|away|nowhere|anywhere)"
           r"|for\s+(?:years|months|weeks|decades|generations)\s+to\s+come|for\s+the\s+foreseeable\s+future"
           r"|for\s+another\s+(?:\w+\s+)?(?:day|week|month|year|decade|generation)s?|what\s+(?:happens|comes)\s+next"
           r"|from\s+(?:now|here)\s+on|the\s+next\s+(?:war|battle|phase|stage|round|campaign|offensive|target|step)"
           r"|would(?!\s+(?:later|often)\b)|is\s+to\s+(?:be|come)"
           r"|(?:sooner|later)\s+or\s+(?:later|sooner)|in\s+the\s+(?:long|short)\s+(?:run|term)|eventually"
           r"|in\s+time|soon|ahead"),
    _hedge("flat", (0.90, 0.95, 0.99), OWN, "stated",
           rf"doom(?:s|ed|ing)?|(?:cannot|can\s+not|can?\s?n?['’]t|can\s+(?:no\s+longer|never|hardly|scarcely)|unable\s+to"
           rf"|incapable\s+of){_ADV}\s+{_LASTING}"
           r"|writing\s+is\s+on\s+the\s+wall|game\s+over|foregone\s+conclusion|borrowed\s+time|mark\s+my\s+words"
           r"|ha(?:s|ve|d)\s+had\s+(?:its|their|his|her)\s+day|the\s+die\s+is\s+cast|dead\s+in\s+the\s+water"
           r"|impossib(?:le|ility)|unthinkable|inconceivable"
           r"|no\s+(?:going|way|turning|road)\s+(?:back|out)"
           r"|(?:there\s+(?:is|are|will\s+be)\s+)?no\s+(?:\w+\s+)?(?:prospects?|chance|danger|hope|possibility|question|sign"
           r"|likelihood|reason|risk|alternative|choice|future)(?:\s+(?:of|for|that|to|but))?"
           r"|never|inevitabl[ey]|unavoidabl[ey]|irreversibly|(?:is|are|be)\s+irreversible|certain\s+to|bound\s+to"
           r"|destined\s+(?:to|for)|fated\s+to|definitively|conclusively\s+(?:failed|lost|defeated|over)"
           r"|for\s+good|for\s?ever|can\s+only\s+(?:be\s+(?:\w+\s+){0,3}(?:won|decided|settled|ended|broken|restored)|end|lose|fail|lead|grow|worsen)|once\s+and\s+for\s+all|fate\s+(?:is|was)\s+sealed|seal(?:s|ed)?\s+(?:\S+\s+){0,4}fate"
           r"|only\s+a\s+(?:matter|question)\s+of\s+time|a\s+matter\s+of\s+(?:time|days|weeks|months|years)"
           r"|(?:is|are|war\s+is)\s+(?:not\s+|far\s+from\s+|all\s+but\s+)?(?:\w+ly\s+)?(?:over|finished|lost|beaten|unwinnable|won)|only\s+way"
           r"|there\s+(?:will|can|could)\s+be\s+no|there(?:\s+(?:is|are)|['’]s)\s+no\s+(?:\w+\s+)?(?:way|solution|going|return|hope|future|end|chance|prospect|alternative"
           r"|turning|stopping|escape|room|peace|victory|winners?|doubting)|must\s+(?:now\s+)?(?:fall|fail|lose|end|collapse|follow|come)"
           r"|guarantee[sd]?|no\s+longer\s+(?:exists?|possible|able|credible|capable)"
           r"|in\s+no\s+position\s+to|beyond\s+(?:repair|recovery|saving)|at\s+an\s+end|has\s+no\s+(?:future|choice|way|option|hope)"),
    _hedge("plan", (0.40, 0.60, 0.80), OWN, "implied",
           r"expectations?|anticipation|predictions?|hopes?\s+(?:to|that|of)|intend(?:s|ed)?\s+to|plan(?:s|ned)?\s+to"
           r"|aim(?:s|ed)?\s+to|vow(?:s|ed)?\s+to|wants?\s+to|wish(?:es|ed)?\s+to|prepared?\s+to"),
    _hedge("inability", (0.60, 0.75, 0.88), OWN, "implied",
           rf"(?:cannot|can\s+not|can?\s?n?['’]t|can\s+(?:no\s+longer|never|hardly|scarcely)|unable\s+to|incapable\s+of)"
           rf"(?!{_ADV}\s+{_LASTING})"),
    _hedge("beyond doubt", (0.90, 0.95, 0.99), OWN, "implied",
           r"surely|certainly|undoubtedly|unquestionably|indisputabl[ey]|no\s+doubt|without\s+(?:a\s+)?doubt"
           r"|beyond\s+(?:any\s+)?doubt"),
    _hedge("condition", (0.70, 0.82, 0.92), OWN, "stated",
           r"(?<!.)(?:(?:but|and|so|however|for|then),?\s+)?(?:even\s+)?(?:if|unless|once|without|whoever|whichever|as\s+long\s+as"
           r"|as\s+soon\s+as|until)\b(?!.*\b(?:was|were|had|did|would\s+have|took|fell|lost|held|came|went|\w{3,}ed)\b)"),
    _hedge("still so", (0.60, 0.75, 0.88), OWN, "implied",
           r"still|remain(?:s|ing)?(?!\s+(?:of|from)\b)|continu(?:es?|ing)|persist(?:s|ent)?|ongoing"
           r"|no\s+longer|not\s+yet|linger(?:s|ing)?|for\s+(?:now|the\s+time\s+being|a\s+while)"
           r"|so\s+far|to\s+this\s+day|as\s+ever|always"),
    _hedge("under way", (0.70, 0.82, 0.92), OWN, "implied",
           rf"(?:is|are|['’]s|['’]re|has\s+been|have\s+been){_ADV}\s+(?:being\s+|busy\s+)?{_GOING}(?:n|t|p|g|l|r|d|b)?ing"
           rf"|(?:is|are){_ADV}\s+digging\s+in"
           rf"|(?:begun|began|beginning|begins?|start(?:s|ed|ing)?)\s+to|has\s+(?:now\s+)?(?:begun|started)"
           rf"|(?:is|are){_ADV}\s+(?:crumbling|under\s+way|underway|in\s+(?:retreat|decline|disarray|ruins))"
           r"|more\s+and\s+more|increasing(?:ly)?|rapid(?:ly)?|steadily|day\s+by\s+day|inexorabl[ey]|(?:being|been)\s+(?:\w+ly\s+)?(?:surrounded|restored|squeezed|encircled|ground\s+down|pushed|driven)"),
)  # fmt: skip
"""The table, by how much doubt a wording leaves, the most first: the first that stands in a sentence is its coding."""

_OTHERS = r"""(?:(?:western|foreign|many|most|some|other|several|few|all|local|military|political|official|the|those|
    these)\s+){0,3}
    (?:commentators?|pundits?|analysts?|experts?|critics?|observers?|officials?|media|press|newspapers?|sceptics?|skeptics?|
    optimists?|pessimists?|diplomats?|generals?|think[\s-]tanks?|governments?|hawks?|doves?|politicians?|scholars?|some|many|most|others|they)"""

_HOLD = r"""(?:say|says|said|assum\w+|
    believ\w+|think|thinks|thought|argu\w+|claim\w*|insist\w*|expect\w*|predict\w*|imagin\w+|
    fear\w*|hop(?:e|es|ed)|warn\w*|suppos\w+|maintain\w*|contend\w*|assert\w*|fantasi[sz]\w+|suspect\w*|hold|holds|see|sees|
    conclud\w+|forecast\w*|told|reckon\w*)"""

_BELIEVE = r"""(?:
    assum\w+|believ\w+|think|thinks|thought|argu\w+|insist\w*|expect\w*|predict\w*|imagin\w+|fear\w*|hop(?:e|es|ed)|warn\w*|
    suppos\w+|contend\w*|fantasi[sz]\w+|suspect\w*|conclud\w+|forecast\w*|reckon\w*)"""

ATTRIBUTED = re.compile(
    rf"""\b(?:{_OTHERS}\s+(?:who\s+)?(?:\w+ly\s+|now\s+|still\s+|also\s+){{0,2}}{_HOLD}
    |(?:received|conventional|common|prevailing|accepted|popular)\s+(?:wisdom|view|opinion|belief|assumption)
    |supposedly|allegedly|it\s+is\s+(?:widely\s+|often\s+|commonly\s+)?(?:said|claimed|argued|believed|thought|assumed|feared)
    |according\s+to|the\s+(?:view|claim|argument|idea|notion|belief|assumption|fallacy)\s+(?:\S+\s+){{0,6}}that
    |(?:predictions?|forecasts?|warnings?|fears?|expectations?|hopes?)\s+(?:that|of|by|from))\b""",
    re.VERBOSE,
)
"""A view that somebody else is said to hold."""


HELD = re.compile(
    rf"""\b(?:{_OTHERS}\s+(?:who\s+)?(?:\w+ly\s+|now\s+|still\s+|also\s+){{0,2}}{_BELIEVE}
    |(?:received|conventional|common|prevailing|accepted|popular)\s+(?:wisdom|view|opinion|belief|assumption)
    |it\s+is\s+(?:widely\s+|often\s+|commonly\s+)?(?:believed|thought|assumed|feared|hoped|argued)
    |the\s+(?:view|argument|idea|notion|belief|assumption|fallacy)\s+(?:\S+\s+){{0,6}}that
    |(?:predictions?|forecasts?|warnings?|fears?|expectations?|hopes?)\s+(?:that|of))\b""",
    re.VERBOSE,
)
"""A view of theirs on what is to come or how things stand, and no mere report."""

NUMBER = re.compile(
    r"""\b(?P<a>\d{1,3}(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(?P<b>\d{1,3}(?:\.\d+)?))?
    \s*(?:%|per\s?cent)\s+(?:\w+\s+)?(?:chance|probability|likelihood|odds|likely|certain|sure|confident)
    |\b(?:chances?|probability|likelihood|odds)\s+(?:\S+\s+){0,6}?(?:at|of|as|is|are)\s+(?:\w+\s+){0,2}?(?P<c>\d{1,3}(?:\.\d+)?)
    (?:\s*(?:-|–|to)\s*(?P<d>\d{1,3}(?:\.\d+)?))?\s*(?:%|per\s?cent)
    |\b(?:chances?|probability|likelihood|odds)\s[^.]{0,60}?\b(?P<n2>one|two|three|four|\d{1,2})\s+in\s+
    (?P<m2>two|three|four|five|six|ten|twenty|hundred|\d{1,3})\b
    |\b(?:put|rate|place|peg)\s+(?:it|that|this|the\s+\w+)\s+(?:at|on)\s+(?:\w+\s+){0,2}?(?P<e>\d{1,3}(?:\.\d+)?)\s*(?:%|per\s?cent)
    |\b(?:will|wo\s?n['’]t|shall|may|might|could|falls?|holds?|loses?)\b[^.;()]{1,200}\((?:\w+\s+)?(?P<f>\d{1,3}(?:\.\d+)?)
    \s*(?:%|per\s?cent)(?:\s+\w+)?\)
    |\b(?P<n>one|two|three|four|\d{1,2})[\s-]in[\s-](?:a\s+)?(?P<m>two|three|four|five|six|ten|twenty|hundred|\d{1,3})\s+(?:chance|probability|odds)""",
    re.VERBOSE,
)
"""A probability in figures; its coding is itself."""

_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "twenty": 20, "hundred": 100}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How a sentence speaks of the future: the wording that decides, where it stands, and all wordings found."""

    hedge: Hedge
    start: int
    end: int
    words: tuple[str, ...]
    reading: Reading


MONTH = re.compile(r"\bMay\b")


def lowered(sentence: str) -> str:
    """A sentence as the patterns read it: in small letters, but for the month of May, which is no "may"."""
    low = MONTH.sub("m_y", sentence).lower()
    return low if len(low) == len(sentence) else sentence


def read_hedges(sentence: str) -> Confidence | None:
    """The words of confidence of a sentence; None where it is not about the present or the future."""
    # No writer's sentence is longer, and time grows with the square.
    sentence = lowered(sentence[:LONGEST])
    figure = _figure(sentence)
    if figure is not None:
        return figure
    sentence = blank_non_forecasts(sentence)
    every = [(rank, hedge, match) for rank, hedge in enumerate(HEDGES) for match in hedge.pattern.finditer(sentence)]
    every.sort(key=lambda hit: (hit[2].start() - hit[2].end(), hit[0]))
    hits: list[tuple[int, Hedge, re.Match[str]]] = []
    for hit in every:
        # "highly unlikely" is no "likely" as well, and "no danger of" no danger.
        if not any(hit[2].start() < other.end() and other.start() < hit[2].end() for _, _, other in hits):
            hits.append(hit)
    if not hits:
        return None
    hits.sort(key=lambda hit: (hit[0], hit[2].start()))
    stated = [hit for hit in hits if hit[1].reading == "stated" and not _is_past(sentence, hit[2])]
    if not stated and all(_is_past(sentence, hit[2]) for hit in hits):
        return None
    # "It will fall, though it may take a year" is a "will".
    main = [hit for hit in stated if not SUBORDINATE.search(sentence[: hit[2].start()])]
    _, hedge, match = (main or stated or hits)[0]
    words = tuple(
        dict.fromkeys(" ".join(hit[2][0].lower().split()[:6]) for hit in sorted(hits, key=lambda h: h[2].start()))
    )
    return Confidence(hedge, match.start(), match.end(), words[:6], "stated" if stated else "implied")


SUBORDINATE = re.compile(
    r"[,;–—]\s*(?:even\s+)?(?:though|although|while|whilst|however\s+(?:long|much|many))\b[^,;–—]*$"
)
"""The beginning of a clause whose doubt is not the sentence's."""

MODAL = re.compile(
    r"would|could|might|was\s+expected|were\s+expected|soon|eventually|in\s+time|never|about\s+to|unable\s+to|"
    + ESTIMATE
)
_TOOK = "was|were|had|did|took|came|went|fell|held|knew|found|began|fled|fought|lost|gave|saw"
PAST = re.compile(
    rf"\b(?:{_TOOK}|won|made|left)\b"
    r"|(?<!\ba)(?<!\ban)(?<!\bthe)(?<!\bhis)(?<!\bits)(?<!\btheir)(?<!\bany)(?<!\bno)\s\w{3,}ed\b(?!\s+by\b)"
)
"""A verb in the past, and no participle such as "a renewed attack" or "a truce backed by"."""
TOOK = re.compile(rf"\b(?:{_TOOK})\b")
SAID = re.compile(
    r"\b(?:if|unless|say|says|said|warn\w*|believ\w+|thinks?|thought|predict\w*|told|argu\w+|fear\w*|expects?|"
    r"expected|promis\w+|claim\w*|insist\w*|according|suggest\w*|is|are|will|now|has|have|should|were\s+(?:\w+\s+){1,3}to)\b"
)
PARTICIPLE = re.compile(r",\s*(?:\w+ly\s+)?\w+ed\s+(?:from|by|with|in|of|on|to)\b[^,]*,")
"""A clause such as ", relieved from the siege," which tells of no past."""


def _is_past(sentence: str, match: re.Match[str]) -> bool:
    """Whether a modal tells of the past: after a verb in the past, with nobody who speaks of what is to come."""
    if MODAL.fullmatch(match[0]) is None or SAID.search(sentence):
        return False
    return (
        PAST.search(PARTICIPLE.sub(",", sentence[: match.start()])) is not None
        or TOOK.search(sentence[match.end() :]) is not None
    )


def _figure(sentence: str) -> Confidence | None:
    """A probability that the sentence gives in figures."""
    match = NUMBER.search(sentence)
    if match is None:
        return None
    part = match.groupdict()
    if part["n"] or part["n2"]:
        n, m = (float(_WORDS.get(word, 0) or word) for word in (part["n"] or part["n2"], part["m"] or part["m2"]))
        ends = [n / m if m else 2.0]
    else:
        ends = [float(part[key]) / 100 for key in "abcdef" if part[key]]
    low, high = min(ends), max(ends)
    if high > 1:
        return None
    hedge = Hedge("figure", low, round((low + high) / 2, 4), high, "the article", "stated", NUMBER)
    return Confidence(hedge, match.start(), match.end(), (" ".join(match[0].lower().split()[:6]),), "stated")


def is_view_of_others(sentence: str) -> bool:
    """Whether a sentence says what others expect or believe."""
    return HELD.search(lowered(sentence)) is not None


def attributed(sentence: str) -> bool:
    """Whether a sentence reports what others hold."""
    return ATTRIBUTED.search(lowered(sentence)) is not None
