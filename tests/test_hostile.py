"""Broken and hostile scenarios: one clear report each, exit code 2, nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from polemos.war.check import check
from polemos.war.war import load
from scenarios import put


def many_organisations(number):
    return "".join(f"  o{at}: {{name: Organisation {at}}}\n" for at in range(number))


BROKEN = {
    "negative strength": (
        lambda path: put(path, "strengths.csv", "3000,5000,8000", "-3000,5000,8000"),
        "strengths.csv:4:low: -3000 is out of range",
    ),
    "infinite strength": (
        lambda path: put(path, "strengths.csv", "3000,5000,8000", "3000,5000,inf"),
        "strengths.csv:4:high: 'inf' is not a finite number",
    ),
    "not a number of people": (
        lambda path: put(path, "places.csv", "200000", "nan"),
        "places.csv:2:people: 'nan' is not a finite number",
    ),
    "more people than there are": (
        lambda path: put(path, "places.csv", "200000", "1e308"),
        "places.csv:2:people: 1e308 is out of range",
    ),
    "a bomb of aliases": (
        lambda path: put(path, "scenario.yaml", "focus: [guild]", "focus: &a [guild]\nnotes: &b [*a, *a, *a]"),
        "scenario.yaml:13: alias or too deep a nesting",
    ),
    "five thousand brackets": (
        lambda path: (path / "scenario.yaml").write_text("title: " + "[" * 5000 + "]" * 5000),
        "scenario.yaml: too deep a nesting",
    ),
    "a Python object": (
        lambda path: put(path, "scenario.yaml", "focus: [guild]", "focus: !!python/object/apply:os.system [id]"),
        "scenario.yaml:13",
    ),
    "a link out of the folder": (
        lambda path: [(path / "borders.csv").unlink(), (path / "borders.csv").symlink_to("/etc/passwd")],
        "borders.csv: a link that leaves the folder",
    ),
    "a pipe for a file": (
        lambda path: [(path / "borders.csv").unlink(), os.mkfifo(path / "borders.csv")],
        "borders.csv: not a file",
    ),
    "a folder for a file": (
        lambda path: [(path / "borders.csv").unlink(), (path / "borders.csv").mkdir()],
        "borders.csv: not a file",
    ),
    "a cell of ten megabytes": (
        lambda path: put(path, "places.csv", "Birch,Byrch", "B" * 10_000_000 + ","),
        "places.csv:3: not CSV (field larger",
    ),
    "a file of two gigabytes": (
        lambda path: os.truncate(path / "control.csv", 2 << 30),
        "control.csv: 2,147,483,648 bytes, more than",
    ),
    "beyond the pole": (
        lambda path: put(path, "places.csv", "AA,city,10.0,20.0", "AA,city,90.1,20.0"),
        "places.csv:2:lat: 90.1 is out of range",
    ),
    "the year ten thousand": (
        lambda path: put(path, "control.csv", "2001-05-10,2002-03-01", "2001-05-10,10000-03-01"),
        "control.csv:4:end: '10000-03-01' is not a date",
    ),
    "two organisations of one id": (
        lambda path: put(path, "scenario.yaml", "  hill: {name: Hill League", "  guild: {name: Hill League"),
        "scenario.yaml:12:guild: key 'guild' given twice",
    ),
    "an organisation allied to itself": (
        lambda path: put(path, "relations.csv", "hill,guild,2001-06-01", "hill,hill,2001-06-01"),
        "relations.csv:4:b: hill with itself",
    ),
    "an id that climbs": (
        lambda path: put(path, "places.csv", "alder,Alder", "../../etc,Alder"),
        "places.csv:2:id: ",
    ),
    "more organisations than the model tells apart": (
        lambda path: put(path, "scenario.yaml", "organisations:\n", "organisations:\n" + many_organisations(60)),
        "scenario.yaml:9:organisations: 63 organisations; keep to 62",
    ),
    "only empty files": (
        lambda path: [file.write_text("") for file in path.iterdir()],
        "scenario.yaml: empty file",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_one_clear_report(tiny, name):
    spoil, told = BROKEN[name]
    spoil(tiny)
    began = time.process_time()
    found = [str(problem) for problem in check(tiny)]
    assert time.process_time() - began < 20
    assert any(line.startswith(told) for line in found), "\n".join(found)
    assert all(len(line) < 400 for line in found)


@pytest.mark.parametrize("name", ["negative strength", "a file of two gigabytes", "a link out of the folder"])
def test_a_run_of_it_ends_with_two_and_writes_nothing(tiny, tmp_path, name):
    BROKEN[name][0](tiny)
    where = tmp_path / "here"
    where.mkdir()
    command = [sys.executable, "-m", "polemos", "run", str(tiny), "--members", "2"]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert BROKEN[name][1][:20] in done.stderr
    assert not list(where.iterdir())


def test_a_loop_of_allies_is_a_war_like_others(tiny):
    head = "a,b,start,end,kind,source,note\n"
    rows = "crown,guild,2001-01-01,,allied,,\nguild,hill,2001-01-01,,allied,,\ncrown,hill,2001-01-01,,allied,,\n"
    (tiny / "relations.csv").write_text(head + rows)
    assert not [problem for problem in check(tiny) if problem.level == "error"]
    load(tiny).run(members=2)


def test_a_place_at_the_pole_is_a_place(tiny, tmp_path):
    put(tiny, "places.csv", "AA,city,10.0,20.0", "AA,city,90.0,20.0")
    run = load(tiny).run(members=2, store=tmp_path / "runs")
    assert run.control.sizes["place"] == 6


def test_a_hostile_name_is_text(tiny):
    name = "</script><script>alert(1)</script>\u202e" + "x" * 120
    put(tiny, "places.csv", "alder,Alder", f'alder,"{name}"')
    found = [str(problem) for problem in check(tiny)]
    assert not found or found[0].startswith("places.csv:2:name: ")
