"""Charts as files: SVG, PNG, or a page that opens offline and runs no script. Whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polemos.ensemble import atomic_files
from polemos.report.html.argument import page

ENDINGS = (".png", ".svg", ".html")


def content(chart: Any, ending: str, title: str) -> bytes:
    """A chart of altair in the form of one of `ENDINGS`; as a page it is the drawing under its title."""
    import vl_convert

    spec = chart.to_json()
    if ending == ".png":
        return vl_convert.vegalite_to_png(spec, scale=2)
    drawing = vl_convert.vegalite_to_svg(spec)
    return (drawing if ending == ".svg" else page(title, drawing)).encode()


def save(chart: Any, path: Path, title: str) -> None:
    """Write a chart by the ending of its path, one of `ENDINGS`. Raises `OSError`."""
    drawn = content(chart, path.suffix, title)
    with atomic_files.whole(path) as part:
        part.write_bytes(drawn)
