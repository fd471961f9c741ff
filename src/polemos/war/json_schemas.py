"""JSON Schemas of the YAML files that people write, made from the types that read them: editors complete by them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from polemos.argument.claims import Argument, Strict
from polemos.ensemble.theory import Theory
from polemos.questions.questions import Question
from polemos.scenario.schema import json_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Questions(Strict):
    """What is asked of simulated wars and of the record."""

    questions: tuple[Annotated[Question, Field(discriminator="kind")], ...]


class _Argument(Argument):
    """An argument about a war: its claims, and where it was printed. A file with `draft` is still to be finished."""

    draft: Any = None


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) by the kind of file: scenario, questions, argument, theory.

    What one value cannot show (an id given twice, a place that is not there, keys that exclude each other) is left to
    `polemos check`.
    """
    by_name = {"scenario": json_schema()}
    for name, model in (("questions", _Questions), ("argument", _Argument), ("theory", Theory)):
        schema = _bare(model.model_json_schema())
        if name == "questions":
            for kind in schema["$defs"].values():
                # A question without an origin has that of origins.default.
                kind["required"] = [key for key in kind.get("required", ()) if key != "origin"]
        by_name[name] = {"$schema": DIALECT, "title": name.capitalize(), **schema}
    return by_name


def texts() -> dict[str, str]:
    """The schemas as files, by name."""
    return {f"{name}.json": json.dumps(schema, indent=1) + "\n" for name, schema in schemas().items()}


def modeline(name: str, folder: str = "schema") -> str:
    """The line by which a YAML language server finds the schema of a file."""
    return f"# yaml-language-server: $schema={folder}/{name}.json"


def _bare(node: Any) -> Any:
    """Without the titles that repeat the names of keys."""
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        return node
    fields = {key: value for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    # Keys of a file are names, not words of the schema: one of them may be `title`.
    return {
        key: {name: _bare(one) for name, one in value.items()} if key in ("properties", "$defs") else _bare(value)
        for key, value in fields.items()
    }
