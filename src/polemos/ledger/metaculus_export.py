"""Questions and forecasts of a ledger as Metaculus has them: posts with `my_forecasts`, or the payload of its API."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from polemos.ledger.chain import Kept, read
from polemos.ledger.distribution import spread_out
from polemos.ledger.entries import ABOVE, BELOW, Asked, Entry, key
from polemos.ledger.entry_fields import LedgerError

NAME = "metaculus"
ENDS = {"above_upper_bound": ABOVE, "below_lower_bound": BELOW}
FORECAST = (
    "start_time", "end_time", "forecast_values", "interval_lower_bounds", "centers", "interval_upper_bounds",
    "distribution_input",
)  # fmt: skip


def posts(path: Path | str, owner: str = "") -> list[dict[str, Any]]:
    """The questions of a ledger as posts, with the forecasts of one owner and what happened. Raises `LedgerError`.

    `owner` may be left out where there is only one.
    """
    rows = read(path)
    owner = owner or _only_owner(rows)
    posts_by_id: dict[str, dict[str, Any]] = {}
    questions: dict[str, dict[str, Any]] = {}
    for which, terms, own in _by_question(rows, owner):
        question = _question(terms, own)
        questions[which] = question
        post = dict(terms.site.get("post", {})) or {"id": None, "title": terms.text}
        group = terms.site.get("group")
        if group is None and not terms.group:
            posts_by_id[which] = post | {"question": question}
            continue
        at = f"group {post.get('id')} {terms.group}"
        if at not in posts_by_id:
            posts_by_id[at] = post | {"group_of_questions": {**(group or {}), "questions": []}}
            posts_by_id[at].setdefault("title", terms.group)
        posts_by_id[at]["group_of_questions"]["questions"].append(question)
    return list(posts_by_id.values())


def _only_owner(rows: Sequence[Kept]) -> str:
    owners = sorted({entry.entry.owner for entry in rows if entry.entry.kind in ("forecast", "revision")})
    if len(owners) > 1:
        raise LedgerError(f"{len(owners)} owners made forecasts; say whose with --owner: {', '.join(owners[:9])}")
    return owners[0] if owners else ""


def _by_question(rows: Sequence[Kept], owner: str) -> Iterator[tuple[str, Asked, list[Entry]]]:
    """Questions in the order in which they came, each with the owner's forecasts and the resolution that counts."""
    questions: dict[str, Asked] = {}
    own: dict[str, list[Entry]] = {}
    withdrawn = {entry.entry.of for entry in rows if entry.entry.kind == "withdrawal"}
    for entry in rows:
        one = entry.entry
        which = key(one.question)
        questions.setdefault(which, one.question)
        mine = own.setdefault(which, [])
        if entry.number in withdrawn or one.kind not in ("forecast", "revision", "resolution"):
            continue
        if one.kind == "resolution" or one.owner == owner:
            mine.append(one)
    for which, question in questions.items():
        yield which, question, own[which]


def _question(question_asked: Asked, own: Sequence[Entry]) -> dict[str, Any]:
    forecasts = [one for one in own if one.kind != "resolution"]
    answers = [one for one in own if one.kind == "resolution"]
    stored = question_asked.site.get("question") if question_asked.site.get("name") == NAME else None
    question: dict[str, Any] = dict(stored or _new_question(question_asked, forecasts))
    question["my_forecasts"] = {"history": [history_of(one, native=stored is not None) for one in forecasts]}
    question["my_forecasts"]["latest"] = (question["my_forecasts"]["history"] or [None])[-1]
    question |= {"resolution": None, "status": "open"}
    if answers:
        question |= _answer(answers[-1], native=stored is not None)
        question["status"] = "resolved"
    if stored is None:
        extra = {"question": question_asked.model_dump(mode="json", exclude_defaults=True)}
        if answers:
            extra["resolution"] = _own_fields(answers[-1])
        question["polemos"] = extra
    return question


