"""The tables of a Lua module, without running it: every innermost table of keys and plain values, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polemos.scenario.errors import Problem, ScenarioError

TOKEN = re.compile(
    r"(?P<comment>--\[(?P<c>=*)\[.*?\](?P=c)\]|--(?!\[=*\[)[^\n]*)"
    r"|(?P<long>\[(?P<l>=*)\[.*?\](?P=l)\])"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<mark>[{}\[\]=,;])"
    r"|(?P<space>\s+)"
    r"|(?P<open>--\[=*\[|\[=*\[|[\"'])"
    r"|(?P<other>.)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
DEEPEST = 100


def tables(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and entries of every table, the inner ones first; values such as `mk.red` by the table `mk` above them.

    Raises `ScenarioError` where brackets do not close.
    """
    shortcuts: dict[str, str] = {}
    names: list[str] = []
    stack: list[tuple[int, dict[str, str]]] = []
    key, value = "", ""
    # The token before, and whether the value so far is a path of names such as mk.red.
    before, path = "", False
    assigned = False
    line = 1
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match[0]
        kind = {"c": "comment", "l": "long"}.get(kind or "", kind)
        if kind == "open":
            raise _wrong(file, line, f"{token} is never closed", "close the string or the comment")
        if kind == "mark" and token == "{":
            if len(stack) == DEEPEST:
                raise _wrong(file, line, "too deep a nesting", "give the module as it is on the wiki")
            stack.append((line, {}))
            names.append(key if assigned else "")
            key, value, assigned = "", "", False
        elif kind == "mark" and token in "},;":
            if stack and assigned and key:
                stack[-1][1].setdefault(key, shortcuts.get(value, value))
            key, value, assigned = "", "", False
            if token == "}":
                if not stack:
                    raise _wrong(file, line, "a } without its {", "delete it, or look for the { that lacks above")
                table = stack.pop()
                name = names.pop()
                shortcuts |= {f"{name}.{word}": meant for word, meant in table[1].items() if name}
                yield table
        elif kind == "mark" and token == "=":
            assigned = True
        elif kind in ("text", "long", "number", "name"):
            if kind == "text":
                token = ESCAPE.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], token[1:-1])
            elif kind == "long":
                width = len(match["l"]) + 2
                token = token[width:-width]
            if assigned:
                value = f"{value}.{token}" if before == "." and path else value or token
                path = kind == "name"
            else:
                key = token
        if kind != "space":
            before = token
        line += match[0].count("\n")
    if stack:
        raise _wrong(file, stack[-1][0], "a { that is never closed", "close it with }: is the file whole?")


def _wrong(file: str, line: int, what: str, mend: str) -> ScenarioError:
    return ScenarioError([Problem(file, line, "", what, mend)])
