"""How far a draft of an argument is finished: the fields that are still to be filled in, claim by claim."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, model_validator

from polemos.argument.claims import Carrier, Claim
from polemos.scenario.errors import Problem
from polemos.scenario.settings import Node
from polemos.scenario.yaml_nodes import plain, typed

WANTED = {
    "text": "say in your own words what is claimed",
    "owner": "write author, or who is said to hold it",
    "carrier": "say what models it: {by: data}, {by: process, processes: []}, {by: question}, {by: nothing, reason: }",
    "vintage": "write the day it was written, YYYY-MM-DD",
    "words": "write the words of confidence",
    "coding": "write {low: , mid: , high: }, the probability that the strict question resolves yes",
    "strict": "write a yes/no question with a place, an actor, a last day and a source that settles it",
    "group": "write the group of questions that it is scored with",
    "outcome": "write {by: record} if a question answers it, {value: 1 or 0, date: , source: }, or {note: ...} if open",
}
"""Fields that a person fills in, and how."""

OF_ALL = ("text", "owner", "carrier")
OF_FORECASTS = ("vintage", "words", "coding", "strict", "group", "outcome")

HEAD = {
    "title": "write the title",
    "published": "write where and when it was printed",
    "vintages": "write {V1: YYYY-MM-DD}",
}


class DraftClaim(Claim):
    """A claim that need not be whole. `sentence` is the article's own; `reject` says that it is no claim, or why."""

    text: str = ""
    owner: str = ""
    carrier: Carrier | None = None  # type: ignore[assignment]
    sentence: str = ""
    reject: bool | str = False

    @model_validator(mode="after")
    def _whole(self) -> DraftClaim:
        return self


DRAFT = TypeAdapter(DraftClaim)


def missing(claim: Claim) -> tuple[str, ...]:
    """Fields of a claim that are still to be filled in."""
    wanted = OF_ALL + (OF_FORECASTS if claim.kind in ("forecast", "rival") else ())
    return tuple(name for name in wanted if getattr(claim, name) in ("", None))


ONLY_OF_DRAFTS = {
    "sentence": ("holds the article's own words", "delete the line; say it in your own words under `text`"),
    "reject": ("rejects a claim that is still there", "delete the claim"),
}
"""Keys that a claim of a draft may have and no other: what is wrong with them elsewhere, and how to mend it."""


def left_over(node: Node, file: str, name: str) -> tuple[Node, list[Problem]]:
    """A claim without the keys that only drafts have, and an error for each."""
    if not isinstance(node.value, dict):
        return node, []
    problems = [
        Problem(file, node.value[key].line, f"{name}.{key}", what, mend)
        for key, (what, mend) in ONLY_OF_DRAFTS.items()
        if key in node.value
    ]
    return Node({key: value for key, value in node.value.items() if key not in ONLY_OF_DRAFTS}, node.line), problems


def finished(root: Node, nodes: list[Node], file: str) -> tuple[dict[str, Node], list[Node], list[Problem]]:
    """The head with what it lacks made up, the claims that are finished or faulty, and what is to be filled in."""
    top = dict(root.value) if isinstance(root.value, dict) else {}
    problems: list[Problem] = []
    complete: list[Node] = []
    for name, mend in HEAD.items():
        raw = top.get(name)
        if raw is None or raw.value in ("", [], {}):
            line = raw.line if raw else root.line
            problems.append(Problem(file, line, name, "to be filled in", mend, "warning"))
            top[name] = Node({"draft": Node("1970-01-01", line)} if name == "vintages" else "draft", line)
    whole = rejected = 0
    quoted: list[int] = []
    for node in nodes:
        values: Any = plain(node)
        name = str(values.get("id", "claim")) if isinstance(values, dict) else "claim"
        claim, wrong = typed(node, DRAFT, (DraftClaim,), file, name)
        problems += wrong
        if claim is None:
            continue
        if claim.sentence and isinstance(node.value, dict):
            quoted.append(node.value["sentence"].line)
        if claim.reject:
            rejected += 1
            continue
        wanted = missing(claim)
        whole += not wanted
        if not wanted:
            complete.append(left_over(node, file, name)[0])
        for field in wanted:
            raw = node.value.get(field) if isinstance(node.value, dict) else None
            line = raw.line if raw else node.line
            problems.append(Problem(file, line, f"{name}.{field}", "to be filled in", WANTED[field], "warning"))
    line = top["draft"].line
    of = len(nodes) - rejected
    what = f"a draft for a person to finish: {whole} of {of} claims are whole" + f", {rejected} rejected" * bool(
        rejected
    )
    mend = "fill in what is listed, delete what is no claim, then delete the key `draft`"
    if quoted:
        what_holds = f"{len(quoted)} claims hold the article's own words, which may be published by its owner alone"
        mend_words = (
            "delete the lines `sentence:` before the file is committed; until then it is refused as an argument"
        )
        problems.insert(0, Problem(file, quoted[0], "sentence", what_holds, mend_words, "warning"))
    problems.insert(0, Problem(file, line, "draft", what, mend, "warning"))
    top.pop("draft")
    return top, complete, problems
