"""The files of the what-if page: served one by one, or packed into a single HTML file."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any

from polemos.report.html.content_policy import META, sealed
from polemos.report.html.embedded_data import embedded, filled, script

STYLES = ("report-charts.css", "page.css")
SCRIPTS = (
    "report-core.js",
    "report-map.js",
    "data.js",
    "map.js",
    "curves.js",
    "tables.js",
    "levers.js",
    "replay.js",
    "page.js",
)
NAMES = (*STYLES, *SCRIPTS)


def text(name: str) -> str:
    """A file of the page; those of the report's charts begin with `report-`."""
    shared = name.removeprefix("report-")
    folder = files("polemos.app") / "page" if shared == name else files("polemos.report") / "assets"
    return (folder / shared).read_text(encoding="utf-8")


def page(title: str) -> str:
    """The page as the server gives it."""
    styles = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in STYLES)
    scripts = "".join(f'<script src="/assets/{name}" defer></script>' for name in SCRIPTS)
    return _filled(title, styles + scripts, "", "")


def alone(title: str, snapshot: dict[str, Any]) -> str:
    """The page with a result inside, for a file: it opens offline, and no request leaves it."""
    styles = "".join(f"<style>{text(name)}</style>" for name in STYLES)
    scripts = "".join(script(text(name)) for name in SCRIPTS)
    return sealed(_filled(title, META + styles, embedded("snapshot", snapshot), scripts), "data: blob:")


def _filled(title: str, head: str, data: str, scripts: str) -> str:
    parts = {"title": escape(title), "head": head, "data": data, "scripts": scripts}
    return filled(text("page.html"), parts)
