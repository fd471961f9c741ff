"""A draft of argument.yaml from an article: what it forecasts, what it dates, what it says causes what.

Rules find sentences; a person finishes the claims. The text is not kept: offsets into the cleaned text, the number of
the paragraph and its hash lead back to it. The rules know words of confidence, of time, of cause and of war, and no
names but those of a scenario.
"""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from polemos.argument.article import Article, Paragraph
from polemos.argument.dates import When, find_dates
from polemos.argument.gazetteer import Gazetteer
from polemos.argument.hedges import Confidence, attributed, held, lowered, read_hedges
from polemos.argument.names import Name
from polemos.argument.sentences import sentences

SECONDS = 20.0
"""Time for one article; what is left then is not read, and the draft says so."""

NOTE = "found by rules, for a person to finish: paraphrase each claim, say whose it is, write the strict question"

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
    names: tuple[Name, ...] = ()
    dates: tuple[When, ...] = ()
    vintage: datetime.date | None = None
    given: dict[str, object] = field(default_factory=dict)
    """Fields that a language model gave; they go before those of the rules."""

    @property
    def horizon(self) -> datetime.date | None:
        """The last day that the words allow, of a forecast; None where the sentence names none."""
        if self.kind != "forecast":
            return None
        ahead = [when.last for when in self.dates if when.last and (self.vintage is None or when.last > self.vintage)]
        return max(ahead, default=None)

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
    article: Article, names: Gazetteer, *, file: str, scenario: str = "", date: datetime.date | None = None
) -> Draft:
    """A draft of the claims of an article, by rules. `date` is the day it was written (default: the page's own)."""
    written = date or article.date
    notes = list(article.notes)
    if written is None:
        notes.append("no date of the article is known: give --date, and horizons will be resolved")
    began = time.monotonic()
    found: list[Candidate] = []
    by_paragraph = _by_paragraph(article, names.find(article.text))
    for paragraph in article.paragraphs:
        if time.monotonic() - began > SECONDS:
            notes.append(f"stopped after {SECONDS:.0f} s at paragraph {paragraph.number} of {len(article.paragraphs)}")
            break
        for start, end in sentences(paragraph.text):
            found += _candidates(paragraph, start, end, by_paragraph[paragraph.number], written)
    every = tuple((of, name) for of, names_of in by_paragraph.items() for name in names_of)
    return Draft(article, file, scenario, written, number(found), tuple(notes), every)


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
    found: dict[int, list[Name]] = {paragraph.number: [] for paragraph in article.paragraphs}
    at = 0
    for paragraph in article.paragraphs:
        end = paragraph.start + len(paragraph.text)
        while at < len(names) and names[at].start < end:
            found[paragraph.number].append(names[at])
            at += 1
    return found


def _candidates(
    paragraph: Paragraph, start: int, end: int, names: Sequence[Name], written: datetime.date | None
) -> Iterator[Candidate]:
    """What a sentence claims: at most one forecast, one fact and one mechanism."""
    sentence = paragraph.text[start:end]
    a, b = paragraph.start + start, paragraph.start + end
    inside = tuple(name for name in names if a <= name.start < b)
    dates = tuple(find_dates(sentence, written))
    past = [when for when in dates if when.first and when.kind != "horizon" and (not written or when.first <= written)]
    others = attributed(sentence)
    confidence = read_hedges(sentence)
    low = lowered(sentence)
    event, cause = EVENT.search(low), CAUSE.search(low)

    def made(kind: str, cue: str) -> Candidate:
        return Candidate("", kind, paragraph, a, b, cue, confidence, others, inside, dates, written)

    # "In May the advance continued": a state that went on in a past that is named forecasts nothing.
    gone = bool(past) and confidence is not None and confidence.reading == "implied"
    # "The war ends this summer" needs no word of confidence.
    ahead = [when for when in dates if when.kind == "horizon" and when.last and not past]
    if confidence is not None and not gone:
        yield made("forecast", "; ".join(confidence.words))
    elif confidence is None and held(sentence):
        yield made("forecast", "reported view")
    elif confidence is None and ahead and AT_HAND.search(sentence):
        yield made("forecast", " ".join(sentence[ahead[0].start : ahead[0].end].split()))
    where = any(name.kind in ("place", "region", "country") for name in inside)
    stated = confidence is not None and confidence.reading == "stated"
    if past or (event and where and not stated):
        first = past[0] if past else None
        cue = sentence[first.start : first.end] if first else event[0] if event else ""
        yield made("fact", " ".join(cue.split()))
    if cause:
        yield made("mechanism", " ".join(cause[0].split()[:4]).lower())


