"""Tables and curves in the terminal."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from polemos.cli.failures import Mistake

BARS = "▁▂▃▄▅▆▇█"
WIDEST = 150
"""Width in columns where the output is not a terminal."""


def console(*, stderr: bool = False) -> Console:
    """Where to print. A pipe or a file gets wide tables without colours; brackets are only brackets."""
    stream = sys.stderr if stderr else sys.stdout
    tty = stream is not None and stream.isatty()
    return Console(stderr=stderr, width=None if tty else WIDEST, highlight=False, soft_wrap=not tty, markup=False)


def as_json(content: Any) -> None:
    """Print as JSON. What is no finite number (an event that never comes) is null, which every reader takes."""
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    print(json.dumps(finite(content), indent=2, ensure_ascii=plain, default=str, allow_nan=False))


def write(path: Path, text: str) -> None:
    """Write a text to a file. Raises `Mistake`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror})") from None


def finite(content: Any) -> Any:
    """The same with null for numbers that JSON has not."""
    if isinstance(content, dict):
        return {name: finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> Table:
    """A table; columns named in `right` are set flush right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold", no_wrap=name in right)
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


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