def _new_question(question: Asked, forecasts: Sequence[Entry]) -> dict[str, Any]:
    """A question that Metaculus never had, in its shape; what nobody can know is null."""
    span = question.range
    kind = "binary"
    if question.options:
        kind = "multiple_choice"
    elif span is not None or (forecasts and all(one.probability is None for one in forecasts)):
        kind = "numeric"
    ends: dict[str, bool | None] = {"open_lower_bound": None, "open_upper_bound": None}
    if span is not None:
        ends = {"open_lower_bound": span.open_low, "open_upper_bound": span.open_high}
    return {
        "id": None,
        "title": question.text,
        "description": "",
        "type": kind,
        "options": list(question.options) or None,
        "resolution_criteria": question.criteria,
        "fine_print": "",
        "unit": question.unit,
        "scheduled_close_time": f"{question.closes}T23:59:59Z",
        "scaling": {
            "range_min": None if span is None else span.low,
            "range_max": None if span is None else span.high,
            "zero_point": None if span is None else span.zero,
            "inbound_outcome_count": None if span is None else span.points - 1,
            **ends,
        },
    }


def history_of(one: Entry, *, native: bool = True) -> dict[str, Any]:
    """A forecast as an item of `my_forecasts`; what polemos knows besides stands in it unless it is `native`."""
    start = datetime.datetime.fromisoformat(one.made).replace(tzinfo=datetime.UTC)
    row: dict[str, Any] = {"start_time": start.timestamp(), "end_time": None, "forecast_values": _told_values(one)}
    row |= dict.fromkeys(("interval_lower_bounds", "centers", "interval_upper_bounds"))
    row |= {name: value for name, value in one.source.site.items() if name in FORECAST}
    return row if native else row | {"polemos": _own_fields(one)}


def _told_values(one: Entry) -> list[float] | None:
    if one.choices:
        return list(one.choices)
    if one.cdf:
        return list(one.cdf)
    if one.probability is not None and one.question.range is None:
        return [1 - one.probability, one.probability]
    if one.quantiles is not None and one.question.range is not None:
        return spread_out(one.question.range, one.quantiles.levels, [float(value) for value in one.quantiles.values])
    return None


def _own_fields(one: Entry) -> dict[str, Any]:
    """What an entry says, without who, what about and when it was recorded; a revision is a forecast again."""
    plain = one.model_dump(mode="json", exclude_defaults=True, exclude={"question", "recorded", "of", "owner", "kind"})
    return plain if one.kind == "resolution" else {"quantiles": None, **plain}


def _answer(one: Entry, *, native: bool) -> dict[str, Any]:
    if native and one.source.site:
        return dict(one.source.site)
    back = {value: name for name, value in ENDS.items()}
    answer = back.get(one.choice or "", one.choice) or one.outcome or repr(one.quantity)
    return {"resolution": answer, "actual_resolve_time": f"{one.settled}T00:00:00Z"}


def payload(path: Path | str, owner: str = "") -> list[dict[str, Any]]:
    """What the API would take: the standing forecasts of an owner on open questions of Metaculus.

    Raises `LedgerError` where the ledger has none.
    """
    rows = read(path)
    owner = owner or _only_owner(rows)
    questions = []
    for _, question, own in _by_question(rows, owner):
        number = question.site.get("question", {}).get("id") if question.site.get("name") == NAME else None
        forecasts = [one for one in own if one.kind != "resolution"]
        if number is None or not forecasts or len(forecasts) < len(own):
            continue
        one = forecasts[-1]
        chosen = dict(zip(question.options, one.choices, strict=False)) or None
        continuous = None if question.range is None else _told_values(one)
        questions.append(
            {
                "question": number,
                "probability_yes": one.probability if question.range is None else None,
                "probability_yes_per_category": chosen,
                "continuous_cdf": continuous,
                "source": "api",
            }
        )
    if not questions:
        raise LedgerError(f"no forecast of {owner or 'anybody'} stands on an open question that came from Metaculus")
    return questions
