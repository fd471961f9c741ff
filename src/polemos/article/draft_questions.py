"""From a claim to a question: where a forecast names places, a side and a last day, the question that would settle it.

Three patterns: a side takes places, loses them, holds them. Who holds a place on the day of the article is looked up in
the scenario, so that "the town falls within weeks" is its holder's loss. What fits no pattern is left to a person.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from polemos.article.confidence_words import lowered
from polemos.article.draft import Candidate, Draft

if TYPE_CHECKING:
    from polemos.scenario.load import Scenario

TAKE = r"""captur(?:e|es|ing)|seiz(?:e|es|ing)|(?:re)?tak(?:e|es|ing)|recaptur(?:e|es|ing)|(?:re)?conquer(?:s|ing)?
    |liberat(?:e|es|ing)|overrun(?:s|ning)?|enter(?:s|ing)?|storm(?:s|ing)?|regain(?:s|ing)?|recover(?:s|ing)?|win\s+back"""
LOSE = r"""los(?:e|es|ing)|fall(?:s|ing)?|surrender(?:s|ing)?|abandon(?:s|ing)?|evacuat(?:e|es|ing)|withdraw(?:s|ing)?
    |retreat(?:s|ing)?|giv(?:e|es|ing)\s+up|collaps(?:e|es|ing)|be\s+(?:driven|expelled|pushed|thrown)"""
TAKEN = r"be\s+(?:\w+ly\s+)?(?:(?:re)?taken|(?:re)?captured|(?:re)?conquered|seized|liberated|overrun)"
HOLD = r"hold(?:s|ing)?(?:\s+out)?|keep(?:s|ing)?|retain(?:s|ing)?|surviv(?:e|es|ing)|withstand(?:s|ing)?"

VERB = re.compile(rf"\b(?:(?P<taken>{TAKEN})|(?P<take>{TAKE})|(?P<lose>{LOSE})|(?P<hold>{HOLD}))\b", re.VERBOSE)
NEGATED = re.compile(
    r"\b(?:not|never|cannot|can\s+no\s+longer|unable\s+to|no\s+longer|wo\s?n['’]t|ca\s?n['’]t|fails?\s+to)\b[^,;]{0,40}$"
)
"""A negation of the verb itself; a word such as unlikely leaves the question as it is, and its coding low."""


def draft_questions(draft: Draft, scenario: Scenario) -> tuple[Draft, tuple[dict[str, Any], ...]]:
    """The draft with its claims linked to questions, and the questions as plain values of questions.yaml.

    A question is drafted for a forecast that states or reports what will be, and names one place or several of the
    scenario, a last day within its time, and a side or a place whose holder is on record.
    """
    holders = _holders(scenario, draft.date) if draft.date else {}
    candidates, questions = [], []
    for candidate in draft.candidates:
        question = _question(draft, candidate, scenario, holders)
        if question is not None:
            questions.append(question)
            link = {
                "strict": question["asked"],
                "outcome": {"by": "record"},
                "questions": [question["id"]],
                "carrier": {"by": "question"},
            }
            candidate = replace(candidate, linked=link)
        candidates.append(candidate)
    return replace(draft, candidates=tuple(candidates)), tuple(questions)


def _question(draft: Draft, candidate: Candidate, scenario: Scenario, holders: dict[str, str]) -> dict[str, Any] | None:
    """The question of a claim, None where it fits no pattern."""
    places, last = candidate.ids("place"), candidate.horizon
    if candidate.kind != "forecast" or candidate.reading == "implied" or "reject" in candidate.given:
        return None
    if not places or draft.date is None or last is None or not draft.date < last <= _end(scenario):
        return None
    sentence = lowered(draft.article.text[candidate.start : candidate.end])
    at = candidate.confidence.start if candidate.confidence else 0
    verb = VERB.search(sentence, at) or VERB.search(sentence)
    if verb is None:
        return None
    act = next(name for name, words in verb.groupdict().items() if words)
    sides = [(name.start - candidate.start, name.ids[0]) for name in candidate.names if name.kind == "organisation"]
    before = [side for start, side in sides if start < verb.start()]
    agent = next((side for start, side in sides if start >= verb.end() and _led_by(sentence, start)), "")
    held_by = {holders.get(place, "") for place in places}
    if act == "taken" or (act == "lose" and agent):
        act, side = ("take", agent) if agent else ("lose", "")
    else:
        side = before[0] if before else ""
    if act in ("take", "lose") and not side and len(held_by) == 1:
        # Whoever takes it, its holder loses it.
        act, side = "lose", held_by.pop()
    # What is held already is not to be taken, and what is not held cannot be lost.
    if not side or (act == "take") == (side in {holders.get(place, "") for place in places}):
        return None
    negated = NEGATED.search(sentence[: verb.start()]) is not None
    return _entry(candidate, places, side, act, negated, draft.date, last, scenario)


def _entry(
    candidate: Candidate,
    places: list[str],
    side: str,
    act: str,
    negated: bool,
    first: datetime.date,
    last: datetime.date,
    scenario: Scenario,
) -> dict[str, Any]:
    """A question as questions.yaml has it, with its wording for people."""
    who = next((one.name for one in scenario.settings.organisations if one.id == side), side)
    names = {row["id"]: row["name"] for row in scenario.tables["places.csv"].rows}
    where = " and ".join(str(names[place]) for place in places)
    condition: dict[str, Any] = {"by": side, "places": {"ids": places}}
    if len(places) > 1:
        condition["quantifier"] = "all"
    span = f"after {first} and up to {last}"
    if act == "take":
        text = f"Does {who} hold {where} on {'no' if negated else 'some'} day {span}?"
        fields: dict[str, Any] = {"kind": "first_time", "when": condition}
        fields["later_than" if negated else "no_later_than"] = last
    elif act == "lose" and not negated:
        text = f"Is there a day {span} on which {who} does not hold {where}?"
        fields = {"kind": "first_time", "when": condition | {"negate": True}, "no_later_than": last}
    elif act == "lose":
        text = f"Does {who} hold {where} on every day {span}?"
        fields = {"kind": "held", **condition, "window": [first, last + datetime.timedelta(1)], "over": "always"}
    else:
        text = f"Does {who} {'not ' if negated else ''}hold {where} on {last}?"
        fields = {"kind": "held", **condition, "date": last} | ({"negate": True} if negated else {})
    verb = {"take": "takes", "lose": "loses", "hold": "holds"}[act]
    head = {
        "id": re.sub(r"[^a-z0-9]+", "-", f"{candidate.id}-{places[0]}-{last}".lower()),
        "kind": fields.pop("kind"),
        "title": f"{who} {'never ' if negated else ''}{verb} {where} by {last}",
        "asked": text,
        "origin": first,
        "claims": [candidate.id],
    }
    return head | fields


def _led_by(sentence: str, at: int) -> bool:
    """Whether "by" or "to" leads to a name at a character of a sentence."""
    return bool({"by", "to"} & set(sentence[:at].split()[-2:]))


def _holders(scenario: Scenario, day: datetime.date) -> dict[str, str]:
    """Who holds each place on a day, by the record."""
    holders = {}
    for row in scenario.tables["control.csv"].rows:
        start, end = (str(row[name] or "")[:10] for name in ("start", "end"))
        if start <= str(day) and (end in ("", "NaT") or str(day) < end):
            holders[row["place"]] = row["holder"] or ""
    return holders


def _end(scenario: Scenario) -> datetime.date:
    """The last day that can be asked about."""
    return datetime.date.fromisoformat(str(scenario.settings.run_to or scenario.settings.end)[:10])
