"""Questions and forecasts in the JSON shapes of Metaculus: saved files only, nothing is fetched or sent.

Two shapes (docs of the API, https://www.metaculus.com/api/). A *post* carries a question or a group of questions, each
with `my_forecasts`; a file is one post, a list, or a page of the feed (`results`). A *payload* is the list of forecasts
that the API takes, each with the number of its question. Questions are binary, numeric, discrete or multiple choice;
conditional pairs, questions of a date and notebooks are left out and counted.

What of a post is no question and no forecast (counts, votes, the community's forecasts) is left out. Everything else is
kept in `site`, so that a file that came in goes out as it was. What polemos knows and Metaculus has no place for stands
under the key `polemos`, which nobody else reads.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from polemos.ledger.chain import read
from polemos.ledger.entries import Asked, Entry, entry, first_problem
from polemos.ledger.entry_fields import LedgerError, moment
from polemos.ledger.metaculus_export import ENDS, FORECAST, NAME, history_of

TYPES = ("binary", "numeric", "discrete", "multiple_choice")
POST = (
    "id", "title", "short_title", "url_title", "slug", "author_id", "author_username", "created_at", "published_at",
    "open_time", "scheduled_close_time", "scheduled_resolve_time",
)  # fmt: skip
"""What is kept of a post."""

GROUP = ("id", "graph_type", "group_variable", "description", "resolution_criteria", "fine_print", "subquestions_order")
QUESTION = (
    "id", "title", "description", "created_at", "open_time", "scheduled_resolve_time", "scheduled_close_time", "type",
    "options", "options_history", "group_variable", "label", "possibilities", "resolution_criteria", "fine_print",
    "unit", "scaling", "open_upper_bound", "open_lower_bound", "inbound_outcome_count", "post_id", "question_weight",
    "default_score_type", "include_bots_in_aggregates",
)  # fmt: skip
"""What is kept of a question."""

RESOLUTION = ("resolution", "actual_resolve_time", "resolution_set_time", "actual_close_time")
LONGEST_DESCRIPTION = 12_000


@dataclass(slots=True)
class Posts:
    """What a file of posts holds: entries in the order of time, and how many of what was left out."""

    entries: list[Entry] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_posts(plain: Any, owner: str, topic: str = "", now: datetime.datetime | None = None) -> Posts:
    """Entries of a file of posts, whose forecasts are those of `owner`. Raises `LedgerError` with every fault."""
    posts = Posts()
    faults: list[str] = []
    time = now or datetime.datetime.now(datetime.UTC)
    for post, group, question in _questions(plain, posts.left_out):
        where = f"question {question.get('id')}: "
        try:
            question_entry = _asked(post, group, question, topic, posts.left_out)
            posts.entries += _forecasts(question_entry, question, owner, time)
            posts.entries += _resolution(question_entry, question, owner)
        except ValidationError as error:
            faults.append(where + first_problem(error))
        except (LedgerError, ValueError, KeyError, TypeError) as error:
            faults.append(f"{where}{error}")
    if faults:
        raise LedgerError("\n".join(faults))
    posts.entries.sort(key=lambda one: (one.kind == "resolution", one.made))
    return posts


def _questions(plain: Any, left_out: Counter[str]) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Post, group (empty for a question alone) and question, one after another."""
    posts = plain.get("results", [plain]) if isinstance(plain, dict) else plain
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        raise LedgerError(
            "is no file of Metaculus: write a post, a list of posts, or a page of the feed with `results`"
        )
    for post in posts:
        if post.get("type") in TYPES and "question" not in post:
            post = {"question": post}
        single, group = post.get("question"), post.get("group_of_questions")
        if isinstance(single, dict):
            inside, group = [single], {}
        elif isinstance(group, dict) and isinstance(group.get("questions"), list):
            inside = group["questions"]
        else:
            left_out["conditional pair" if "conditional" in post else "post without a question"] += 1
            continue
        for question in inside:
            if question.get("type") in TYPES:
                yield post, group, question
            else:
                left_out[f"question of type {question.get('type')}"] += 1


