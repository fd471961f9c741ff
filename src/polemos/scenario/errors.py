"""What is wrong with a scenario: file, line, field, what, and what would mend it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_OF_A_KIND = 10


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem. `line` is 0 where the file as a whole is meant; `level` is `error` or `warning`."""

    file: str
    line: int
    field: str
    what: str
    mend: str
    level: str = "error"

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "") + (f":{self.field}" if self.field else "")
        return f"{where}: {'warning: ' if self.level == 'warning' else ''}{self.what}; {self.mend}"


class ScenarioError(ValueError):
    """A scenario that cannot be used. `problems` has all of them; the text is the report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(report(self.problems))


def report(problems: Iterable[Problem]) -> str:
    """One line a problem; of many alike (same file, field and mend) the first ten, and how many more there are."""
    alike: Counter[tuple[str, str, str]] = Counter()
    lines = []
    for problem in problems:
        kind = (problem.file, problem.field, problem.mend)
        alike[kind] += 1
        if alike[kind] <= SHOWN_OF_A_KIND:
            lines.append(str(problem))
    for (file, field, _), count in alike.items():
        if count > SHOWN_OF_A_KIND:
            lines.append(f"{file}: {count - SHOWN_OF_A_KIND} more such problems with {field or 'the file'}")
    return "\n".join(lines)


def nearest(word: str, known_words: Iterable[str]) -> str:
    """What to do about an unknown word: the nearest known one, or the list of them."""
    words = sorted(known_words)
    close = difflib.get_close_matches(word[:100], words, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if not words:
        return "there is none yet"
    return f"use one of {', '.join(words[:12])}{', ...' if len(words) > 12 else ''}"


def quoted(text: str, limit: int = 60) -> str:
    """A cell as shown in a message: control characters escaped, long ones cut."""
    return repr(text if len(text) <= limit else text[:limit] + "...")
