"""Two codings of one war: place-days, kappa near fronts, dates within their precision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.record.agreement import agreement, codings
from polemos.scenario.errors import ScenarioError
from scenarios import put, tiny

SECOND = """\
place,holder,start,end,contested,precision,source,note
alder,crown,2001-01-01,,0,window,second,
birch,crown,2001-01-01,2001-05-20,0,window,second,
birch,guild,2001-05-20,2002-03-05,0,day,second,
birch,crown,2002-03-05,,0,day,second,
fir,hill,2001-01-01,,0,window,second,
"""


def second(tmp_path, text=SECOND):
    path = tmp_path / "second.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_record_agrees_with_itself(tmp_path):
    path = tiny(tmp_path)
    same = agreement(*codings(str(path), str(path)))
    assert (len(same.places), same.place_days, same.same, same.front_same, same.kappa) == (6, 6 * 730, 1.0, 1.0, 1.0)
    assert (same.matched, same.within, len(same.pairs)) == (9, 9, 9)


def test_two_codings_differ_by_days_and_by_a_change(tmp_path):
    found = agreement(*codings(str(tiny(tmp_path)), second(tmp_path)))
    assert found.places == ("alder", "birch", "fir")
    # Ten days of May 2001 and four of March 2002 at birch, and fir from 2002-06-30 on, of three times 730 days.
    assert found.place_days == 3 * 730
    assert found.same == pytest.approx(1 - (10 + 4 + 185) / (3 * 730))
    apart = {(pair.place, pair.first): (pair.apart, pair.within) for pair in found.pairs}
    assert apart == {
        ("birch", "2001-05-10"): (10, False),
        ("birch", "2002-03-01"): (4, True),
        ("fir", "2002-06-30"): (None, False),
    }
    assert 0 < found.kappa < found.front_same < 1


def test_kappa_is_that_of_cohen(tmp_path):
    """Alder is next to a front while birch is the Guild's; the second coder gives it to the Guild half of the time."""
    path = tiny(tmp_path)
    rows = ("alder,crown,2001-01-01,2001-10-01,0,window,x,", "alder,guild,2001-10-01,,0,day,x,")
    text = "\n".join([SECOND.splitlines()[0], *rows, ""])
    found = agreement(*codings(str(path), second(tmp_path, text)))
    # Birch is the Guild's on 295 evenings; on the last 151 of them the second has the Guild at alder.
    assert found.front_days == 295
    assert found.front_same == pytest.approx(144 / 295)
    # By chance: the first says the Crown always, the second on 144 of 295.
    assert found.kappa == pytest.approx(0.0)


def test_mistakes_of_a_second_coding_are_told_with_file_and_line(tmp_path):
    with pytest.raises(ScenarioError) as error:
        codings(str(tiny(tmp_path)), second(tmp_path, SECOND + "ash,crown,2001-01-01,,0,window,second,\n"))
    assert "second.csv:7:place" in str(error.value)


def test_organisations_must_be_the_same(tmp_path):
    path, other = tiny(tmp_path / "a"), tiny(tmp_path / "b")
    for file in other.glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("hill", "mount"), encoding="utf-8")
    put(other, "scenario.yaml", "hill: {name", "mount: {name")
    with pytest.raises(ScenarioError, match="organisations of one coding and not of the other: hill, mount"):
        codings(str(path), str(other))


def test_the_guide_prints_what_the_command_says():
    root = Path(__file__).parents[1]
    coding = root / "docs" / "wars" / "second-coding" / "spain" / "control.csv"
    done = CliRunner().invoke(app, ["agree", "spain", str(coding)])
    assert done.exit_code == 0
    guide = (root / "docs" / "adding-a-war.md").read_text(encoding="utf-8")
    assert all(line.strip() in guide for line in done.output.splitlines()), done.output
    found = json.loads(CliRunner().invoke(app, ["agree", "spain", str(coding), "--json"]).output)
    assert (len(found["places"]), found["matched"], found["within"]) == (31, 30, 29)
    assert found["kappa"] == pytest.approx(0.92, abs=0.01)
