"""YAML text to checked objects: every problem at once, each with its file, its line and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.inside_folder import read_inside
from polemos.scenario.settings import Node, tree
from polemos.scenario.tables import content


def read_tree(path: Path, folder: Path | None = None) -> tuple[Node | None, list[Problem]]:
    """The nodes of a YAML file, None where it is none or empty. `folder` is the scenario whose file it is, if any."""
    text, _, problems = content(path) if folder is None else read_inside(folder, str(path.relative_to(folder)))
    if problems:
        return None, problems
    root, problems = tree(text)
    return root, [replace(problem, file=path.name) for problem in problems]


def entries(root: Node | None, key: str, file: str) -> tuple[list[Node], list[Problem]]:
    """The list under a key of the top mapping."""
    top = root.value if root else {}
    item = top.get(key) if isinstance(top, dict) else None
    if item is None or not isinstance(item.value, list):
        return [], [
            Problem(file, root.line if root else 0, key, f"no list {key}", f"write `{key}:` and a list below it")
        ]
    return item.value, []


def plain(node: Node) -> Any:
    """A node as plain values; a key without a value is as good as absent."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items() if item.value != ""}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def typed(
    node: Node, kind: TypeAdapter[Any], models: tuple[type[BaseModel], ...], file: str, where: str
) -> tuple[Any, list[Problem]]:
    """A node as an object of a kind, or its problems. `models` are the classes that may stand at its top."""
    try:
        return kind.validate_python(plain(node)), []
    except ValidationError as errors:
        return None, [_problem(error, node, models, file, where) for error in errors.errors()]


def _problem(error: Any, node: Node, models: tuple[type[BaseModel], ...], file: str, where: str) -> Problem:
    location, line, allowed = tuple(error["loc"]), node.line, list(models)
    path = [where] if where else []
    unknown = error["type"] == "extra_forbidden"
    for part in location[:-1] if unknown else location:
        if isinstance(node.value, dict) and part in node.value:
            node = node.value[str(part)]
            allowed = [model for owner in allowed for model in _below(owner, str(part))]
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        elif any(part in _tags(model) for model in allowed):
            allowed = [model for model in allowed if part in _tags(model)]
            continue
        elif error["type"] != "missing":
            continue
        path.append(str(part))
        line = node.line
    if unknown:
        key = str(location[-1])
        fields = {name for model in allowed for name in model.model_fields}
        at = node.value[key].line if isinstance(node.value, dict) and key in node.value else line
        return Problem(file, at, ".".join([*path, key]), f"unknown key {quoted(key)}", nearest(key, fields))
    if error["type"] == "missing":
        return Problem(file, line, ".".join(path), "missing key", "add it")
    what = str(error["msg"]).removeprefix("Value error, ")
    what = what[0].lower() + what[1:]
    if "; " in what:
        what, mend = what.rsplit("; ", 1)
        return Problem(file, line, ".".join(path), what, mend)
    if error["type"] == "too_short":
        return Problem(file, line, ".".join(path), "is empty", "give one at least")
    value = error.get("input")
    shown = f" (given {quoted(str(value))})" if isinstance(value, str | int | float) else ""
    return Problem(file, line, ".".join(path), what + shown, "write what the guide of this file shows")


def _below(model: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    """Classes that may stand under a key."""
    field = model.model_fields.get(name)
    return _classes(field.annotation) if field else iter(())


def _classes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for part in get_args(annotation):
        yield from _classes(part)


def _tags(model: type[BaseModel]) -> tuple[str, ...]:
    """Values of `kind` that distinguish a class from others."""
    field = model.model_fields.get("kind")
    if field is None or get_origin(field.annotation) is not Literal:
        return ()
    return get_args(field.annotation)
