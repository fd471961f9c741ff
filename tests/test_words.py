"""Local names are nouns, retired phrases are gone, and the page of words has the likelihoods of the code."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "polemos"

PARTICIPLES = {
    *("asked", "came", "caught", "done", "found", "given", "gone", "got", "held", "kept", "known", "made", "met"),
    *("said", "seen", "spoken", "taken", "there", "told", "took", "went"),
}
"""Words that say what happened to a thing and not what it is: none may be the name of a variable or a function."""

ALLOWED = {
    ("questions/builders.py", "held"),
    ("cli/ledger/write.py", "made"),
    ("model/state.py", "taken"),
}
"""Public words: a builder named after its kind of question, the option --made, an array of the state."""

RETIRED = (
    r"what came\b(?! out)",
    r"told against",
    r"\bas they came\b",
    r"\bhangs? (?:on|upon)\b",
    r"\bcarried by\b",
    r"\bin the place of\b",
    r"\bbore out\b",
    r"\btold from\b",
    r"\bwithout being told\b",
    r"\bprobability told\b",
    r"\bis learnt of\b",
    r"\bsaid nothing to\b",
)
"""Phrases that `docs/words.md` replaces."""


def names(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and name of every variable, parameter and function that a module binds."""
    bound = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append((node.lineno, node.id))
        elif isinstance(node, ast.arg):
            bound.append((node.lineno, node.arg))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            bound.append((node.lineno, node.name))
        elif isinstance(node, ast.alias) and node.asname:
            bound.append((node.lineno, node.asname))
    return bound


def fields(tree: ast.AST) -> set[int]:
    """Lines of the fields of classes: they are keys of files and of pages."""
    return {
        statement.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_name_is_a_bare_participle(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    keys, module = fields(tree), path.relative_to(SOURCE).as_posix()
    bare = [
        f"{module}:{line} {name}"
        for line, name in names(tree)
        if name in PARTICIPLES and line not in keys and (module, name) not in ALLOWED
    ]
    assert not bare, "name what it holds: " + ", ".join(bare)


def prose() -> dict[str, str]:
    """What a reader meets, by path: README, the book, notebooks, and the texts and docstrings of the package."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    for path in (ROOT / "docs").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts[str(path.relative_to(ROOT))] = "\n".join("".join(cell["source"]) for cell in cells)
    for path in (*SOURCE.rglob("*.js"), *SOURCE.rglob("*.html"), *SOURCE.glob("library/*/README.md")):
        texts[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    for path in SOURCE.rglob("*.py"):
        strings = (node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_text(node))
        texts[str(path.relative_to(ROOT))] = "\n".join(strings)
    return {path: text for path, text in texts.items() if path != "docs/words.md"}


def is_text(node: ast.AST) -> bool:
    """Whether a node is a string of more than a word."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def test_retired_phrases_stand_nowhere():
    retired = re.compile("|".join(RETIRED), re.IGNORECASE)
    lines = [
        f"{path}: {' '.join(text[max(match.start() - 30, 0) : match.end() + 30].split())}"
        for path, text in prose().items()
        for match in retired.finditer(text)
    ]
    assert not lines, "docs/words.md says what to write instead:\n" + "\n".join(lines)


def test_retired_phrases_are_caught():
    retired = re.compile("|".join(RETIRED), re.IGNORECASE)
    text = "What came is told against what the answer hangs on"
    assert len(retired.findall(text)) == 3


def test_the_page_of_words_has_the_likelihoods_of_the_code():
    from polemos.report.page.likelihood_words import CERTAIN, WORDS

    page = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip() for line in page.partition("| probability |")[2].splitlines() if "%" in line]
    assert rows == [word for _, word in WORDS] + [CERTAIN]
