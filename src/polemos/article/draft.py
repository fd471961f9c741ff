"""A draft of argument.yaml from an article: its forecasts, its dated facts and its causal statements.

Rules find sentences; a person finishes the claims. Offsets into the cleaned text, the number of the paragraph and its
hash lead back to it. The rules know words of confidence, of time, of cause and of war, and no
names but those of a scenario.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polemos.article.confidence_words import (
    Confidence,
    Hedge,
    attributed,
    is_view_of_others,
    lowered,
    read_hedges,
)
from polemos.article.find_dates import When, find_dates, is_deadline
from polemos.article.likelihood import LIKELY, likelihood
from polemos.article.non_forecasts import PLAN, blank_non_forecasts
from polemos.article.owners import owner
from polemos.article.read_article import Article, Paragraph, day_of_line
from polemos.article.sentences import sentences
from polemos.names.find_names import Name
from polemos.names.gazetteer import Gazetteer

SECONDS = 20.0
"""Time for one article; what is left then is not read, and the draft says so."""

EVENT = re.compile(
    r"""\b(?:captur(?:ed|ing)|seiz(?:ed|ing)|took|taken|taking|retook|retaken|recaptur(?:ed|ing)|reconquer(?:ed|ing)|conquer(?:ed|ing)
    |liberat(?:ed|ing)|overr[au]n|los(?:t|ing)|f[ae]ll(?:en)?|surrender(?:ed|ing)|withdr[ae]wn?|retreat(?:ed|ing)|evacuat(?:ed|ing)
    |attack(?:ed|ing)|besieg(?:ed|ing)|encircl(?:ed|ing)|surround(?:ed|ing)|shell(?:ed|ing)|bomb(?:ed|ing)|kill(?:ed|ing)|defeat(?:ed|ing)
    |repel(?:led|ling)|repuls(?:ed|ing)|enter(?:ed|ing)|crossed|reached|advanc(?:ed|ing)|driven|drove|expel(?:led|ling)|defect(?:ed|ing|ion)
    |desert(?:ed|ing)|declar(?:ed|ing)|proclaim(?:ed|ing)|sign(?:ed|ing)|agreed|launch(?:ed|ing)|began|begun|broke[n]?|ended|held|holds
    |controls?|controlled|occup(?:y|ies|ied)|rescued|relieved|cut\s+off|rebelled|revolted|mutinied|intervened|invaded|assassinated|destroyed
    |siege|battle|offensive|ceasefire|cease-fire|truce|massacre|ambush(?:ed)?|clash(?:ed|es)|fought|fighting|went\s+over|switched)\b""",
    re.VERBOSE,
)
"""What happens in a war."""

CAUSE = re.compile(
    r"""\b(?:because|due\s+to|owing\s+to|thanks\s+to|as\s+a\s+(?:direct\s+)?(?:result|consequence)|(?:result(?:s|ed|ing)?)\s+(?:in|from)|led\s+to|leads\s+to
    |lead(?:ing)?\s+to|caus(?:e[sd]?|ing)(?!\s+of\s+death)|therefore|thus|hence|consequently|accordingly|so\s+that|which\s+is\s+why|that\s+is\s+why|explains?\s+why
    |forc(?:ed|es|ing)\s+(?:\S+\s+){1,5}to|(?:this|that|which|it|\w+)\s+means(?:\s+that)?|meant\s+that|in\s+order\s+to|mak(?:es|ing)\s+(?:it|them)\s+(?:im)?possible|made\s+(?:it|them)?\s*(?:im)?possible
    |enabl(?:e[sd]?|ing)|allow(?:s|ed|ing)\s+(?:\S+\s+){1,5}to|trigger(?:s|ed|ing)?|provok(?:e[sd]?|ing)|fuel(?:s|led|ling)?|prompt(?:s|ed|ing)|spark(?:s|ed|ing)|gave\s+rise\s+to
    |undermin(?:e[sd]?|ing)|weaken(?:s|ed|ing)|strengthen(?:s|ed|ing)|deter(?:s|red|ring)|prevent(?:s|ed|ing)|conditions?\s+(?:which|that)\s+(?:created|made|allowed|gave)
    |took\s+advantage\s+of|benefit(?:s|ed|ing)?\s+from|beneficiar(?:y|ies)|in\s+response\s+to|react(?:ed|ion)\s+to|follow(?:s|ing)?\s+from|by\s+(?:cutting|denying|depriving|closing|arming|refusing)
    |at\s+which\s+point|will\s+(?:draw|drive|push|release|encourage|force|lead)|draws?\s+(?:them|people|\w+)\s+to
    |backed\s+by|depends?\s+on|relies\s+on|stems?\s+from|root(?:s|ed)\s+(?:of|in)|reasons?\s+(?:for|why|that)|since\s+(?:it|they|the|this|that|he|she|there)|without\s+(?:which|whom|this|that|its|their)
    |(?:the\s+)?(?:more|less|longer|weaker|stronger)\s+.{3,80},\s+the\s+(?:more|less|sooner|longer|weaker|stronger|harder))\b
    |\bif\b.{5,160}?\b(?:will|would|collapses?|falls?|cannot|could|must)\b""",
    re.VERBOSE,
)
"""What ties a cause to an effect."""


LETTER = {"forecast": "P", "fact": "F", "mechanism": "M", "rival": "R"}


AT_HAND = re.compile(r"\b(?:by|within|before|until|next|this|coming|tomorrow|end\s+of)\b", re.IGNORECASE)
"""What looks ahead where "in two years" may as well look back."""

MINE = re.compile(r"\bi\s+(?:will|shall|would|am\s+going\s+to|intend)\b")
"""What the author means to do."""

FORECASTS = re.compile(r"\b(?:predictions?|forecasts?|outlook|what\s+to\s+expect|scenarios)\b", re.IGNORECASE)
"""In its title: an article that lists what is to come, in the present tense."""

COMES = re.compile(
    r"\b(?:falls?|holds?|keeps?|stays?|loses?|(?:re)?takes?|(?:re)?captures?|collapses?|wins?|ends?(?!\s+of)|survives?|remains?"
    r"|breaks?|splits?|withdraws?|surrenders?|advances?|retreats?|recovers?|regains?|goes|no\s+(?:\w+\s+)?(?:deal|truce|peace))\b"
)
"""What such a list says of places and sides."""

BEFORE = re.compile(
    r"\b(?:before|(?:earlier|sooner)\s+than)\s+(?:the\s+)?(?:(?:start|beginning)\s+of\s+)?$", re.IGNORECASE
)
NOT_BEFORE = re.compile(r"\bnot\s+(?:\w+\s+){0,2}?(?:before|until|till)\b")
"""What says of a day to come that nothing happens up to it."""

IN_A_LIST = Hedge("in a list of forecasts", 0.60, 0.75, 0.88, "own coding", "stated", COMES)
"""The coding of what such a list says."""

PRESENT = re.compile(
    r"\b(?:is|are|am|['’]s|['’]re|will|wo\s?n['’]t|['’]ll|shall|has|have|may|can|ca\s?n['’]t|cannot|must|now|say|says|expects?|fears?|risks?|warns?|remains?)\b"
)
"""Words that speak of now or later; a sentence with a day in the past and none of these tells of the past."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim as drafted: forecast, fact or mechanism, or a rival from a language model; offsets as in `Found`."""

    id: str
    kind: str
    paragraph: Paragraph
    start: int
    end: int
    cue: str
    confidence: Confidence | None = None
    attributed: bool = False
    owner: str = "author"
    names: tuple[Name, ...] = ()
    dates: tuple[When, ...] = ()
    vintage: datetime.date | None = None
    likelihood: float = 0.0
    """How likely the sentence is a forecast of a war, 0 to 1 (`polemos.article.likelihood`)."""
    given: dict[str, object] = field(default_factory=dict)
    """Fields that a language model gave; they go before those of the rules."""
    linked: dict[str, object] = field(default_factory=dict)
    """Fields that go with a question drafted for it."""

    @property
    def horizon(self) -> datetime.date | None:
        """The last day that the words allow, of a forecast; None where the sentence names none."""
        if self.kind != "forecast":
            return None
        ahead = [
            last for when in self.dates if (last := self._last(when)) and (not self.vintage or last > self.vintage)
        ]
        return max(ahead, default=None)

    def _last(self, when: When) -> datetime.date | None:
        """The last day that a date allows: "before 2018" ends with 2017."""
        text = self.paragraph.text[self.start - self.paragraph.start :]
        if when.first and when.kind in ("day", "month", "year") and BEFORE.search(text[: when.start]):
            return when.first - datetime.timedelta(days=1)
        return when.last

    @property
    def reading(self) -> str:
        """Whether the future is stated or implied; empty where the sentence reports a view without a word of either."""
        return self.confidence.reading if self.confidence else ""

    def ids(self, *kinds: str) -> list[str]:
        """Ids of the names of these kinds, each once; the likeliest where a name may be several things."""
        return list(dict.fromkeys(name.ids[0] for name in self.names if name.kind in kinds))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: the article it is of, its candidates, the file and the scenario it was made with, and what was cut."""

    article: Article
    file: str
    scenario: str
    date: datetime.date | None
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()
    names: tuple[tuple[int, Name], ...] = ()
    """Every name with the number of its paragraph."""


def make_draft(
    article: Article,
    names: Gazetteer,
    *,
    file: str,
    scenario: str = "",
    date: datetime.date | None = None,
    implied: bool = False,
) -> Draft:
    """A draft of the claims of an article, by rules. `date` is the day it was written (default: the page's own).

    `implied`: sentences that say of a state or a course of things that it goes on are forecasts too, and so are those
    with a word of the future that are more likely to settle an affair of law or policy.
    """
    written = date or article.date
    notes = list(article.notes)
    if written is None:
        notes.append("no date of the article is known: give --date, and horizons will be resolved")
    began = time.monotonic()
    candidates: list[Candidate] = []
    listed = FORECASTS.search(article.title) is not None
    by_paragraph = _by_paragraph(article, names.find(article.text))
    for paragraph in article.paragraphs:
        if time.monotonic() - began > SECONDS:
            notes.append(f"stopped after {SECONDS:.0f} s at paragraph {paragraph.number} of {len(article.paragraphs)}")
            break
        for start, end in sentences(paragraph.text):
            here = by_paragraph[paragraph.number]
            candidates += _candidates(paragraph, start, end, here, written, implied=implied, listed=listed)
    every = tuple((of, name) for of, names_of in by_paragraph.items() for name in names_of)
    return Draft(article, file, scenario, written, number(candidates), tuple(notes), every)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates in the order in which a person should look at them.

    Forecasts first, stated before reported before implied, and the likeliest before the others; then rivals, mechanisms
    and facts; among equals the order of the text. What a language model rejects comes last.
    """
    kinds = {"forecast": 0, "rival": 1, "mechanism": 2, "fact": 3}
    readings = {"stated": 0, "": 1, "implied": 2}

    def rank(candidate: Candidate) -> tuple[bool, int, int, float, int]:
        forecast = candidate.kind == "forecast"
        reading = candidate.reading if forecast else "stated"
        likely = candidate.likelihood if forecast else 0.0
        return "reject" in candidate.given, kinds[candidate.kind], readings[reading], -likely, candidate.start

    return sorted(candidates, key=rank)


def number(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates with their ids: the letter of the kind and a number, in the order of the text."""
    count: dict[str, int] = {}
    named = []
    for candidate in candidates:
        letter = LETTER[candidate.kind]
        count[letter] = count.get(letter, 0) + 1
        named.append(replace(candidate, id=f"{letter}{count[letter]}"))
    return tuple(named)


def _by_paragraph(article: Article, names: Sequence[Name]) -> dict[int, list[Name]]:
    """Names by the number of their paragraph, both in the order of the text."""
    by_paragraph: dict[int, list[Name]] = {paragraph.number: [] for paragraph in article.paragraphs}
    at = 0
    for paragraph in article.paragraphs:
        end = paragraph.start + len(paragraph.text)
        while at < len(names) and names[at].start < end:
            by_paragraph[paragraph.number].append(names[at])
            at += 1
    return by_paragraph


def _candidates(
    paragraph: Paragraph,
    start: int,
    end: int,
    names: Sequence[Name],
    written: datetime.date | None,
    *,
    implied: bool,
    listed: bool,
) -> Iterator[Candidate]:
    """What a sentence claims: at most one forecast, one fact and one mechanism."""
    sentence = paragraph.text[start:end]
    a, b = paragraph.start + start, paragraph.start + end
    inside = tuple(name for name in names if a <= name.start < b)
    dates = tuple(find_dates(sentence, written))
    past = [when for when in dates if when.first and when.kind != "horizon" and (not written or when.first <= written)]
    # "By the end of the year" lies ahead although the year has begun, and so does "until 2018" where no day is known.
    past = [
        when
        for when in past
        if not (is_deadline(sentence, when) and (written is None or (when.last is not None and when.last > written)))
    ]
    who = owner(sentence)
    others = attributed(sentence) or bool(who)
    low = lowered(sentence)
    confidence = read_hedges(sentence)
    if confidence is None and listed and inside and not past and (comes := COMES.search(low)):
        confidence = Confidence(IN_A_LIST, comes.start(), comes.end(), (comes[0],), "stated")
    likely = likelihood(sentence, confidence)
    event, cause = EVENT.search(low), CAUSE.search(low)

    def candidate(kind: str, cue: str) -> Candidate:
        return Candidate(
            "",
            kind,
            paragraph,
            a,
            b,
            cue,
            confidence,
            others,
            who if others else "author",
            inside,
            dates,
            written,
            likely,
        )

    # "In May the advance continued": a state that went on in a past that is named forecasts nothing.
    is_past = bool(past) and confidence is not None and (confidence.reading == "implied" or not PRESENT.search(low))
    # "The war ends this summer" needs no word of confidence.
    # "By the end of 2015 they lose the coast" does not either, where it names who or what.
    comes_by = written and (NOT_BEFORE.search(low) or (inside and COMES.search(low)))
    ahead = [
        when
        for when in dates
        if when.last and not past and (when.kind == "horizon" or (comes_by and is_deadline(sentence, when)))
    ]
    if ahead and confidence is None:
        plain = blank_non_forecasts(low)
        plan = PLAN.search(plain) or MINE.search(low)
        ahead = [when for when in ahead if plain[when.start : when.end].strip() and not plan]
    sure = (
        confidence is not None
        and confidence.reading == "stated"
        and (likely >= LIKELY or confidence.hedge is IN_A_LIST)
    )
    if confidence is not None and not is_past and (implied or sure):
        yield candidate("forecast", "; ".join(confidence.words))
    elif confidence is None and is_view_of_others(sentence):
        yield candidate("forecast", "reported view")
    elif confidence is None and ahead and AT_HAND.search(sentence):
        yield candidate("forecast", " ".join(sentence[ahead[0].start : ahead[0].end].split()))
    where = any(name.kind in ("place", "region", "country") for name in inside)
    stated = confidence is not None and confidence.reading == "stated"
    if (past or (event and where and not stated)) and day_of_line(paragraph.text) is None:
        first = past[0] if past else None
        cue = sentence[first.start : first.end] if first else event[0] if event else ""
        yield candidate("fact", " ".join(cue.split()))
    if cause:
        yield candidate("mechanism", " ".join(cause[0].split()[:4]).lower())
