"""Tables and curves in the terminal."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from polemos.cli.failures import Mistake
from polemos.cli.tables.sheet import Sheet

PLAIN: dict[str, Any] = {"highlight": False, "markup": False, "emoji": False}
"""Names and texts come from anybody: they are printed as they are."""

BARS = "▁▂▃▄▅▆▇█"
WIDEST = 150
"""Width in columns where the output is not a terminal."""


def console(*, stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal, or COLUMNS. A pipe or a file gets wide tables and unbroken lines.

    There are no colours there, and brackets are only brackets.
    """
    stream = sys.stderr if stderr else sys.stdout
    fits = (stream is not None and stream.isatty()) or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if fits else WIDEST, soft_wrap=not fits, **PLAIN)


def say(*sentences: str) -> None:
    """Print sentences, a paragraph each, broken between words where the terminal ends."""
    out = console()
    for sentence in sentences:
        out.print(sentence)


def not_installed(*extras: str) -> None:
    """Say what was left out because the package of an extra is not installed."""
    from polemos.scenario.optional_packages import missing

    for line in filter(None, map(missing, extras)):
        say(f"Left out: {line}")


def prose(text: str, indent: int = 4) -> Iterator[Padding | Text]:
    """Paragraphs of a docstring, to be broken once: at the width of the terminal. Indented lines stay lines."""
    for paragraph in text.split("\n\n"):
        for is_indented, lines in groupby(paragraph.splitlines(), lambda line: line.startswith(" " * indent)):
            if is_indented:
                yield from (Padding(Text(line.strip()), (0, 0, 0, indent)) for line in lines)
            else:
                yield Text(" ".join(lines))
        yield Text("")


def as_json(content: Any) -> None:
    """Print as JSON. What is no finite number (an event that never comes) is null, which every reader takes."""
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    print(json.dumps(finite(content), indent=2, ensure_ascii=plain, default=str, allow_nan=False))


def write(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all. Raises `Mistake`."""
    from polemos.ensemble import atomic_files

    try:
        with atomic_files.whole(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror})") from None


def finite(content: Any) -> Any:
    """The same with null for numbers that JSON has not."""
    if isinstance(content, dict):
        return {name: finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[str] = (),
    spare: Sequence[str] = (),
    broad: Sequence[str] = (),
    least: Mapping[str, int] | None = None,
    whole: bool | None = None,
) -> Sheet:
    """A table that fits the terminal; see `Sheet` for what the options say of columns."""
    cells = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows)
    some = tuple((least or {}).items())
    return Sheet(title, tuple(columns), cells, frozenset(right), tuple(spare), tuple(broad), some, whole)


def sparkline(values: Sequence[float], top: float | None = None) -> str:
    """Values as a line of bars from 0 to `top` (default: the greatest); a dot is 0."""
    peak = max(values, default=0.0) if top is None else top
    if peak <= 0:
        return "." * len(values)
    return "".join("." if v <= 0 else BARS[min(int(v / peak * len(BARS)), len(BARS) - 1)] for v in values)


def percent(probability: float | None, error: float | None = None) -> str:
    """A probability in per cent, with its standard error where that is worth saying."""
    if probability is None:
        return "-"
    shown = (
        f"{100 * probability:.0f}"
        if probability in (0, 1) or 0.01 <= probability <= 0.99
        else f"{100 * probability:.1f}"
    )
    return shown + " %" + (f" ± {100 * error:.1f}" if error else "")


def number(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def people(value: float) -> str:
    """A count of people: `1.2 m`, `840 k`, `17`."""
    if value >= 1e6:
        return f"{value / 1e6:.1f} m"
    return f"{value / 1e3:.0f} k" if value >= 1e4 else f"{value:.0f}"
