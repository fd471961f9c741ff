"""The board: one protocol, skill over the best simple rule, entries by file, and a small board against kept numbers."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from polemos.board import entries, protocol
from polemos.board.board import Entrants, board, settle
from polemos.cli.commands import app
from polemos.forecasters.leads import later
from polemos.record.from_scenario import load
from polemos.report.hindcast import board as shown
from polemos.scenario.errors import ScenarioError
from polemos.scores.lift import hits
from scenarios import tiny

runner = CliRunner()
PANDAS = Path(__file__).parent / "persistence_by_pandas.py"
CONTIGUITY = "contiguity Markov"


def polemos(*words, code=0):
    """Run a command; its exit code must be `code`. Gives stdout and stderr."""
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A board of one invented war by the simple rules: the command's words, and its folder."""
    root = tmp_path_factory.mktemp("board")
    war, out = tiny(root), root / "out"
    words = (
        "board",
        "--wars",
        "",
        "--also",
        war,
        "--forecasters",
        "none",
        "--origins",
        8,
        "--threads",
        1,
        "--out",
        out,
    )
    polemos(*words)
    return words, out


@pytest.fixture(scope="module")
def world(small):
    return load(small[0][4])


@pytest.fixture(scope="module")
def agreed(small):
    return protocol.read(small[1] / protocol.FILE)


def rows_of(out, name):
    """Rows of a forecaster on a board, without its name."""
    content = json.loads((out / shown.JSON).read_text())
    return [{**row, "forecaster": ""} for row in content["rows"] if row["forecaster"] == name]


def test_a_small_board_against_kept_numbers(small):
    """Log, log dated, Brier, changes and hits of rules that draw nothing; another number here is another benchmark."""
    kept = {
        ("persistence", "1mo"): [0.329099, 0.226630, 0.122037, 0.375, 0.375],
        ("pooled Markov", "1mo"): [0.314656, 0.236662, 0.122679, 0.375, 0.375],
        ("log-linear", "1mo"): [0.285723, 0.235882, 0.122972, 0.375, 0.375],
        ("conflictology", "1mo"): [0.291800, 0.230480, 0.121601, 0.375, 0.375],
        ("persistence", "3mo"): [1.148846, 0.943909, 0.445833, 1.375, 1.375],
        ("pooled Markov", "3mo"): [0.831602, 0.731067, 0.415085, 1.375, 1.375],
        ("conflictology", "3mo"): [0.858256, 0.769689, 0.414494, 1.375, 1.375],
    }
    # Persistence by hand: 3 of 48 places changed hands within a month, each given .02 / 3, the others .98.
    stay, change = (-np.log(0.998 * p + 0.002 / 4) for p in (0.98, 0.02 / 3))
    assert (45 * stay + 3 * change) / 48 == pytest.approx(0.329099, abs=1e-6)
    for (name, lead), numbers in kept.items():
        (row,) = [row for row in rows_of(small[1], name) if row["lead"] == lead]
        assert [row[field] for field in ("log", "log_dated", "brier", "happened", "hits")] == pytest.approx(
            numbers, abs=1e-6
        )


def test_the_protocol_fixes_wars_origins_and_leads(small, world, agreed):
    assert agreed.version == 1
    assert agreed.floor == 0.002
    asked = agreed.wars["tiny"]
    assert asked.digest == world.digest()
    assert asked.leads == ("1w", "2w", "1mo", "3mo")
    assert len(asked.origins) == 8
    assert later(asked.days[-1], "3mo") <= world.last_observed
    assert protocol.differences(agreed, protocol.propose({"tiny": world}, 8)) == []


def test_a_board_is_not_read_with_another_record_or_other_origins(small, world, agreed, tmp_path):
    protocol.write(agreed, tmp_path / protocol.FILE)
    spells = replace(world.spells, precision=world.spells.precision + 1)
    with pytest.raises(protocol.ProtocolError, match="the record of tiny is another"):
        settle(tmp_path, protocol.propose({"tiny": replace(world, spells=spells)}, 8))
    with pytest.raises(protocol.ProtocolError, match="the origins of tiny differ"):
        settle(tmp_path, protocol.propose({"tiny": world}, 5))
    assert (
        settle(tmp_path, protocol.propose({"tiny": world}, 5), fresh=True).wars["tiny"].origins
        != agreed.wars["tiny"].origins
    )
    (tmp_path / protocol.FILE).write_text("{}")
    with pytest.raises(protocol.ProtocolError, match=r"protocol\.json: no protocol"):
        settle(tmp_path, agreed)
    # Without --origins the board in the folder says which.
    again = [word for word in small[0] if word not in ("--origins", 8, "--forecasters", "none")]
    before = (small[1] / shown.JSON).read_text()
    polemos(*again)
    assert (small[1] / shown.JSON).read_text() == before
    assert protocol.read(small[1] / protocol.FILE) == agreed
    _, err = polemos(*small[0], "--leads", "1mo", code=2)
    assert "the leads of tiny differ" in err
    assert "--fresh" in err


