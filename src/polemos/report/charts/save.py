"""Charts as files: PNG, SVG, PDF, or a page that opens offline and runs no script. Whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polemos.ensemble import atomic_files
from polemos.report.html.argument import page
from polemos.scenario.optional_packages import need

ENDINGS = (".png", ".svg", ".pdf", ".html")


def content(chart: Any, ending: str, title: str, scale: float = 2.0) -> bytes:
    """A chart of altair in the form of one of `ENDINGS`; as a page it is the drawing under its title.

    Raises `MissingPackageError`.
    """
    need("charts")
    import vl_convert

    specification = chart.to_json()
    if ending == ".png":
        return vl_convert.vegalite_to_png(specification, scale=scale)
    if ending == ".pdf":
        return vl_convert.vegalite_to_pdf(specification)
    drawing = vl_convert.vegalite_to_svg(specification)
    return (drawing if ending == ".svg" else page(title, drawing)).encode()


def save(chart: Any, path: Path, title: str = "", scale: float = 2.0) -> Path:
    """Write a chart, whole or not at all.

    Parameters
    ----------
    chart : altair.Chart
        One of `Charts`, or any other of Altair.
    path : Path
        Its end says the kind, one of `ENDINGS`.
    title : str
        Heading of a page; by default the name of the file.
    scale : float
        Pixels of a PNG for each of the chart.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        For another kind.
    OSError
        Where it cannot be written.
    MissingPackageError
        Where vl-convert, of the extra `charts`, is not installed.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path.name}: a chart is written as {', '.join(ENDINGS)}")
    return atomic_files.put(path, content(chart, ending, title or path.stem, scale))