def as_records(draft: Draft) -> list[dict[str, object]]:
    """The claims as plain values, in the order of the file; blank where a person has to fill in."""
    records = []
    for candidate in draft.candidates:
        found: dict[str, object] = {
            "start": candidate.start,
            "end": candidate.end,
            "line": candidate.paragraph.line,
            "sha256": candidate.paragraph.sha256,
            "cue": candidate.cue,
            "places": candidate.ids("place"),
            "organisations": candidate.ids("organisation"),
            "regions": candidate.ids("region", "country"),
            "dates": [f"{when.first}/{when.last}" for when in candidate.dates if when.first],
        }
        record: dict[str, object] = {
            "id": candidate.id,
            "kind": candidate.kind,
            "owner": "" if candidate.attributed else "author",
            "vintage": str(candidate.vintage or ""),
            "paragraphs": [candidate.paragraph.number],
            "text": "",
        }
        if candidate.kind == "fact":
            record["where"] = "; ".join(", ".join(part) for part in _where(candidate) if part)
        if candidate.kind in ("forecast", "rival"):
            found["reading"] = candidate.confidence.reading if candidate.confidence else "stated"
            found["attributed"] = candidate.attributed
            found["horizon"] = str(candidate.horizon or "")
            record["words"] = ", ".join(candidate.confidence.words) if candidate.confidence else ""
            hedge = candidate.confidence.hedge if candidate.confidence else None
            record["coding"] = {"low": hedge.low, "mid": hedge.mid, "high": hedge.high} if hedge else ""
            record |= {"strict": "", "group": "", "outcome": ""}
        record["carrier"] = ""
        record |= candidate.given
        found["refined"] = sorted(candidate.given)
        record["found"] = {
            key: value for key, value in found.items() if value != "" and value != [] and value is not False
        }
        records.append(record)
    return records


def where_named(draft: Draft) -> dict[str, dict[str, list[int]]]:
    """By kind of name, each id and the paragraphs that name it, in claims or not."""
    found: dict[str, dict[str, list[int]]] = {"places": {}, "organisations": {}, "regions": {}}
    for paragraph, name in draft.names:
        group = {"place": "places", "organisation": "organisations"}.get(name.kind, "regions")
        numbers = found[group].setdefault(name.ids[0], [])
        if paragraph not in numbers:
            numbers.append(paragraph)
    return {group: dict(sorted(ids.items())) for group, ids in found.items()}


def _where(candidate: Candidate) -> Iterator[list[str]]:
    yield candidate.ids("place", "region", "country")
    yield [
        f"{when.first}" if when.first == when.last else f"{when.first}..{when.last}"
        for when in candidate.dates
        if when.first
    ]
    yield candidate.ids("organisation")


def as_yaml(draft: Draft) -> str:
    """The draft as argument.yaml."""
    head = [
        "# A draft for a person to finish. The article's text is not kept; `found` leads back to it: characters of the",
        "# cleaned text, line of the file, SHA-256 of the paragraph. Codings are proposed from a table of verbal",
        "# probabilities. `polemos check` on this file says what is to be filled in; then delete the key `draft`.",
        f"title: {_scalar(draft.article.title)}",
        "published:",
        f"vintages: {{V1: {draft.date}}}" if draft.date else "vintages:",
        "draft:",
        f"  file: {_scalar(draft.file)}",
        f"  scenario: {_scalar(draft.scenario)}",
        f"  paragraphs: {len(draft.article.paragraphs)}",
        f"  note: {_scalar(NOTE)}",
        *(f"  {group}: {_flow(ids)}" for group, ids in where_named(draft).items() if ids),
        *(["  notes:"] + [f"    - {_scalar(note)}" for note in draft.notes] if draft.notes else []),
        "claims:" if draft.candidates else "claims: []",
    ]
    lines = []
    for record in as_records(draft):
        for at, (key, value) in enumerate(record.items()):
            shown = _flow(value)
            lines.append(f"  {'-' if at == 0 else ' '} {key}:" + (f" {shown}" if shown else ""))
    return "\n".join([*head, *lines]) + "\n"


def _flow(value: object) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _scalar(str(value))


def _scalar(text: str) -> str:
    """Text as a scalar of YAML, quoted where it must be."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_. -]*[A-Za-z0-9]|\d{4}-\d{2}-\d{2}", text) and text.lower() not in (
        *("null", "true", "false", "yes", "no", "on", "off"),
    ):
        return text
    return json.dumps(text, ensure_ascii=False) if text else ""
