"""scenario.yaml to settings, with the line of every key and every problem at once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from polemos.scenario.attributes import SETTINGS, Attribute, attributes
from polemos.scenario.errors import Problem, nearest, quoted
from polemos.scenario.parse_values import BadCell, Known, date, identifier, plain, value
from polemos.scenario.vocabulary import PALETTE, UNKNOWN

LARGEST = 1_000_000
"""Bytes of the largest settings that are read."""
LONGEST = np.timedelta64(73_100, "D")
"""The longest record, and how far a run goes: 200 years."""

DEEPEST = 20
DIFFERS = re.compile(
    r"[^\n\x20-\x7e\xa0-\u1fff\u2010-\u2027\u2030-\ud7ff\uf900-\ufdff]|^%|(?:^|[-:?,\[{])\s*[&*!]\S|:[,\[\]{}]",
    re.MULTILINE,
)
"""What YAML 1.1 and 1.2 read in two ways, or might: tabs, breaks of lines other than the usual, characters that are
rare in text, directives, what may be an anchor, an alias or a tag, and a colon with no space before a list goes on."""

MOST_ORGANISATIONS = 62
"""The model keeps who has been where as the bits of a 64-bit number."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Somebody who holds places; `field_share` is the share of the fighters that can be moved or hold places."""

    id: str
    name: str
    kind: str
    colour: str
    field_share: float


@dataclass(frozen=True, slots=True)
class Credit:
    """A source to be named with every result."""

    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What scenario.yaml says. `end` is exclusive; organisations are sorted by id, origins and countries by key.

    `observed_until` is exclusive too: the end, unless the file says that observation ends earlier.
    """

    title: str
    summary: str
    tests: str
    start: np.datetime64
    end: np.datetime64
    observed_until: np.datetime64
    origins: Mapping[str, np.datetime64]
    run_to: np.datetime64
    organisations: tuple[Organisation, ...]
    focus: tuple[str, ...]
    processes: tuple[str, ...]
    countries: Mapping[str, str]
    vacuum: str
    credits: tuple[Credit, ...]
    notes: str


@dataclass(slots=True)
class Node:
    """A value of the YAML file and its line: text, a list of nodes, or a mapping of keys to nodes."""

    value: str | list[Node] | dict[str, Node]
    line: int


@dataclass(slots=True)
class Walk:
    """One pass over the file: the problems met so far."""

    problems: list[Problem] = field(default_factory=list)

    def tell(self, node: Node | int, where: str, what: str, mend: str) -> None:
        """Note a problem of a node (or of a line)."""
        self.problems.append(Problem(SETTINGS, node if isinstance(node, int) else node.line, where, what, mend))

    def leaf(self, node: Node, where: str, attribute: Attribute, ids: Known) -> Any:
        """The value of a scalar by its attribute, None where it cannot be read."""
        if not isinstance(node.value, str):
            self.tell(node, where, "a single value is wanted here", attribute.description)
            return None
        try:
            return value(node.value, attribute, ids)
        except BadCell as bad:
            self.tell(node, where, bad.what, bad.mend)
            return None

    def mapping(self, node: Node | None, where: str) -> dict[str, Node]:
        """The entries of a mapping; none where there is none."""
        if node is None or node.value == "":
            return {}
        if not isinstance(node.value, dict):
            self.tell(node, where, "a mapping of keys to values is wanted here", "write `key: value` lines, indented")
            return {}
        return node.value

    def series(self, node: Node | None, where: str) -> list[Node]:
        """The entries of a list; none where there is none."""
        if node is None or node.value == "":
            return []
        if not isinstance(node.value, list):
            self.tell(node, where, "a list is wanted here", "write [one, two] or `- one` lines")
            return []
        return node.value

    def known_keys(self, entries: Mapping[str, Node], allowed: Mapping[str, object], prefix: str = "") -> None:
        """Tell of keys there are not."""
        for key, node in entries.items():
            if key not in allowed:
                self.tell(node, prefix + key[:40], f"unknown key {quoted(key)}", nearest(key, allowed))


def _composed(text: str) -> Any:
    """The root node of YAML 1.2 text, None of an empty one: by libyaml, which is ten times as fast but reads 1.1, where
    the two do not differ; what it refuses is left to the other, whose messages name the fault."""
    from ruamel.yaml import YAML

    if not DIFFERS.search(text):
        import yaml

        with contextlib.suppress(AttributeError, ValueError, yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return YAML(typ="safe", pure=True).compose(text)


def tree(text: str) -> tuple[Node | None, list[Problem]]:
    """YAML 1.2 text to nodes: scalars stay text. Doubled keys, aliases and deep nesting are refused."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    walk = Walk()
    nodes: set[int] = set()

    def convert(raw: Any, depth: int) -> Node:
        line = raw.start_mark.line + 1
        if id(raw) in nodes or depth > DEEPEST:
            walk.tell(line, "", "alias or too deep a nesting", "write the value out")
            return Node("", line)
        nodes.add(id(raw))
        if isinstance(raw.value, str):
            return Node("" if raw.tag.endswith(":null") else raw.value, line)
        if raw.id == "mapping":
            entries: dict[str, Node] = {}
            for key, item in raw.value:
                name = str(key.value) if isinstance(key.value, str) else "?"
                at = key.start_mark.line + 1
                if name in entries:
                    walk.tell(at, name[:40], f"key {quoted(name)} given twice", "delete one of them")
                entries[name] = Node(convert(item, depth + 1).value, at)
            return Node(entries, line)
        return Node([convert(item, depth + 1) for item in raw.value], line)

    try:
        raw = _composed(text)
        return (None if raw is None else convert(raw, 0)), walk.problems
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, [Problem(SETTINGS, line, "", f"not YAML ({error.problem})", "look at the indent and the quotes")]
    except RecursionError:
        return None, [Problem(SETTINGS, 0, "", "too deep a nesting", "write what is needed, a few levels deep")]
    except (YAMLError, ValueError) as error:
        what = " ".join(str(error).split())[:100]
        return None, [Problem(SETTINGS, 0, "", f"not YAML ({what})", "look at the indent and the quotes")]


