"""The claims in a language model's answer. The answer is untrusted input and seldom has exactly the form asked for.

Thoughts and prose around the JSON are read past, a list that was cut off gives its whole claims, null is absent, a key
that nobody asked for is left out, and a field that cannot be read costs that field and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from polemos.argument.claims import Coding


class ModelClaim(BaseModel):
    """A claim as a language model gives it. `reject` says why a claim of the draft is none."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    paragraph: int
    id: str = Field(default="", max_length=12)
    kind: Literal["forecast", "rival", "fact", "mechanism"] | None = None
    quote: str = Field(default="", max_length=2_000)
    owner: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=2_000)
    words: str = Field(default="", max_length=200)
    coding: Coding | None = None
    strict: str = Field(default="", max_length=2_000)
    group: str = Field(default="", max_length=100)
    where: str = Field(default="", max_length=500)
    reject: str = Field(default="", max_length=200)

    @field_validator("kind", mode="before")
    @classmethod
    def _kind(cls, value: Any) -> Any:
        """A kind in capitals or in the plural is that kind."""
        return value.strip().lower().removesuffix("s") or None if isinstance(value, str) else value

    @field_validator("coding", mode="before")
    @classmethod
    def _coding(cls, value: Any) -> Any:
        """Three numbers in a list, per cent, and figures as text."""
        if isinstance(value, list) and len(value) == 3:
            value = dict(zip(("low", "mid", "high"), value, strict=True))
        if not isinstance(value, dict):
            return value
        numbers = {name: _number(number) for name, number in value.items() if name in ("low", "mid", "high")}
        if all(isinstance(number, float) for number in numbers.values()) and max(numbers.values(), default=0) > 1:
            numbers = {name: number / 100 for name, number in numbers.items()}
        return numbers

    @field_validator("reject", mode="before")
    @classmethod
    def _reject(cls, value: Any) -> Any:
        """True without a reason is one all the same."""
        return {True: "no claim", False: ""}.get(value, value) if isinstance(value, bool) else value

    @field_validator("words", "where", mode="before")
    @classmethod
    def _joined(cls, value: Any) -> Any:
        """A list of words is one text."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}}},
    "required": ["claims"],
    "additionalProperties": False,
    "$defs": {
        "claim": {
            "type": "object",
            "properties": {
                "paragraph": {"type": "integer"},
                "id": {"type": ["string", "null"]},
                "kind": {"enum": ["forecast", "rival", "fact", "mechanism", None]},
                **{
                    name: {"type": ["string", "null"]}
                    for name in ("quote", "owner", "text", "words", "strict", "group", "where", "reject")
                },
                "coding": {
                    "anyOf": [
                        {
                            "type": "object",
                            "properties": {name: {"type": "number"} for name in ("low", "mid", "high")},
                            "required": ["low", "mid", "high"],
                            "additionalProperties": False,
                        },
                        {"type": "null"},
                    ]
                },
            },
            "required": ["paragraph"],
            "additionalProperties": False,
        }
    },
}
"""The JSON schema that is asked for."""

THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
COMMA = re.compile(r",\s*(?=[}\]])")
DECODER = json.JSONDecoder()

MOST_TRIES = 200
"""Braces and brackets at which JSON may begin that are tried."""


def claims_in(text: str) -> list[Any] | None:
    """The claims that an answer lists, unchecked; None where it has no JSON of claims."""
    text = THOUGHT.sub(" ", text)
    for source in dict.fromkeys((text, COMMA.sub("", text))):
        alone: dict[str, Any] | None = None
        for value in _values(source):
            if isinstance(value, dict) and isinstance(value.get("claims"), list):
                return list(value["claims"])
            if isinstance(value, list) and any(isinstance(item, dict) and "paragraph" in item for item in value):
                return value
            if alone is None and isinstance(value, dict) and "paragraph" in value:
                alone = value
        cut = re.search(r'"claims"\s*:\s*\[|^\W*\[', source)
        claims = list(_whole(source, cut.end())) if cut else [alone] if alone else []
        if claims:
            return claims
    return None


def read_claims(raw: list[Any], dropped: dict[str, int]) -> Iterator[ModelClaim]:
    """The claims that can be read; `dropped` counts what cannot, by why."""
    for value in raw:
        if not isinstance(value, dict):
            _count(dropped, "no claim by the schema")
            continue
        fields = {name: item for name, item in value.items() if item is not None}
        try:
            yield ModelClaim.model_validate(fields)
            continue
        except ValidationError as error:
            wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        if "paragraph" in wrong:
            _count(dropped, "no claim by the schema")
            continue
        for name in sorted(wrong):
            _count(dropped, f"its `{name}` could not be read (the rest was kept)")
        yield ModelClaim.model_validate({name: item for name, item in fields.items() if name not in wrong})


def _values(text: str) -> Iterator[Any]:
    """The values of JSON that begin at some brace or bracket of a text."""
    for count, start in enumerate(re.finditer(r"[{\[]", text)):
        if count >= MOST_TRIES:
            return
        try:
            yield DECODER.raw_decode(text, start.start())[0]
        except (ValueError, RecursionError):
            continue


def _whole(text: str, at: int) -> Iterator[Any]:
    """The whole objects of a list that was cut off."""
    while (start := text.find("{", at)) >= 0:
        try:
            value, at = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            return
        yield value


def _number(value: Any) -> Any:
    """A number that may stand as text, with a sign of per cent."""
    try:
        return float(str(value).strip().rstrip("%"))
    except ValueError:
        return value


def _count(dropped: dict[str, int], why: str) -> None:
    dropped[why] = dropped.get(why, 0) + 1
