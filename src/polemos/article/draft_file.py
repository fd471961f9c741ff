"""A draft as a file: plain values, and the argument.yaml that a person finishes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from polemos.article.draft import Candidate, Draft, ranked

NOTE = "found by rules, for a person to finish: paraphrase each claim, say whose it is, write the strict question"


def as_records(draft: Draft) -> list[dict[str, object]]:
    """The claims as plain values, as they are ranked; blank where a person has to fill in."""
    records = []
    for candidate in ranked(draft.candidates):
        fields: dict[str, object] = {
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
            "owner": candidate.owner,
            "vintage": str(candidate.vintage or ""),
            "paragraphs": [candidate.paragraph.number],
            "sentence": draft.article.text[candidate.start : candidate.end],
            "text": "",
        }
        if candidate.kind == "fact":
            record["where"] = "; ".join(", ".join(part) for part in _where(candidate) if part)
        if candidate.kind in ("forecast", "rival"):
            fields["reading"] = candidate.confidence.reading if candidate.confidence else "stated"
            fields["likelihood"] = round(candidate.likelihood, 2)
            fields["attributed"] = candidate.attributed
            fields["horizon"] = str(candidate.horizon or "")
            record["words"] = ", ".join(candidate.confidence.words) if candidate.confidence else ""
            hedge = candidate.confidence.hedge if candidate.confidence else None
            record["coding"] = {"low": hedge.low, "mid": hedge.mid, "high": hedge.high} if hedge else ""
            record |= {"strict": "", "group": "", "outcome": ""}
        record["carrier"] = ""
        record |= candidate.linked | candidate.given
        fields["refined"] = sorted(candidate.given)
        record["found"] = {
            key: value for key, value in fields.items() if value != "" and value != [] and value is not False
        }
        records.append(record)
    return records


def where_named(draft: Draft) -> dict[str, dict[str, list[int]]]:
    """By kind of name, each id and the paragraphs that name it, in claims or not."""
    places_of: dict[str, dict[str, list[int]]] = {"places": {}, "organisations": {}, "regions": {}}
    for paragraph, name in draft.names:
        group = {"place": "places", "organisation": "organisations"}.get(name.kind, "regions")
        numbers = places_of[group].setdefault(name.ids[0], [])
        if paragraph not in numbers:
            numbers.append(paragraph)
    return {group: dict(sorted(ids.items())) for group, ids in places_of.items()}


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
        "# A draft for a person to finish, the likeliest forecasts first. `sentence` is the article's own, for you",
        "# alone: before you commit, delete it, and every claim with `reject: true` or a reason there. `found` leads",
        "# back: characters of the cleaned text, line of the file, SHA-256 of the paragraph. Codings are proposed from",
        "# a table of verbal probabilities. `polemos check` on this file says what is to be filled in; then delete the",
        "# key `draft`.",
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


def questions_as_yaml(questions: Sequence[Mapping[str, object]], file: str) -> str:
    """Drafted questions as questions.yaml; `file` is the draft that links to them."""
    lines = [
        f"# Drafted for the claims of {file} from what they name: a side, places and a last day. Read each against its",
        "# sentence, mend it, or delete it together with `questions` and `strict` of its claim.",
        "questions:" if questions else "questions: []",
    ]
    for question in questions:
        for at, (key, value) in enumerate(question.items()):
            lines.append(f"  {'-' if at == 0 else ' '} {key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


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