def test_contiguity_by_file_reproduces_its_row_to_the_last_digit(small, world, agreed, tmp_path):
    words, out = small
    from polemos.forecasters.registry import lineup
    from polemos.hindcasts.hindcast import hindcast

    asked = agreed.wars["tiny"]
    done = hindcast(world, lineup(("contiguity",)), asked.days, asked.leads, store=out / "hindcasts")
    assert done.computed == 0
    frame = entries.case_frame({"tiny": world}, agreed)
    at = [words.index for words in (asked.origins, asked.leads, world.places.id, entries.holders_of(world))]
    columns = zip(*(frame[name] for name in ("origin", "lead", "place", "organisation")), strict=True)
    one = done.probability[done.forecasters.index(CONTIGUITY)]
    frame["probability"] = [one[tuple(index(word) for index, word in zip(at, row, strict=True))] for row in columns]
    for name in ("shuffled.csv", "as-it-comes.parquet"):
        path = tmp_path / name
        entries.write_frame(frame.sample(frac=1, random_state=1) if "shuffled" in name else frame, path)
        polemos(*words, "--enter", path)
        assert rows_of(out, path.stem) == rows_of(out, CONTIGUITY)
        assert len(rows_of(out, path.stem)) == 4


def test_a_forecaster_written_with_pandas_alone_enters(small, tmp_path):
    words, out = small
    cases, mine = tmp_path / "cases.parquet", tmp_path / "mine.parquet"
    text, _ = polemos(*words, "--cases", cases)
    assert "add a column probability" in text
    subprocess.run([sys.executable, PANDAS, cases, mine], check=True)
    polemos(*words, "--enter", mine)
    own, ours = rows_of(out, "mine"), rows_of(out, "persistence")
    assert len(own) == 4
    for one, other in zip(own, ours, strict=True):
        assert one["log"] == pytest.approx(other["log"], abs=1e-12)
        assert one["brier"] == pytest.approx(other["brier"], abs=1e-12)
    assert "mine" in (out / shown.MARKDOWN).read_text()


def test_an_entry_with_faults_is_refused_with_every_one_of_them(small, world, agreed, tmp_path):
    frame = entries.case_frame({"tiny": world}, agreed)
    frame["probability"] = frame["holds"].astype(float)
    path = tmp_path / "mine.csv"
    frame.to_csv(path, index=False)
    assert set(entries.read_entry(path, {"tiny": world}, agreed)) == {"tiny"}
    faulty = frame.astype({"probability": object}).copy()
    faulty.loc[0, "place"] = "adler"
    faulty.loc[5, "probability"] = "often"
    faulty.loc[9, "probability"] = 1.5
    faulty = pd.concat([faulty.drop(index=[20]), faulty.loc[[30]]])
    held = faulty.index[faulty["holds"].astype(bool) & (faulty["lead"] == "3mo")][-1]
    faulty.loc[held, "probability"] = 0.5
    faulty.to_csv(path, index=False)
    with pytest.raises(ScenarioError) as caught:
        entries.read_entry(path, {"tiny": world}, agreed)
    text = str(caught.value)
    assert "mine.csv:2:place: 'adler' is no place of the board; did you mean 'alder'?" in text
    assert "mine.csv:7:probability: 'often' is no probability" in text
    assert "mine.csv:11:probability: '1.5' is no probability" in text
    assert "is given 2 times" in text
    assert "is missing (2 such rows of tiny)" in text
    assert "sum to 0.500000, not to 1" in text
    _, err = polemos(*small[0], "--enter", path, code=2)
    assert err.count("mine.csv") == len(caught.value.problems)


