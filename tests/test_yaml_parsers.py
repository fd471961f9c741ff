"""The fast parser of YAML reads what the slow one reads, and leaves it what the two might read in two ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polemos.scenario import settings as file
from polemos.scenario.inside_folder import LIBRARY

TEXT = """\
title: A war, and "its" record   # why
start: 2001-01-01
notes: >
  Folded text: with a colon, and
  more of it.
places: [one, 'two: of', "three\\n", ~, null, {a: 1, b: [x, y]}]
organisations:
  one: {name: First, kind: government, colour: "#D55E00"}
  two:
    name: |
      Second & last
    kind: insurgent
questions:
- id: x
  of: {kind: held, by: one}
-   - nested
    - list
"""
PIECES = [
    *" :-[]{}#,'\"|>&*!?\n%@`~\\<=",
    "\t",
    "\r",
    ": ",
    "- ",
    "? ",
    "---",
    "...",
    "null",
    "'a",
    '{"a":1}',
    "&a ",
    "*a",
]


def both(text, monkeypatch):
    """What is read as a rule, and by the slow parser alone."""
    fast = file.tree(text)
    monkeypatch.setattr(file, "DIFFERS", re.compile(""))
    slow = file.tree(text)
    monkeypatch.undo()
    return fast, slow


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_both_parsers_read_a_file_of_the_library_alike(path, monkeypatch):
    text = path.read_text(encoding="utf-8")
    if len(text) > 40_000:
        text = text[: text.index("\n", 40_000)]
    fast, slow = both(text, monkeypatch)
    assert fast == slow


@settings(max_examples=150, deadline=None)
@example([(136, 0, ":")])
@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 4), st.sampled_from(PIECES)), max_size=3))
def test_both_parsers_read_a_text_with_faults_alike(edits):
    text = TEXT
    for at, cut, piece in edits:
        text = text[:at] + piece + text[at + cut :]
    with pytest.MonkeyPatch.context() as patch:
        fast, slow = both(text, patch)
    assert fast == slow


@pytest.mark.parametrize("text", ["[" * 3_000, "- " * 3_000, "{a: " * 3_000])
def test_what_is_nested_too_deep_is_refused_and_never_ends_the_program(text):
    root, problems = file.tree(text)
    assert root is None
    assert "nesting" in problems[0].what


def test_every_file_of_the_library_is_left_to_the_fast_parser():
    slow = [path for path in LIBRARY.glob("*/**/*.yaml") if file.DIFFERS.search(path.read_text(encoding="utf-8"))]
    assert slow == []
