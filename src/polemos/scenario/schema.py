"""The table of attributes for other readers: a JSON Schema of scenario.yaml, and tables for the docs."""

from __future__ import annotations

from typing import Any

from polemos.scenario.attributes import ATTRIBUTES, REQUIRED_FILES, SETTINGS, TABLES, Attribute, attributes
from polemos.scenario.vocabulary import PRECISION, SCALE

JSON_TYPES: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "number": {"type": "number"},
    "colour": {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"},
    "dates": {"type": "object", "additionalProperties": {"type": "string", "format": "date"}},
    "names": {"type": "object", "additionalProperties": {"type": "string"}},
    "organisations": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "list": {"type": "array", "items": {"type": "string"}},
    "map": {"type": "object"},
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of scenario.yaml; references are checked by `polemos.scenario.load.check`."""
    rows = attributes(SETTINGS)
    schema = _object({name: row for name, row in rows.items() if "." not in name})
    for name, row in rows.items():
        if row.type in ("map", "list"):
            nested = {
                key.removeprefix(f"{name}.*."): value for key, value in rows.items() if key.startswith(f"{name}.*.")
            }
            if nested:
                key = "additionalProperties" if row.type == "map" else "items"
                schema["properties"][name][key] = _object(nested)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A scenario", **schema}


def _object(rows: dict[str, Attribute]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, row in rows.items() if row.required],
        "properties": {name: _property(row) for name, row in rows.items()},
    }


def _property(row: Attribute) -> dict[str, Any]:
    schema = {**JSON_TYPES.get(row.type, {"type": "string"}), "description": row.description}
    if row.allowed:
        schema["enum"] = list(row.allowed)
    if row.low is not None:
        schema["minimum"] = row.low
    if row.high is not None:
        schema["maximum"] = row.high
    if row.default:
        schema["default"] = row.default
    return schema


def markdown() -> str:
    """Every file kind and its attributes as markdown tables, for the docs."""
    parts = []
    for file in (SETTINGS, *TABLES):
        needed = "required" if file in REQUIRED_FILES else "optional"
        parts += [f"## {file}", "", f"{needed.capitalize()} file.", ""]
        parts += ["| attribute | type | unit | required | default | description |", "|---|---|---|---|---|---|"]
        parts += [_line(row) for row in ATTRIBUTES if row.file == file]
        parts.append("")
    days = ", ".join(f"`{word}` {value}" for word, value in PRECISION.items())
    sizes = ", ".join(f"`{word}` {value:g}" for word, value in SCALE.items())
    return "\n".join([*parts, f"Precision in days to either side: {days}.", "", f"Scale: {sizes}.", ""])


def _line(row: Attribute) -> str:
    words = row.description.replace("|", "\\|")
    if row.allowed:
        words += " One of " + ", ".join(f"`{word}`" for word in row.allowed) + "."
    if row.low is not None and row.high is not None:
        words += f" From {row.low:g} to {row.high:g}."
    needed = "yes" if row.required else ""
    default = f"`{row.default}`" if row.default else ""
    return f"| `{row.name}` | {row.type.rstrip('?')} | {row.unit} | {needed} | {default} | {words} |"
