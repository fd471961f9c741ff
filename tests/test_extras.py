"""A plain install: what needs an extra says so in a line before any work is done, and everything else runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from asked import ask
from scenarios import tiny as write_tiny

OPTIONAL = (
    "dask",
    "distributed",
    "sbi",
    "torch",
    "flee",
    "openpyxl",
    "pyogrio",
    "pyproj",
    "pyarrow",
    "vl_convert",
    "IPython",
    "playwright",
    "matplotlib",
)
CODE = f"""
import sys
class Without:  # a finder that finds none of the extras, as where they are not installed
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {OPTIONAL!r} else self.finder.find_spec(name, path, target)
sys.meta_path[:] = map(Without, sys.meta_path)
from polemos.cli import main
main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ask(write_tiny(tmp_path_factory.mktemp("plain")))


def plain(here, *words):
    """A command of a plain install."""
    return subprocess.run([sys.executable, "-c", CODE, *map(str, words)], capture_output=True, text=True, cwd=here)


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["run", "{war}", "--members", "5", "--cluster", "local:2"], "polemos[cluster]"),
        (["hindcast", "{war}", "--origins", "1", "--cluster", "tcp://127.0.0.1:8786"], "polemos[cluster]"),
        (["calibrate", "{war}", "--until", "2002-06-01", "--cluster", "local:2"], "polemos[cluster]"),
        (["calibrate", "{war}", "--until", "2002-06-01", "--npe"], "polemos[npe]"),
        (["import", "table", "control.xlsx", "--into", "{war}"], "polemos[excel]"),
        (["calibrate", "{war}", "--until", "2002-06-01"], "polemos[tables]"),
        (["import", "ucdp", "control.xlsx", "--into", "{war}"], "polemos[tables]"),
        (["import", "table", "control.parquet", "--as", "control", "--into", "{war}"], "polemos[tables]"),
        (["run", "{war}", "--events", "control.xlsx"], "polemos[tables]"),
        (["forecast", "{war}", "--out", "map.png"], "polemos[charts]"),
        (["import", "polygons", "control.gpkg", "--into", "{war}"], "polemos[maps]"),
    ],
)
def test_a_missing_extra_is_named_before_any_work(folder, tmp_path, words, extra):
    files = {word for word in words if word.startswith("control.")}
    for file in files:
        (tmp_path / file).write_bytes(b"PK\x03\x04")
    done = plain(tmp_path, *(word.replace("{war}", str(folder)) for word in words))
    assert done.returncode == 2, done.stderr
    assert extra in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == files
    if not files:
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_the_rest_runs_without_any_extra(folder, tmp_path):
    done = plain(tmp_path, "run", folder, "--members", "5", "--quick")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").exists()
    (run,) = (tmp_path / "runs").glob("*-*")
    done = plain(tmp_path, "export", run, "--scenario", folder, "--to", "csv", "--out", "tables")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tables" / "captures.csv").exists()
    done = plain(tmp_path, "export", run, "--scenario", folder, "--to", "picture", "--out", "card.png")
    assert done.returncode == 2
    assert done.stderr == "polemos: a chart as a file needs vl-convert: pip install 'polemos[charts]'\n"
    assert not (tmp_path / "card.png").exists()


def test_forecasts_and_hindcasts_say_what_they_leave_out(folder, tmp_path):
    done = plain(tmp_path, "forecast", folder, "--date", "2002-01-01", "--leads", "1mo", "--members", "20")
    assert done.returncode == 0, done.stderr
    assert "Left out: a chart as a file needs vl-convert: pip install 'polemos[charts]'" in " ".join(
        done.stdout.split()
    )
    done = plain(tmp_path, "hindcast", folder, "--origins", "1", "--leads", "1mo", "--forecasters", "persistence")
    assert done.returncode == 0, done.stderr
    assert "pip install 'polemos[tables]' Left out: a chart as a file needs" in " ".join(done.stdout.split())
    (kept,) = (tmp_path / "hindcasts").iterdir()
    assert (kept / "skill.json").exists()
    assert not list(kept.glob("chart*"))