def read_settings(text: str) -> tuple[Settings | None, frozenset[str] | None, list[Problem]]:
    """Settings (None where they cannot be used), the ids of the organisations, and every problem."""
    root, problems = tree(text)
    if root is None:
        return (
            None,
            None,
            problems or [Problem(SETTINGS, 0, "", "empty file", "give a title, start, end, organisations")],
        )
    walk = Walk(problems)
    by_name = attributes(SETTINGS)
    top = walk.mapping(root, "")
    walk.known_keys(top, {name: row for name, row in by_name.items() if "." not in name})
    for name, row in by_name.items():
        if row.required and "." not in name and name not in top:
            walk.tell(0, name, "missing key", f"add it: {row.description}")

    def scalar(name: str) -> Any:
        if name in top:
            return walk.leaf(top[name], name, by_name[name], Known())
        return None if by_name[name].required else value("", by_name[name], Known())

    organisations = _organisations(walk, top.get("organisations"), by_name)
    ids = frozenset(organisations)
    start, end, run_to = scalar("start"), scalar("end"), scalar("run_to")
    both = start is not None and end is not None
    if both and end <= start:
        walk.tell(
            top["end"], "end", f"{end} is not after the start, {start}", "give the day after the last of the record"
        )
    if both and (run_to is None or np.isnat(run_to)):
        run_to = end - np.timedelta64(1, "D")
    if both and end - start > LONGEST:
        walk.tell(top["end"], "end", f"a record from {start} to {end}", "keep to 200 years")
    if both and run_to - end > LONGEST:
        walk.tell(top["run_to"], "run_to", f"{run_to} lies more than 200 years after the end", "give an earlier day")
    observed = scalar("observed_until")
    if observed is None or np.isnat(observed):
        observed = end
    elif both and not start < observed <= end:
        what = f"{observed} is not after the start, {start}, or lies after the end, {end}"
        walk.tell(top["observed_until"], "observed_until", what, "give the day after the last observation of control")
    settings = {
        "title": scalar("title"),
        "summary": scalar("summary"),
        "tests": scalar("tests"),
        "start": start,
        "end": end,
        "observed_until": observed,
        "origins": _origins(walk, top.get("origins"), start, end),
        "run_to": run_to,
        "organisations": tuple(organisations[key] for key in sorted(ids)),
        "focus": _references(walk, top.get("focus"), "focus", ids),
        "processes": _words(walk, top.get("processes"), "processes"),
        "countries": _names(walk, top.get("countries"), "countries"),
        "vacuum": scalar("vacuum"),
        "credits": _credits(walk, top.get("credits"), by_name),
        "notes": scalar("notes"),
    }
    usable = not any(problem.level == "error" for problem in walk.problems)
    return (Settings(**settings) if usable else None), (ids or None), walk.problems


