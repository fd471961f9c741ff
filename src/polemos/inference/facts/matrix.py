"""Facts against theories: a row for each fact, a column for each theory, and how strongly each fact favours one.

A theory gives a fact the share of its wars in which it comes out within what was seen, (k + 1/2) / (n + 1). The first
theory's share over the second's is how many times as well the first expected it. Facts of one war hang together, so the
product over all facts is the most that they say, not what they say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from polemos.inference.facts.facts import VERDICTS, Fact, Finding

NEITHER = 1.1
"""A fact that one theory expected fewer times better than that speaks for neither."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A fact with what each theory makes of it, and how many times as well the first expected it as the second (None:
    one of them says nothing of it)."""

    fact: Fact
    findings: Mapping[str, Finding]
    times: float | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Facts against theories. `verdicts` counts them by theory and verdict; `times` is the product over all facts."""

    theories: tuple[str, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def verdicts(self) -> dict[str, dict[str, int]]:
        """How many facts have each verdict, by theory."""
        counts = {name: Counter(row.findings[name].verdict for row in self.rows) for name in self.theories}
        return {name: {verdict: count[verdict] for verdict in VERDICTS} for name, count in counts.items()}

    @property
    def times(self) -> float:
        """The product over all facts that both speak of."""
        return math.exp(sum(math.log(row.times) for row in self.rows if row.times is not None))


def chance(finding: Finding) -> float | None:
    """The share of a theory's wars in which a fact comes out within what was seen; None where it says nothing."""
    if finding.inside is None or not finding.members:
        return None
    return (finding.inside * finding.members + 0.5) / (finding.members + 1)


def matrix_of(findings_by_theory: Mapping[str, Sequence[Finding]]) -> Matrix:
    """The matrix of findings by theory, of the same facts in the same order, two theories or more."""
    names = tuple(findings_by_theory)
    rows = []
    for several in zip(*findings_by_theory.values(), strict=True):
        one, two = (chance(finding) for finding in several[:2])
        times = None if one is None or two is None else one / two
        rows.append(MatrixRow(several[0].fact, dict(zip(names, several, strict=True)), times))
    return Matrix(names, tuple(rows))


def evidence_words(times: float | None, one: str, two: str) -> str:
    """For whom a fact speaks, and how many times as well that theory expected it."""
    if times is None:
        return ""
    if 1 / NEITHER < times < NEITHER:
        return "neither"
    return f"{one} {times:.1f} x" if times > 1 else f"{two} {1 / times:.1f} x"
