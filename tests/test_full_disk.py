"""Every command that writes ends in one report and exit code 2 on a full disk, in a read-only folder, behind a file.

`docs/reliability.md` tells the kinds of fault; `tests/test_folder.py` has those of a run's own files.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fuzzing import ARGUMENT, ARTICLE, QUESTIONS
from polemos.cli.commands import app
from scenarios import tiny as write_tiny
from test_folder import small_disk

HELD = "place,holder,start,end\nalder,guild,2001-01-01,\n"
EVENTS = """id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence
1,2001-02-03,2001-02-04,1,1,The Crown,The Guild,10.01,20.01,5,4,6,1
"""
RAIN = "ledger add Rain? --closes 2031-05-01 --probability 30% --owner me"
FAST = "--members 2 --keep none"
COMMANDS = {
    "the page of a run": f"run {{war}} {FAST} --out {{full}}/page.html",
    "the page of a run in a new folder": f"run {{war}} {FAST} --out {{full}}/new/page.html",
    "a run that is kept": "run {war} --members 2 --runs {full}/runs --out {here}/page.html",
    "what-if, a page": "what-if {war} --set beta_t=0 --members 2 --out {full}/page.html",
    "what-if, JSON": "what-if {war} --set beta_t=0 --members 2 --out {full}/what.json",
    "hindcast": "hindcast {war} --origins 1 --leads 1mo --forecasters persistence --out {full}/hindcasts",
    "ablate": "ablate {war} --origins 1 --leads 1mo --members 2 --out {full}/hindcasts",
    "export csv": "export {run} --scenario {war} --to csv --out {full}/tables",
    "export parquet": "export {run} --scenario {war} --to parquet --out {full}/tables",
    "export geojson": "export {run} --scenario {war} --to geojson --out {full}/map.geojson",
    "export netcdf": "export {run} --scenario {war} --to netcdf --out {full}/run.nc",
    "export flee": "export {run} --scenario {war} --to flee --out {full}/flee",
    "plot": "plot {run} map --scenario {war} --out {full}/map.png",
    "import": "import table {here}/held.csv --as control --into {full}/war",
    "import events": "import ucdp {here}/ged.csv --into {full}/war",
    "estimate": "estimate {full}/war --events {here}/ged.csv --write",
    "new": "new W --in {full} --places {here}/towns.csv --start 2001-01-01 --end 2002-01-01"
    " --organisation north:government:North --organisation south:insurgent:South",
    "read": "read {here}/article.html --out {full}/argument.yaml",
    "argument": "argument {war} --out {full}/inventory.html",
    "ledger add": f"{RAIN} --id rain --ledger {{full}}/l.sqlite",
    "ledger export": "ledger export {full}/ledger.jsonl --ledger {here}/l.sqlite",
    "ledger export, a table": "ledger export {full}/ledger.csv --ledger {here}/l.sqlite",
    "ledger chart": "ledger score --chart {full}/calibration.html --ledger {here}/l.sqlite",
    "ledger export, Metaculus": "ledger export {full}/posts.json --ledger {here}/l.sqlite",
    "card": "card {run} --scenario {war} --out {full}/card.md",
    "watch new": "watch new {full}/watch --scenario {war}",
    "watch replay": "watch replay {war} --from 2002-01-01 --to 2002-01-01 --leads 1mo --forecaster persistence"
    " --out {full}/replay",
    "calibrate": "calibrate {war} --until 2002-06-01 --members 200 --sets 0 --bank {full}/banks --out {here}/p.parquet",
    "sensitivity": "sensitivity {war} --question half --trajectories 2 --leading 1 --sample 16"
    " --chart {full}/chart.svg",
}
SLOW = {"ablate", "calibrate", "sensitivity"}


def polemos(command, **places):
    return CliRunner().invoke(app, [word.format(**places) for word in command.split()])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A war, a run, a ledger and the files to import."""
    here = tmp_path_factory.mktemp("prepared")
    war = write_tiny(here)
    (war / "questions.yaml").write_text(QUESTIONS)
    (war / "argument.yaml").write_text(ARGUMENT)
    (here / "held.csv").write_text(HELD)
    (here / "ged.csv").write_text(EVENTS)
    (here / "article.html").write_text(ARTICLE)
    (here / "towns.csv").write_text("name,lat,lon,people\nYew,10.1,20.1,500\nOak,10.3,20.1,900\n")
    done = polemos("run {war} --members 2 --runs {here}/runs --out {here}/page.html", war=war, here=here)
    assert done.exit_code == 0, done.output
    for number in range(3):
        assert polemos(f"{RAIN} --id rain{number} --ledger {{here}}/l.sqlite", here=here).exit_code == 0
    (run,) = (here / "runs").iterdir()
    return {"war": war, "here": here, "run": run}


def cases():
    for name in COMMANDS:
        yield pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])


def ends_in_a_report(name, prepared, full):
    done = polemos(COMMANDS[name], **prepared, full=full)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    lines = [line for line in done.output.splitlines() if "written" in line or "No space" in line or str(full) in line]
    assert lines, done.output
    return done


@pytest.mark.parametrize("name", list(cases()))
def test_a_full_disk(name, prepared, tmp_path):
    full = tmp_path / "full"
    with small_disk(full, 400_000):
        shutil.copytree(prepared["war"], full / "war")
        filled(full)
        before = {path: path.read_bytes() for path in (full / "war").iterdir()}
        ends_in_a_report(name, prepared, full)
        assert {path: path.read_bytes() for path in (full / "war").iterdir()} == before
        left = [path for path in full.rglob("*") if path.is_file() and full / "war" not in path.parents]
        kept = ("filling", "l.sqlite", "watch.lock")
        assert [path for path in left if path.name not in kept and path.stat().st_size == 0] == []
        assert not [path for path in left if "~" in path.name or path.suffix in (".html", ".png", ".yaml", ".csv")]


def filled(folder: Path):
    """Fill what is left of a disk."""
    with (folder / "filling").open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


@pytest.mark.parametrize("name", list(cases()))
def test_a_file_in_the_place_of_the_folder(name, prepared, tmp_path):
    if "{full}/war" in COMMANDS[name]:
        pytest.skip("a scenario is a folder")
    (tmp_path / "full").write_text("mine")
    ends_in_a_report(name, prepared, tmp_path / "full")
    assert (tmp_path / "full").read_text() == "mine"