def _attributes_of(walk: Walk, node: Node, where: str, by_name: Mapping[str, Attribute], prefix: str) -> dict[str, Any]:
    """The entries of a nested mapping by the attributes `prefix*`."""
    allowed = {name.removeprefix(prefix): row for name, row in by_name.items() if name.startswith(prefix)}
    entries = walk.mapping(node, where)
    walk.known_keys(entries, allowed, where + ".")
    read = {}
    for name, row in allowed.items():
        if name in entries:
            read[name] = walk.leaf(entries[name], f"{where}.{name}", row, Known())
        elif row.required:
            walk.tell(node, f"{where}.{name}", "missing key", f"add it: {row.description}")
        else:
            read[name] = value("", row, Known())
    return read


def _organisations(walk: Walk, node: Node | None, by_name: Mapping[str, Attribute]) -> dict[str, Organisation]:
    entries = walk.mapping(node, "organisations")
    if node is not None and not entries:
        walk.tell(
            node, "organisations", "no organisation", "name at least one, as in `army: {name: Army, kind: government}`"
        )
    if len(entries) > MOST_ORGANISATIONS and node is not None:
        walk.tell(node, "organisations", f"{len(entries)} organisations", f"keep to {MOST_ORGANISATIONS}")
    organisations = {}
    for place, key in enumerate(sorted(entries)):
        where = f"organisations.{key[:64]}"
        try:
            identifier(key)
        except BadCell as bad:
            walk.tell(entries[key], where, bad.what, bad.mend)
        if key == UNKNOWN:
            what = f"{UNKNOWN!r} is the holder of places that nobody looked at"
            walk.tell(entries[key], where, what, "give the organisation another id")
        read = _attributes_of(walk, entries[key], where, by_name, "organisations.*.")
        share = read.get("field_share")
        if share is None or np.isnan(share):
            share = 1 / 3 if "government" in (read.get("kind") or "") else 0.7
        colour = read.get("colour") or PALETTE[place % len(PALETTE)]
        organisations[key] = Organisation(key, read.get("name") or key, read.get("kind") or "other", colour, share)
    return organisations


def _origins(walk: Walk, node: Node | None, start: Any, end: Any) -> dict[str, np.datetime64]:
    origins = {}
    for label, item in sorted(walk.mapping(node, "origins").items()):
        where = f"origins.{label[:40]}"
        try:
            plain(label, 64)
            origins[label] = date(item.value if isinstance(item.value, str) else "?")
        except BadCell as bad:
            walk.tell(item, where, bad.what, bad.mend)
            continue
        if start is not None and end is not None and not start <= origins[label] < end:
            what = f"{origins[label]} lies outside the record, {start} to {end}"
            walk.problems.append(Problem(SETTINGS, item.line, where, what, "it cannot be run from", "warning"))
    if origins and "default" not in origins and node is not None:
        walk.tell(node, "origins", "no default", "add `default: YYYY-MM-DD`")
    return origins


def _words(walk: Walk, node: Node | None, where: str) -> tuple[str, ...]:
    words = []
    for item in walk.series(node, where):
        if isinstance(item.value, str) and item.value:
            words.append(item.value)
        else:
            walk.tell(item, where, "not a word", "list plain words")
    for word in sorted({word for word in words if words.count(word) > 1}):
        walk.tell(node or 0, where, f"{quoted(word)} listed twice", "delete one of them")
    return tuple(words)


def _references(walk: Walk, node: Node | None, where: str, ids: frozenset[str]) -> tuple[str, ...]:
    references = _words(walk, node, where)
    for word in references:
        if word not in ids:
            walk.tell(node or 0, where, f"unknown organisation {quoted(word)}", nearest(word, ids))
    return references


def _names(walk: Walk, node: Node | None, where: str) -> dict[str, str]:
    names = {}
    for key, item in sorted(walk.mapping(node, where).items()):
        try:
            names[plain(key, 64)] = plain(item.value if isinstance(item.value, str) else "", 200)
        except BadCell as bad:
            walk.tell(item, f"{where}.{key[:40]}", bad.what, bad.mend)
    return names


def _credits(walk: Walk, node: Node | None, by_name: Mapping[str, Attribute]) -> tuple[Credit, ...]:
    read = [
        _attributes_of(walk, item, f"credits.{row}", by_name, "credits.*.")
        for row, item in enumerate(walk.series(node, "credits"))
    ]
    return tuple(Credit(item.get("source") or "", item.get("licence") or "") for item in read)
