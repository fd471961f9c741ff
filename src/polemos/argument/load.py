"""argument.yaml to an `Argument`, checked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from pydantic import TypeAdapter

from polemos.argument.claims import Argument, Claim
from polemos.scenario.errors import Problem, ScenarioError, nearest
from polemos.scenario.settings import Node
from polemos.scenario.yaml_nodes import entries, plain, read_tree, typed

FILE = "argument.yaml"

ID = re.compile(r"^[FMPRCD]\d")

CLAIM = TypeAdapter(Claim)
HEAD = TypeAdapter(Argument)


def load_argument(
    path: Path | str, questions: Collection[str] | None = None, processes: Collection[str] | None = None
) -> Argument:
    """The argument of a scenario folder, or of a file.

    `questions` are the ids that claims may link to, `processes` the names that may carry them (None: not checked).
    Raises `ScenarioError` with every
    problem: unknown and missing keys, ids given twice, intervals that do not ascend, links to nothing, processes
    there are not. Of a draft, the claims that are finished are there and the others are not.
    """
    argument, problems = inspect_argument(Path(path), questions, processes)
    if argument is None or any(problem.level == "error" for problem in problems):
        raise ScenarioError(problems)
    return argument


def inspect_argument(
    path: Path, questions: Collection[str] | None = None, processes: Collection[str] | None = None
) -> tuple[Argument | None, list[Problem]]:
    """The argument, None where it cannot be used, and every problem.

    In a draft (a file with the key `draft`) what is still to be filled in is a warning, field by field.
    """
    folder = path if path.is_dir() else None
    path = path if folder is None else folder / FILE
    root, problems = read_tree(path, folder)
    if root is None:
        return None, problems
    nodes, more = entries(root, "claims", path.name)
    problems += more
    top = _top(root)
    from polemos.argument.draft_status import finished, left_over

    if "draft" in top:
        top, nodes, more = finished(root, nodes, path.name)
        problems += more
    topics = _topics(top)
    claims = []
    for node in nodes:
        name = _name(node)
        node, more = left_over(node, path.name, name)
        problems += more
        claim, wrong = typed(node, CLAIM, (Claim,), path.name, name)
        problems += wrong
        if claim is None:
            continue
        claims.append((node.line, claim))
        for what, named, known_ids in (
            ("question", claim.questions, questions),
            ("process", claim.carrier.processes, processes),
            ("group", (claim.group,) if claim.group else (), topics),
        ):
            problems += [
                Problem(path.name, node.line, name, f"no {what} {word}", nearest(word, known_ids))
                for word in named
                if known_ids is not None and word not in known_ids
            ]
    id_counts = Counter(claim.id for _, claim in claims)
    for line, claim in claims:
        if id_counts[claim.id] > 1:
            problems.append(Problem(path.name, line, claim.id, "id given twice", "give each claim its own id"))
        for field, others in (("mechanisms", claim.mechanisms), ("contrary_to", (claim.contrary_to,))):
            problems += [
                Problem(path.name, line, f"{claim.id}.{field}", f"no claim {other}", nearest(other, id_counts))
                for other in others
                if other and other not in id_counts
            ]
        for other in claim.disputed_by:
            if ID.match(other) and other not in id_counts:
                what = f"disputed by {other}, which is no claim"
                problems.append(Problem(path.name, line, f"{claim.id}.disputed_by", what, nearest(other, id_counts)))
    head = Node({key: item for key, item in top.items() if key != "claims"}, root.line)
    head.value["claims"] = Node([], root.line)  # type: ignore[index,call-overload]
    argument, wrong = typed(head, HEAD, (Argument,), path.name, "")
    problems += wrong
    if argument is None:
        return None, problems
    return argument.model_copy(update={"claims": tuple(claim for _, claim in claims)}), problems


def _topics(top: dict[str, Node]) -> list[str] | None:
    """The topics that an argument names; None where it names none."""
    named: object = plain(top["groups"]) if "groups" in top else None
    return [str(one) for one in (named if isinstance(named, list) else [named])] if named else None


def _top(root: Node) -> dict[str, Node]:
    return root.value if isinstance(root.value, dict) else {}


def _name(node: Node) -> str:
    values = plain(node)
    return str(values.get("id", "claim")) if isinstance(values, dict) else "claim"