def _asked(
    post: Mapping[str, Any], group: Mapping[str, Any], question: Mapping[str, Any], topic: str, left_out: Counter[str]
) -> Asked:
    """The question of the ledger; its own, where polemos wrote it."""
    if own := question.get("polemos"):
        return Asked.model_validate(own["question"])
    closes = question.get("scheduled_close_time") or question.get("scheduled_resolve_time")
    if not closes:
        raise LedgerError("scheduled_close_time: is missing; say when it closes")
    fields = {name: _lines(question[name]) for name in QUESTION if name in question}
    if len(str(fields.get("description", ""))) > LONGEST_DESCRIPTION:
        del fields["description"]
        left_out["description that is too long for a ledger"] += 1
    span, scaling = None, question.get("scaling") or {}
    if question["type"] in ("numeric", "discrete"):
        span = {
            "low": scaling.get("range_min"),
            "high": scaling.get("range_max"),
            "zero": scaling.get("zero_point"),
            "open_low": bool(question.get("open_lower_bound", scaling.get("open_lower_bound"))),
            "open_high": bool(question.get("open_upper_bound", scaling.get("open_upper_bound"))),
            "points": (question.get("inbound_outcome_count") or scaling.get("inbound_outcome_count") or 200) + 1,
        }
    site = {"name": NAME, "question": fields, "post": {name: _lines(post[name]) for name in POST if name in post}}
    if group:
        site["group"] = {name: _lines(group[name]) for name in GROUP if name in group}
    return Asked.model_validate(
        {
            "id": f"{NAME}-{question['id']}",
            "text": _lines(question.get("title") or post.get("title")),
            "closes": str(closes)[:10],
            "topic": topic,
            "unit": question.get("unit") or "",
            "criteria": _lines(question.get("resolution_criteria") or group.get("resolution_criteria") or "")[:8000],
            "options": question.get("options") or (),
            "range": span,
            "group": str(post.get("title", ""))[:400] if group else "",
            "site": site,
        }
    )


def _lines(value: Any) -> Any:
    """A value with line ends as the ledger has them."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _forecasts(of: Asked, question: Mapping[str, Any], owner: str, now: datetime.datetime) -> list[Entry]:
    """The forecasts of `my_forecasts` in the order of time."""
    forecasts = []
    history = (question.get("my_forecasts") or {}).get("history") or []
    for one in sorted(history, key=lambda row: float(row["start_time"])):
        start = datetime.datetime.fromtimestamp(float(one["start_time"]), datetime.UTC)
        if start > now:
            raise LedgerError(f"start_time: {start:%Y-%m-%d} lies in the future")
        values: dict[str, Any] = {
            "kind": "forecast",
            "owner": owner,
            "question": of,
            "made": moment(start.isoformat()),
            "origin": start.date(),
        }
        if own := one.get("polemos"):
            forecasts.append(entry(values | own))
            continue
        told_values = one.get("forecast_values")
        if told_values is None:
            raise LedgerError("forecast_values: are missing")
        values |= _values(of, told_values)
        # What can be told again from the entry is not kept twice.
        again = history_of(entry(values))
        site = {name: one[name] for name in FORECAST if name in one and one[name] != again.get(name)}
        forecasts.append(entry(values | {"source": {"site": site}}))
    return forecasts


def _values(question: Asked, values: Sequence[float]) -> dict[str, Any]:
    if question.options:
        return {"choices": [0.0 if value is None else value for value in values]}
    if question.range is not None:
        return {"cdf": list(values)}
    return {"probability": values[1] if len(values) == 2 else values[0]}


def _resolution(of: Asked, question: Mapping[str, Any], owner: str) -> list[Entry]:
    """How a question resolved, none while it is open."""
    answer = question.get("resolution")
    if answer in (None, ""):
        return []
    when = question.get("actual_resolve_time") or question.get("scheduled_resolve_time") or str(of.closes)
    values: dict[str, Any] = {
        "kind": "resolution",
        "owner": owner,
        "question": of,
        "made": moment(str(when)),
        "settled": str(when)[:10],
    }
    if own := question.get("polemos", {}).get("resolution"):
        return [entry(values | own)]
    post = question.get("post_id") or question.get("id")
    site = {name: question[name] for name in RESOLUTION if name in question}
    values["source"] = {"citation": f"https://www.metaculus.com/questions/{post}/", "site": site}
    if answer in ("annulled", "ambiguous"):
        values["outcome"] = "annulled"
    elif of.options:
        values["choice"] = answer
    elif of.range is not None:
        values |= {"choice": ENDS[answer]} if answer in ENDS else {"quantity": float(answer)}
    else:
        values["outcome"] = answer
    return [entry(values)]


def read_payload(path: Path | str, plain: Sequence[Mapping[str, Any]], owner: str) -> list[Entry]:
    """Forecasts of a payload on questions that the ledger has. Raises `LedgerError` with every fault."""
    questions = {
        line.entry.question.site["question"]["id"]: line.entry.question
        for line in read(path)
        if line.entry.question.site.get("name") == NAME
    }
    entries, faults = [], []
    today = datetime.datetime.now(datetime.UTC).date()
    for number, one in enumerate(plain, 1):
        question = questions.get(one.get("question"))
        if question is None:
            faults.append(f"forecast {number}: the ledger has no question {one.get('question')}; import its post first")
            continue
        chosen = one.get("probability_yes_per_category")
        values: dict[str, Any] = {"probability": one.get("probability_yes")}
        if chosen is not None:
            values = {"choices": [chosen.get(name, 0.0) for name in question.options]}
        elif one.get("continuous_cdf") is not None:
            values = {"cdf": one["continuous_cdf"]}
        try:
            entries.append(entry({"kind": "forecast", "owner": owner, "question": question, "origin": today} | values))
        except LedgerError as error:
            faults.append(f"forecast {number}: {error}")
    if faults:
        raise LedgerError("\n".join(faults))
    return entries
