"""Canonical JSON of an entry: keys in order, no spaces, numbers as Python writes them, no default values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.scanner import make_scanner
from typing import TYPE_CHECKING, Any

from polemos.argument.claims import Strict

if TYPE_CHECKING:
    pass


MARK, AFTER = '"question":', ',"recorded":"'

SCAN = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # the stub of the C scanner takes itself

ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Strict | Mapping[str, Any]) -> str:
    """Canonical JSON. Raises `ValueError` for numbers that JSON has not."""
    plain = value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, Strict) else value
    return ENCODER.encode(plain)


def cut(content: str) -> tuple[str, str]:
    """The question of an entry in canonical JSON, and the entry with 0 in its place.

    The question can be cut out unread: an unescaped quote never stands inside a text, `question` is the first key of
    that name, and after `recorded` only `settled` and `source` follow. Raises `ValueError` where there is none.
    """
    start, stop = content.find(MARK) + len(MARK), content.rfind(AFTER)
    if start < len(MARK) or stop < start:
        raise ValueError("has no question, or no time")
    return content[start:stop], f"{content[:start]}0{content[stop:]}"


def quick(text: str) -> Any:
    """JSON that polemos wrote, without the checks of `parse`. Raises `ValueError`."""
    try:
        value, end = SCAN(text, 0)
    except StopIteration:
        raise ValueError("is no JSON") from None
    if end != len(text):
        raise ValueError("has something after its end")
    return value


def parse(text: str) -> Any:
    """JSON without NaN, infinite numbers or a key twice. Raises `ValueError`."""

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is not a number of JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            raise ValueError("a key stands twice in one object")
        return fields

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except RecursionError:
        raise ValueError("is nested too deep") from None