def test_an_entry_without_a_column_or_a_file_is_refused_by_name(small, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("war,origin\n")
    _, err = polemos(*small[0], "--enter", path, code=2)
    assert "mine.csv:1:probability: this column is missing" in err
    _, err = polemos(*small[0], "--enter", tmp_path / "none.parquet", code=2)
    assert "there is no such file" in err
    (tmp_path / "text.parquet").write_text("no table")
    _, err = polemos(*small[0], "--enter", tmp_path / "text.parquet", code=2)
    assert "cannot be read as a table" in err


def test_an_entry_may_not_take_the_name_of_a_forecaster(small, world, agreed, tmp_path):
    frame = entries.case_frame({"tiny": world}, agreed)
    frame["probability"] = frame["holds"].astype(float)
    path = tmp_path / "persistence.parquet"
    entries.write_frame(frame, path)
    _, err = polemos(*small[0], "--enter", path, code=2)
    assert "give the file of the entry another name" in err


def test_the_best_rule_has_no_skill_over_itself_and_the_mean_of_one_war_is_the_war(small):
    content = json.loads((small[1] / shown.JSON).read_text())
    for lead in ("1w", "2w", "1mo", "3mo"):
        rows = [row for row in content["rows"] if row["lead"] == lead]
        best = min(rows, key=lambda row: row["log"])
        assert {row["best_rule"] for row in rows} == {best["forecaster"]}
        assert best["skill"]["mean"] == 0
        for row in rows:
            assert row["skill"]["mean"] == pytest.approx(1 - row["log"] / best["log"])
            assert row["log_dated"] <= row["log"]
    means = {(row["forecaster"], row["lead"]): row["skill"]["mean"] for row in content["means"]}
    assert all(means[row["forecaster"], row["lead"]] == row["skill"]["mean"] for row in content["rows"])


def test_a_war_never_learns_from_itself(small, world, agreed, tmp_path, monkeypatch):
    """Who teaches is asked of the forecasters that the board makes; the forecasts are those of the simple rules."""
    from polemos.board import board as board_module

    taught = []
    other = replace(world, name="other")
    both = {"tiny": world, "other": other}
    plan = protocol.propose(both, 2)
    made = board_module.board_forecasters

    def simple(names, others, *rest):
        taught.append([one.name for one in others])
        return made((), (), *rest)

    monkeypatch.setattr(board_module, "board_forecasters", simple)
    board(tmp_path, plan, both, Entrants(teachers=("tiny", "other"), names=("front",)))
    assert taught == [["other"], ["tiny"]]
    names = [one.name for one in made(("front",), [other], 10, 1, 1)]
    assert names[-1] == "front hazard, with other wars"
    assert "front hazard, with other wars" not in [one.name for one in made((), [other], 10, 1, 1)]


def test_the_example_of_the_page_is_the_one_that_is_tested():
    page = (Path(__file__).parents[1] / "docs" / "board.md").read_text(encoding="utf-8")
    assert PANDAS.read_text(encoding="utf-8").split('"""\n', 2)[-1].strip() in page


def test_lift_by_hand():
    p, changed = [0.9, 0.8, 0.1, 0.1, 0.1], [True, False, True, False, False]
    assert hits(p, changed, 2) == (1.0, pytest.approx(0.8))
    # One of the three tied places has changed: the third of the top three is it in one case of three.
    assert hits(p, changed, 3) == (pytest.approx(1 + 1 / 3), pytest.approx(1.2))
    assert hits(p, changed, 10) == (2.0, 2.0)
    assert hits([], []) == (0.0, 0.0)
    even = hits(np.full(50, 0.02), np.arange(50) < 5)
    assert even == (pytest.approx(1.0), pytest.approx(1.0))


def test_the_picture_and_the_page_are_there(small):
    _, out = small
    assert (out / "board.svg").read_text().startswith("<svg")
    assert (out / "board.png").read_bytes().startswith(b"\x89PNG")
    page = (out / shown.MARKDOWN).read_text()
    assert "Skill over the best simple rule, mean over wars" in page
    assert "best rule" in page


def test_a_war_that_does_not_ship_is_named(tmp_path):
    _, err = polemos("board", "--wars", "malli", "--out", tmp_path / "b", code=2)
    assert "no war 'malli' ships (a folder is named with --also); did you mean 'mali'?" in err
    assert not (tmp_path / "b").exists()


def test_pages_get_the_rows_of_the_wars_that_ship_alone():
    tool = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "board_page.py"))
    skill = {"mean": 0.1, "low": None, "high": None}
    row = {"lead": "1mo", "forecaster": "forecast", "best_rule": "persistence", "skill": skill, "log": 0.2}
    wars = {name: {"digest": "ab", "origins": ["2012-01-01"] * 3} for name in ("mali", "elsewhere")}
    rows = tool["library_rows"]({"protocol": {"wars": wars}, "rows": [row | {"war": name} for name in wars]})
    shown = {"war": "mali", "lead": "1mo", "forecaster": "forecast", "best_rule": "persistence", "skill": skill}
    assert rows == {"mali": {"origins": 3, "record": "ab", "rows": [shown]}}


def test_the_book_shows_a_board_as_the_command_wrote_it(small, tmp_path):
    """Protocol, tables and pictures are copied; pages get the first table between their markers, and nothing else."""
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- board -->\nold\n<!-- /board -->\nAfter.\n")
    tool = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "board_page.py"))
    tool["copy"](small[1], tmp_path / "book", (page,))
    assert (tmp_path / "book" / "protocol.json").read_bytes() == (small[1] / "protocol.json").read_bytes()
    assert (tmp_path / "book" / "means.svg").read_text().startswith("<svg")
    text = page.read_text()
    assert text.startswith("Before.\n<!-- board -->\n|  |")
    assert "| persistence |" in text
    assert "Skill, " not in text
    assert text.endswith("\n<!-- /board -->\nAfter.\n")
    page.write_text("No marker.\n")
    with pytest.raises(ValueError, match="markers"):
        tool["copy"](small[1], tmp_path / "other", (page,))
    assert not (tmp_path / "other").exists()
