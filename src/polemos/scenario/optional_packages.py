"""Packages that only some commands need: which extra brings them, and the line that says so where one is missing."""

from __future__ import annotations

from importlib.util import find_spec

EXTRAS = {
    "charts": ("vl_convert", "a chart as a file needs vl-convert"),
    "tables": ("pyarrow", "Parquet, and the events of UCDP and ACLED, need pyarrow"),
}
"""By extra: the module that it brings, and what needs it."""


class MissingPackageError(RuntimeError):
    """A package that is not installed; the text names the extra that brings it."""


def missing(extra: str) -> str:
    """The line about an extra of `EXTRAS` whose package is not installed; empty where it is."""
    module, what = EXTRAS[extra]
    return "" if find_spec(module) is not None else f"{what}: pip install 'polemos[{extra}]'"


def need(extra: str) -> None:
    """Raise `MissingPackageError` where the package of an extra is not installed."""
    line = missing(extra)
    if line:
        raise MissingPackageError(line)
