"""A draft of an argument: what of it is finished, and field by field what is still to be filled in."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, model_validator

from polemos.argument.claims import Carrier, Claim
from polemos.argument.parse import plain, typed
from polemos.scenario.problems import Problem
from polemos.scenario.settings import Node

WANTED = {
    "text": "say in your own words what is claimed",
    "owner": "write author, or who is said to hold it",
    "carrier": "say what carries it: {by: data}, {by: process, processes: []}, {by: question}, {by: nothing, reason: }",
    "vintage": "write the day it was written, YYYY-MM-DD",
    "words": "write the words of confidence",
    "coding": "write {low: , mid: , high: }, the probability that the strict question resolves yes",
    "strict": "write a yes/no question with a place, an actor, a last day and a source that settles it",
    "group": "write the group of questions that it is scored with",
    "outcome": "write {value: 1 or 0, date: , source: }, or {note: ...} where it is open",
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
    """A claim that need not be whole."""

    text: str = ""
    owner: str = ""
    carrier: Carrier | None = None  # type: ignore[assignment]

    @model_validator(mode="after")
    def _whole(self) -> DraftClaim:
        return self


DRAFT = TypeAdapter(DraftClaim)


def missing(claim: Claim) -> tuple[str, ...]:
    """Fields of a claim that are still to be filled in."""
    wanted = OF_ALL + (OF_FORECASTS if claim.kind in ("forecast", "rival") else ())
    return tuple(name for name in wanted if getattr(claim, name) in ("", None))


def finished(root: Node, nodes: list[Node], file: str) -> tuple[dict[str, Node], list[Node], list[Problem]]:
    """The head with what it lacks made up, the claims that are finished or faulty, and what is to be filled in."""
    top = dict(root.value) if isinstance(root.value, dict) else {}
    problems: list[Problem] = []
    done: list[Node] = []
    for name, mend in HEAD.items():
        given = top.get(name)
        if given is None or given.value in ("", [], {}):
            line = given.line if given else root.line
            problems.append(Problem(file, line, name, "to be filled in", mend, "warning"))
            top[name] = Node({"draft": Node("1970-01-01", line)} if name == "vintages" else "draft", line)
    whole = 0
    for node in nodes:
        values: Any = plain(node)
        name = str(values.get("id", "claim")) if isinstance(values, dict) else "claim"
        claim, wrong = typed(node, DRAFT, (DraftClaim,), file, name)
        problems += wrong
        if claim is None:
            continue
        wanted = missing(claim)
        whole += not wanted
        if not wanted:
            done.append(node)
        for field in wanted:
            given = node.value.get(field) if isinstance(node.value, dict) else None
            line = given.line if given else node.line
            problems.append(Problem(file, line, f"{name}.{field}", "to be filled in", WANTED[field], "warning"))
    line = top["draft"].line
    what = f"a draft for a person to finish: {whole} of {len(nodes)} claims are whole"
    mend = "fill in what is listed, delete what is no claim, then delete the key `draft`"
    problems.insert(0, Problem(file, line, "draft", what, mend, "warning"))
    top.pop("draft")
    return top, done, problems
